import type { Reporter } from '../../core/reporter.js';
import type { AbuseSettings, HeldReason } from './engine.js';
import type { AbuseEvent, AbuseRule } from './options.js';

/** One reason by the name of its rule. @internal */
export type NamedReason = readonly [rule: string, reason: HeldReason];

/** What a judge has to know of a subject, as of the event. @internal */
export interface Judged {
  count(nowMs: number): number;
  score(nowMs: number): number;
  /** When the score will be so low that it flags no more. */
  scoreEndsMs(nowMs: number): number;
  has(rule: string): boolean;
  /** Adds or replaces a reason; whether the subject was not flagged before. */
  flag(nowMs: number, rule: string, reason: HeldReason): boolean;
}

/** What an event brings with it. @internal */
export type JudgedEvent = Pick<AbuseEvent, 'subject' | 'type' | 'weight' | 'evidence'>;

/** Finds out whether an event that has been booked is one too many. @internal */
export class Judge {
  readonly #settings: AbuseSettings;
  readonly #ttlMs: number;
  readonly #rules: ReadonlyMap<string, AbuseRule>;
  readonly #reporter: Reporter;
  readonly #spike: string;
  readonly #score: string;

  constructor(settings: AbuseSettings, ttlMs: number, rules: ReadonlyMap<string, AbuseRule>, reporter: Reporter) {
    this.#settings = settings;
    this.#ttlMs = ttlMs;
    this.#rules = rules;
    this.#reporter = reporter;
    // One text for all who are flagged for it.
    this.#spike = `${String(settings.threshold)} events in ${String(settings.windowMs)} ms`;
    this.#score = `score reached ${String(settings.flagAt)}`;
  }

  /**
   * Adds the reasons that the event gives; answers the first, when the subject was not flagged before.
   *
   * @param countOf - how many of the events that count are of one type.
   */
  judge(
    suspect: Judged,
    nowMs: number,
    event: JudgedEvent,
    countOf: (type: string) => number,
  ): NamedReason | undefined {
    const { threshold, flagAt, clearBelow } = this.#settings;
    let first: NamedReason | undefined;
    const flag = (rule: string, text: string, untilMs = nowMs + this.#ttlMs): void => {
      const reason = { text, untilMs };
      if (suspect.flag(nowMs, rule, reason)) first = [rule, reason];
    };
    const count = suspect.count(nowMs);
    const score = suspect.score(nowMs);
    if (count >= threshold && !suspect.has('spike')) {
      flag('spike', this.#spike);
    }
    // Such a flag lasts as long as the score stays up.
    if (score >= (suspect.has('score') ? clearBelow : flagAt)) {
      flag('score', this.#score, suspect.scoreEndsMs(nowMs));
    }
    if (this.#rules.size === 0) return first;
    for (const [rule, matches] of this.#rules) {
      if (suspect.has(rule)) continue;
      if (this.#asks(rule, matches, { ...event, count, score, countOf })) flag(rule, `rule ${rule}`);
    }
    return first;
  }

  #asks(rule: string, matches: AbuseRule, event: AbuseEvent): boolean {
    try {
      const answer: unknown = matches(event);
      if (typeof answer !== 'boolean') {
        this.#reporter.wrongAnswer(`rule ${rule} must answer at once, with true or false`, answer);
      }
      return answer === true;
    } catch (error) {
      this.#reporter.listenerError(error);
      return false;
    }
  }
}
