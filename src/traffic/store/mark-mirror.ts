import { isOver } from '../../core/steady.js';
import { BoundedMap } from '../../internal/bounded-map.js';
import { LIFTED_KEPT_US, type LimitStore, type MarkChanges, type StoreMark } from './contract.js';

/** How often news are asked for, while somebody looks, … */
const SYNC_EVERY_MS = 500;
/** … and how old the copy may be for a refusal that rests on it alone. */
const FRESH_MS = 900;
/** Older than this it is read anew: liftings are remembered for a while only. */
const LONGEST_GAP_MS = LIFTED_KEPT_US / 1_000 / 2;
/** Most pages of one round; what is left comes with the next. */
const MOST_PAGES = 20;

/** A mark in force, by the time of this process. @internal */
export interface LocalMark {
  readonly held: boolean;
  readonly untilMs: number;
  readonly version: number;
  readonly text: string;
}

/** Told of what changed. @internal */
export type MarkWatch = (subject: string | undefined, mark: LocalMark | undefined) => void;

/** Asks for one page of news; `undefined` when nobody answers. */
type AskNews = (call: (store: LimitStore) => Promise<MarkChanges>) => Promise<MarkChanges | undefined>;

/**
 * What this process knows of the marks of one group: those that others make reach it within a second of being looked for.
 * Bounded; who asks the store itself knows more.
 * @internal
 */
export class MarkMirror {
  readonly #group: string;
  readonly #max: number;
  #marks: BoundedMap<LocalMark>;
  readonly #now: () => number;
  readonly #watch: MarkWatch | undefined;
  #version = 0;
  #nowMs = 0;
  #syncedAtMs = -Infinity;
  #triedAtMs = -Infinity;
  #syncing = false;
  // Whether there are more pages of what is read anew.
  #reading = false;

  /**
   * @param now - time that never goes back.
   * @param watch - told of each subject whose mark changed here, and without a subject when all are forgotten.
   */
  constructor(group: string, max: number, now: () => number, watch?: MarkWatch) {
    this.#group = group;
    this.#now = now;
    this.#watch = watch;
    this.#max = max;
    this.#marks = this.#empty();
  }

  /** How many marks are known; one that is over may be among them. */
  get size(): number {
    return this.#marks.size;
  }

  /** The mark of a subject that is in force, as far as it is known here. */
  of(subject: string): LocalMark | undefined {
    const mark = this.#marks.get(subject);
    if (mark === undefined || !isOver(mark.untilMs, this.#now())) return mark;
    this.#marks.delete(subject);
    return undefined;
  }

  /** Milliseconds for which a subject is held. */
  heldLeftMs(subject: string): number {
    const mark = this.of(subject);
    return mark?.held === true ? mark.untilMs - this.#now() : 0;
  }

  /** Whether the copy is so fresh that a refusal may rest on it. */
  get fresh(): boolean {
    return this.#now() - this.#syncedAtMs <= FRESH_MS;
  }

  /** Takes over what the store has just said of a subject. */
  learn(subject: string, mark: StoreMark | undefined): void {
    const known = this.#marks.get(subject);
    // An answer that was overtaken by another.
    if (known !== undefined && mark !== undefined && known.version > mark.version) return;
    if (known !== undefined) {
      this.#marks.delete(subject);
      this.#watch?.(subject, undefined);
    }
    if (mark === undefined || mark.leftUs === 0) return;
    this.#nowMs = this.#now();
    const { held, version, text, leftUs } = mark;
    const local = { held, untilMs: this.#nowMs + leftUs / 1_000, version, text };
    this.#marks.add(subject, local);
    this.#watch?.(subject, local);
  }

  /** The marks in force that are known here. */
  *entries(): Generator<[string, LocalMark]> {
    const nowMs = this.#now();
    for (const [subject, mark] of this.#marks.entries()) if (!isOver(mark.untilMs, nowMs)) yield [subject, mark];
  }

  /** Asks for news when it is time to, and nobody is asking yet. */
  sync(ask: AskNews): void {
    const nowMs = this.#now();
    if (this.#syncing || nowMs - this.#triedAtMs < SYNC_EVERY_MS) return;
    this.#syncing = true;
    this.#triedAtMs = nowMs;
    void this.#read(ask).finally(() => {
      this.#syncing = false;
    });
  }

  /** Reads one page of news. */
  async page(ask: AskNews): Promise<MarkChanges | undefined> {
    const askedAtMs = this.#now();
    const anew = askedAtMs - this.#syncedAtMs > LONGEST_GAP_MS && !this.#reading;
    const from = anew ? 0 : this.#version;
    const answer = await ask((store) => store.changes(this.#group, from));
    if (answer === undefined) return undefined;
    if (anew) {
      this.#marks = this.#empty();
      this.#watch?.(undefined, undefined);
      this.#version = 0;
    }
    this.#reading = answer.more;
    for (const mark of answer.marks) this.learn(mark.subject, mark);
    this.#version = Math.max(this.#version, answer.version);
    if (!answer.more) this.#syncedAtMs = askedAtMs;
    return answer;
  }

  #empty(): BoundedMap<LocalMark> {
    return new BoundedMap<LocalMark>(this.#max, ({ held, untilMs }) => (held ? untilMs - this.#nowMs : 0));
  }

  async #read(ask: AskNews): Promise<void> {
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = await this.page(ask);
      if (answer?.more !== true) return;
    }
  }
}
