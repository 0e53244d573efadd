import { isOver } from '../../core/steady.js';
import { BoundedMap } from '../../internal/bounded-map.js';
import { LIFTED_KEPT_US, type MarkChanges, type StoreMark } from './contract.js';
import { readAgain } from './liftings.js';
import { readChanges } from './read-answers.js';
import type { Question } from './store-link.js';

/** How often news are asked for, while somebody looks, … */
const SYNC_EVERY_MS = 500;
/** … and how old the copy may be for a refusal that rests on it alone. */
const FRESH_MS = 900;
/** Older than this it is read anew: liftings are remembered for a while only. */
const LONGEST_GAP_MS = LIFTED_KEPT_US / 1_000 / 2;
/** Most pages of one round; what is left comes with the next. */
const MOST_PAGES = 50;
/** Most marks of the few that must not be pushed out by the many. */
const MOST_PINNED = 1_000;

/** A mark by the time of this process. @internal */
export interface LocalMark {
  readonly held: boolean;
  readonly untilMs: number;
  readonly version: number;
  readonly text: string;
  readonly learnedAtMs: number;
  /** Which of the store's data it is from, since its versions begin anew when it loses them and its clock is behind. */
  readonly data: number;
}

/** Told of what changed. @internal */
export type MarkWatch = (subject: string, mark: LocalMark | undefined) => void;

/** What a mirror is made with. @internal */
export interface MirrorSettings {
  readonly group: string;
  /** Most marks that are known here. */
  readonly most: number;
  /** Time that never goes back. */
  readonly now: () => number;
  readonly watch?: MarkWatch | undefined;
  /** Told when the store has lost what it knew. */
  readonly onLoss?: (() => void) | undefined;
  /** Whether a mark is one of the few that must not be pushed out by the many. */
  readonly isPinned?: ((text: string) => boolean) | undefined;
}

/** Asks for one page of news; `undefined` when nobody answers. @internal */
export type AskNews = (question: Question<MarkChanges, MarkChanges>) => Promise<MarkChanges | undefined>;

/**
 * What this process knows of the marks of one group: those that others make reach it within a second of being looked for.
 * Bounded; who asks the store itself knows more. What was lifted is remembered for a while, so that an older answer which
 * comes late does not bring it back.
 * @internal
 */
export class MarkMirror {
  readonly #settings: MirrorSettings;
  #marks: BoundedMap<LocalMark>;
  #pinned: BoundedMap<LocalMark>;
  #version = 0;
  /** The largest version that was heard of, and how often the store knew of none as large. */
  #heard = 0;
  #data = 0;
  #nowMs = 0;
  /** When the copy was complete, … */
  #syncedAtMs = -Infinity;
  /** … and when a part of it was read last. */
  #readAtMs = -Infinity;
  #triedAtMs = -Infinity;
  #syncing = false;

  constructor(settings: MirrorSettings) {
    this.#settings = settings;
    this.#marks = this.#empty(settings.most);
    this.#pinned = this.#empty(MOST_PINNED);
  }

  /** The mark of a subject that is in force, as far as it is known here. */
  of(subject: string): LocalMark | undefined {
    const mark = this.known(subject);
    if (mark === undefined || !isOver(mark.untilMs, this.#settings.now())) return mark;
    if (mark.held) this.#drop(subject);
    return undefined;
  }

  /** Milliseconds for which a subject is held. */
  heldLeftMs(subject: string): number {
    const mark = this.of(subject);
    return mark?.held === true ? mark.untilMs - this.#settings.now() : 0;
  }

  /** Whether the copy is so fresh that a refusal may rest on it. */
  get fresh(): boolean {
    return this.#settings.now() - this.#syncedAtMs <= FRESH_MS;
  }

  /** How many are held, as far as is known. */
  get held(): number {
    let held = 0;
    for (const [, mark] of this.entries()) if (mark.held) held++;
    return held;
  }

  /** The marks in force that are known here. */
  *entries(): Generator<[string, LocalMark]> {
    const nowMs = this.#settings.now();
    for (const table of [this.#marks, this.#pinned]) {
      for (const [subject, mark] of table.entries()) if (!isOver(mark.untilMs, nowMs)) yield [subject, mark];
    }
  }

  /**
   * Takes over what this process itself has changed. It holds against what was known before, whose version is larger where a store has
   * lost its data and its clock is behind; not against what was heard meanwhile, by which it was overtaken.
   */
  changed(subject: string, mark: StoreMark | undefined, before: LocalMark | undefined): void {
    if (this.known(subject) === before) this.#drop(subject);
    this.learn(subject, mark);
  }

  /** Takes over what the store has just said of a subject. */
  learn(subject: string, mark: StoreMark | undefined): void {
    const known = this.known(subject);
    this.#heard = Math.max(this.#heard, mark?.version ?? 0);
    // An answer that was overtaken by another.
    if (known?.data === this.#data && mark !== undefined && known.version > mark.version) return;
    if (mark === undefined && this.#isLost(subject)) return;
    const again = mark?.held === false ? readAgain(mark.text) : undefined;
    // It was made after what is said again of a store that has lost both.
    if (again !== undefined && known?.held === true && known.version > again.version) return;
    if (known !== undefined) this.#drop(subject);
    if (mark === undefined) return;
    this.#nowMs = this.#settings.now();
    const { held, version, leftUs } = mark;
    const text = again?.text ?? mark.text;
    const local = {
      held,
      untilMs: this.#nowMs + leftUs / 1_000,
      version,
      text,
      learnedAtMs: this.#nowMs,
      data: this.#data,
    };
    const remembered = !held || leftUs > 0;
    if (remembered) {
      const evicted = (this.#settings.isPinned?.(text) === true ? this.#pinned : this.#marks).add(subject, local);
      if (evicted !== undefined) this.#settings.watch?.(evicted[0], undefined);
    }
    this.#settings.watch?.(subject, local);
  }

  /** Asks for news when it is time to, and nobody is asking yet. */
  sync(ask: AskNews): void {
    const nowMs = this.#settings.now();
    if (this.#syncing || nowMs - this.#triedAtMs < SYNC_EVERY_MS) return;
    void this.refresh(ask);
  }

  /** Asks for all news; whether they came. */
  async refresh(ask: AskNews): Promise<boolean> {
    this.#syncing = true;
    this.#triedAtMs = this.#settings.now();
    try {
      for (let page = 0; page < MOST_PAGES; page++) {
        const answer = await this.page(ask);
        if (answer?.more !== true) return answer !== undefined;
      }
      return true;
    } finally {
      this.#syncing = false;
    }
  }

  /** Reads one page of news. */
  async page(ask: AskNews): Promise<MarkChanges | undefined> {
    const { group, now } = this.#settings;
    const askedAtMs = now();
    const anew = askedAtMs - this.#readAtMs > LONGEST_GAP_MS;
    const from = anew ? 0 : this.#version;
    const heard = this.#heard;
    const answer = await ask({ sort: 'changes', call: (store) => store.changes(group, from), read: readChanges });
    if (answer === undefined) return undefined;
    if (answer.version < (answer.more ? from : heard)) {
      // The store has lost what it knew: next time all that it knows is asked for, and holds whatever its version.
      this.#version = 0;
      this.#heard = 0;
      this.#data++;
      this.#settings.onLoss?.();
      return answer;
    }
    this.#heard = Math.max(this.#heard, answer.version);
    if (anew) this.#forgetOld();
    this.#readAtMs = askedAtMs;
    for (const { subject, ...mark } of answer.marks) this.learn(subject, mark);
    this.#version = anew ? answer.version : Math.max(this.#version, answer.version);
    if (!answer.more) this.#syncedAtMs = askedAtMs;
    return answer;
  }

  /** A block of which the store knows nothing: if somebody had lifted it, that would be remembered, so the store has lost it. */
  #isLost(subject: string): boolean {
    const mark = this.of(subject);
    if (mark?.held !== true) return false;
    return this.#settings.now() - Math.max(this.#readAtMs, mark.learnedAtMs) <= LONGEST_GAP_MS;
  }

  /** What was heard last of a subject, in force or not. */
  known(subject: string): LocalMark | undefined {
    return this.#marks.get(subject) ?? this.#pinned.get(subject);
  }

  #drop(subject: string): void {
    if (!this.#marks.delete(subject)) this.#pinned.delete(subject);
    this.#settings.watch?.(subject, undefined);
  }

  /** What may have been lifted since it was heard of. */
  #forgetOld(): void {
    const nowMs = this.#settings.now();
    const old = [...this.entries()].filter(([, { learnedAtMs }]) => nowMs - learnedAtMs > LONGEST_GAP_MS);
    for (const [subject] of old) this.#drop(subject);
  }

  #empty(most: number): BoundedMap<LocalMark> {
    return new BoundedMap<LocalMark>(most, ({ held, untilMs }) => (held ? untilMs - this.#nowMs : 0));
  }
}
