import type { EventAnswer } from '../store/index.js';
import type { AbuseSettings, HeldReason } from './engine.js';
import type { Judged } from './judge.js';
import type { KnownFlag } from './shared-flag.js';

/** What this process knows of a subject by itself. @internal */
export interface LocalSuspect {
  readonly firstMs: number;
  lastMs: number;
  /** Events that came to this process. */
  total: number;
  /** What the store said last. */
  count: number;
  score: number;
  byType: Readonly<Record<string, number>>;
}

/** A subject for the judge, as the store has just described it. @internal */
export class SharedSuspect implements Judged {
  readonly #settings: AbuseSettings;
  readonly #answer: EventAnswer;
  readonly #flag: KnownFlag | undefined;
  readonly #added = new Map<string, HeldReason>();

  constructor(settings: AbuseSettings, answer: EventAnswer, flag: KnownFlag | undefined) {
    this.#settings = settings;
    this.#answer = answer;
    this.#flag = flag;
  }

  count(): number {
    return this.#answer.count;
  }

  score(): number {
    return this.#answer.score;
  }

  scoreEndsMs(nowMs: number): number {
    const { halfLifeMs, clearBelow } = this.#settings;
    return nowMs + halfLifeMs * Math.log2(this.#answer.score / clearBelow);
  }

  has(rule: string): boolean {
    return this.#flag?.reasons.has(rule) === true || this.#added.has(rule);
  }

  flag(_nowMs: number, rule: string, reason: HeldReason): boolean {
    const first = this.#flag === undefined && this.#added.size === 0;
    this.#added.set(rule, reason);
    return first;
  }

  /**
   * All reasons, when there is something to write down: a new one, or one that lasts longer than is written by more than
   * an eighth of a half-life. To write down every event of a busy subject would double the questions.
   */
  news(): ReadonlyMap<string, HeldReason> | undefined {
    const known = this.#flag?.reasons;
    const tolerance = this.#settings.halfLifeMs / 8;
    const isNews = [...this.#added].some(
      ([rule, { untilMs }]) => untilMs - (known?.get(rule)?.untilMs ?? -Infinity) > tolerance,
    );
    return isNews ? new Map([...(known ?? []), ...this.#added]) : undefined;
  }
}
