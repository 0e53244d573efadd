import type { Clock } from '../../core/clock.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { steady } from '../../core/steady.js';
import { patienceBesideService } from '../../internal/beside-service.js';
import { LIFTED_KEPT_US, type LimitStore, LONGEST_US, type MarkAnswer, type MarkChange } from './contract.js';
import { StoreUnavailableError } from './errors.js';
import { Liftings } from './liftings.js';
import { MarkMirror, type MirrorSettings } from './mark-mirror.js';
import { StoreNames } from './names.js';
import { readMarkAnswer } from './read-answers.js';
import type { ParsedSharedOptions } from './shared-options.js';
import { type LinkSettings, type Question, StoreLink } from './store-link.js';

/** What is shared, and by whom. @internal */
export interface TruthSettings
  extends
    Pick<ParsedSharedOptions, 'store' | 'storeTimeoutMs' | 'keySecret'>,
    Pick<LinkSettings, 'onLost' | 'onRestored'>,
    Pick<MirrorSettings, 'most' | 'watch' | 'isPinned'> {
  readonly kind: string;
  readonly name: string;
  readonly clock: Clock;
  /** What is only tried out is counted apart. */
  readonly mode: 'enforce' | 'shadow';
  /** Asks for the questions of this limiter about a subject that is nobody. */
  readonly probe: (store: LimitStore, key: { readonly group: string; readonly subject: string }) => Promise<unknown>;
}

/** Nobody's: a digest is never that short. */
const NOBODY = 'probe';

/**
 * What several processes keep together for one limiter: its names in the store, the way there, and a copy of the marks.
 * @internal
 */
export class SharedTruth {
  readonly store: LimitStore;
  readonly names: StoreNames;
  readonly marks: MarkMirror;
  readonly now: () => number;
  readonly #owner: string;
  readonly #link: StoreLink;
  readonly #liftings = new Liftings();
  #sayingAgain = false;

  constructor(settings: TruthSettings) {
    const { kind, mode, name, store, storeTimeoutMs, keySecret, clock, probe } = settings;
    this.#owner = `${kind} '${name}'`;
    this.store = store;
    this.now = steady(clock);
    this.names = new StoreNames(mode === 'shadow' ? `${kind}-shadow` : kind, name, keySecret);
    const { group } = this.names;
    this.marks = new MarkMirror({
      ...settings,
      group,
      now: this.now,
      watch: (subject, mark) => {
        if (mark?.held === true) this.#liftings.forget(subject);
        settings.watch?.(subject, mark);
      },
      onLoss: () => {
        this.#liftings.soon();
      },
    });
    this.#link = new StoreLink({
      ...settings,
      onRestored: (event) => {
        this.#liftings.soon();
        settings.onRestored(event);
      },
      // Nobody's request waits for a command, and it may run far away from the store.
      timeoutMs: Math.max(storeTimeoutMs, patienceBesideService() ?? 0),
      // One that answers but takes nothing in is not back; and what others marked meanwhile is known when it is.
      probe: (asked) =>
        Promise.all([
          this.marks.page(async ({ call, read }) => read(await call(asked))),
          probe(asked, { group, subject: NOBODY }),
        ]),
    });
  }

  /** Whether decisions are made without the store. */
  get lost(): boolean {
    return this.#link.lost;
  }

  /** Asks the store; `undefined` when it does not answer. What others marked is asked for on the side. */
  ask<A, T extends object>(question: Question<A, T>): Promise<T | undefined> {
    this.look();
    return this.#link.ask(question);
  }

  /** Keeps the copy of the marks fresh; a store that is lost is tried. */
  look(): void {
    this.marks.sync((question) => this.#link.ask(question));
    if (this.#liftings.isDue(this.now()) && !this.#sayingAgain && !this.#link.lost) void this.#sayAgain();
  }

  /** Asks for all that others marked; whether the store answered. */
  refresh(): Promise<boolean> {
    return this.marks.refresh((question) => this.#link.ask(question));
  }

  /**
   * Changes a mark.
   *
   * @throws {@link StoreUnavailableError} when the store does not answer.
   */
  async mark(what: string, change: Omit<MarkChange, 'group'>): Promise<MarkAnswer> {
    // It may replace one that would have been longer, which others know: they have to hear of it also after it has ended.
    const answer = await this.tryMark({ ...change, keepUs: Math.max(change.keepUs, LIFTED_KEPT_US) });
    if (answer === undefined) throw this.#unanswered(what);
    return answer;
  }

  /** Changes a mark; `undefined` when the store does not answer. */
  async tryMark(change: Omit<MarkChange, 'group'>): Promise<MarkAnswer | undefined> {
    const { group } = this.names;
    const before = this.marks.known(change.subject);
    const answer = await this.#link.ask({
      sort: 'mark',
      call: (store) => store.mark({ ...change, group }),
      read: readMarkAnswer,
    });
    if (answer?.applied === true) this.marks.changed(change.subject, answer.mark, before);
    else if (answer !== undefined) this.marks.learn(change.subject, answer.mark);
    return answer;
  }

  /** Lifts a mark and clears what is counted; whether the subject was held. */
  async lift(
    what: string,
    subject: string,
    more: { readonly forUs?: number; readonly text?: string } = {},
  ): Promise<boolean> {
    const { forUs = 0, text = '' } = more;
    const atMs = this.now();
    const lifting = { subject, held: false, forUs, keepUs: forUs, text, clear: true };
    const { wasHeld, mark } = await this.mark(what, lifting);
    if (mark !== undefined) this.#liftings.add(lifting, mark.version, atMs);
    return wasHeld;
  }

  /** One after the other what was lifted here, to a store that knows nothing of it any more. */
  async #sayAgain(): Promise<void> {
    this.#sayingAgain = true;
    try {
      for (const lifting of this.#liftings.due(this.now())) {
        await this.tryMark({ ...lifting, held: false, after: 0 });
      }
    } finally {
      this.#sayingAgain = false;
    }
  }

  /**
   * Forgets what is counted of a subject.
   *
   * @throws {@link StoreUnavailableError} when the store does not answer.
   */
  async clear(what: string, subject: string): Promise<void> {
    const { group } = this.names;
    const call = (store: LimitStore) => store.clear({ group, subject });
    const answer = await this.#link.ask({ sort: 'clear', call, read: () => ({}) });
    if (answer === undefined) throw this.#unanswered(what);
  }

  #unanswered(what: string): StoreUnavailableError {
    const unknown = 'the store did not answer, so that nobody knows whether it was done; do it again';
    return new StoreUnavailableError(`${this.#owner}: ${what}: ${unknown}`);
  }
}

/** Writes a mark that matters to nobody, to see whether it can be written. @internal */
export async function probeMark(
  store: LimitStore,
  key: { readonly group: string; readonly subject: string },
): Promise<void> {
  readMarkAnswer(await store.mark({ ...key, held: false, forUs: 0, keepUs: 1, text: '' }));
}

/**
 * A time in ms as a store takes it.
 *
 * @throws {@link InvalidArgumentError} when it is none of more than 0, or so long that it would have no end.
 * @internal
 */
export function microseconds(where: string, name: string, ms: unknown): number {
  if (typeof ms === 'number' && ms > 0 && ms * 1_000 <= LONGEST_US) return Math.max(1, Math.round(ms * 1_000));
  throw new InvalidArgumentError(
    `${where}: ${name} must be a number of more than 0 and at most ${String(LONGEST_US / 1_000)}, ten years, ` +
      `since what a store remembers has an end; got ${describe(ms)}`,
  );
}
