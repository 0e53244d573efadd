import type { Clock } from '../../core/clock.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { steady } from '../../core/steady.js';
import { LIFTED_KEPT_US, type LimitStore, LONGEST_US, type MarkAnswer, type MarkChange } from './contract.js';
import { StoreUnavailableError } from './errors.js';
import { MarkMirror, type MarkWatch } from './mark-mirror.js';
import { StoreNames } from './names.js';
import type { ParsedSharedOptions } from './shared-options.js';
import { areChanges, isMarkAnswer } from './sound.js';
import { type LinkSettings, StoreLink } from './store-link.js';

/** What is shared, and by whom. @internal */
export interface TruthSettings
  extends
    Pick<ParsedSharedOptions, 'store' | 'storeTimeoutMs' | 'keySecret'>,
    Pick<LinkSettings, 'onLost' | 'onRestored'> {
  readonly kind: string;
  readonly name: string;
  readonly clock: Clock;
  /** What is only tried out is counted apart. */
  readonly mode: 'enforce' | 'shadow';
  /** Most marks that are known here. */
  readonly most: number;
  readonly watch?: MarkWatch;
}

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

  constructor(settings: TruthSettings) {
    const { kind, mode, name, store, storeTimeoutMs, keySecret, clock, most, watch, onLost, onRestored } = settings;
    this.#owner = `${kind} '${name}'`;
    this.store = store;
    this.now = steady(clock);
    this.names = new StoreNames(mode === 'shadow' ? `${kind}-shadow` : kind, name, keySecret);
    this.marks = new MarkMirror(this.names.group, most, this.now, watch);
    this.#link = new StoreLink({
      name,
      store,
      timeoutMs: storeTimeoutMs,
      clock,
      onLost,
      onRestored,
      probe: (asked) => this.marks.page(async (call) => soundOrThrow(await call(asked))),
    });
  }

  /** Whether decisions are made without the store. */
  get lost(): boolean {
    return this.#link.lost;
  }

  /** Asks the store; `undefined` when it does not answer. What others marked is asked for on the side. */
  ask<T extends object>(
    call: (store: LimitStore) => Promise<T>,
    sound: (answer: T) => boolean,
  ): Promise<T | undefined> {
    this.look();
    return this.#link.ask(call, sound);
  }

  /** Keeps the copy of the marks fresh; a store that is lost is tried. */
  look(): void {
    this.marks.sync((call) => this.#link.ask(call, areChanges));
  }

  /**
   * Changes a mark.
   *
   * @throws {@link StoreUnavailableError} when the store does not answer.
   */
  async mark(what: string, change: Omit<MarkChange, 'group'>): Promise<MarkAnswer> {
    const answer = await this.tryMark(change);
    if (answer === undefined) throw new StoreUnavailableError(`${this.#owner}: ${what}`);
    return answer;
  }

  /** Changes a mark; `undefined` when the store does not answer. */
  async tryMark(change: Omit<MarkChange, 'group'>): Promise<MarkAnswer | undefined> {
    const { group } = this.names;
    const answer = await this.#link.ask((store) => store.mark({ ...change, group }), isMarkAnswer);
    if (answer !== undefined) this.marks.learn(change.subject, answer.mark);
    return answer;
  }

  /** Lifts a mark and clears what is counted; whether the subject was held. */
  async lift(
    what: string,
    subject: string,
    more: { readonly forUs?: number; readonly text?: string } = {},
  ): Promise<boolean> {
    const { forUs = 0, text = '' } = more;
    const keepUs = Math.max(forUs, LIFTED_KEPT_US);
    const { wasHeld } = await this.mark(what, { subject, held: false, forUs, keepUs, text, clear: true });
    return wasHeld;
  }

  /**
   * Forgets what is counted of a subject.
   *
   * @throws {@link StoreUnavailableError} when the store does not answer.
   */
  async clear(what: string, subject: string): Promise<void> {
    const { group } = this.names;
    const answer = await this.#link.ask(
      async (store) => {
        await store.clear({ group, subject });
        return {};
      },
      () => true,
    );
    if (answer === undefined) throw new StoreUnavailableError(`${this.#owner}: ${what}`);
  }
}

function soundOrThrow<T extends Parameters<typeof areChanges>[0]>(answer: T): T {
  if (!areChanges(answer)) throw new Error('an answer that is none');
  return answer;
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
