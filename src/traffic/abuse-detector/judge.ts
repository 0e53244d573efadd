import type { Reporter } from '../../core/reporter.js';
import type { AbuseSettings, HeldReason, Suspect } from './engine.js';
import type { EventTypes } from './event-types.js';
import type { AbuseEvent, AbuseRule } from './options.js';

/** One reason by the name of its rule. @internal */
export type NamedReason = readonly [rule: string, reason: HeldReason];

/** What an event brings with it. @internal */
export type JudgedEvent = Pick<AbuseEvent, 'subject' | 'type' | 'weight' | 'evidence'>;

/** Finds out whether an event that has been booked is one too many. @internal */
export class Judge {
  readonly #settings: AbuseSettings;
  readonly #ttlMs: number;
  readonly #rules: ReadonlyMap<string, AbuseRule>;
  readonly #types: EventTypes;
  readonly #reporter: Reporter;
  readonly #spike: string;
  readonly #score: string;

  constructor(
    settings: AbuseSettings,
    ttlMs: number,
    rules: ReadonlyMap<string, AbuseRule>,
    types: EventTypes,
    reporter: Reporter,
  ) {
    this.#settings = settings;
    this.#ttlMs = ttlMs;
    this.#rules = rules;
    this.#types = types;
    this.#reporter = reporter;
    // One text for all who are flagged for it.
    this.#spike = `${String(settings.threshold)} events in ${String(settings.windowMs)} ms`;
    this.#score = `score reached ${String(settings.flagAt)}`;
  }

  /** Adds the reasons that the event gives; answers the first, when the subject was not flagged before. */
  judge(suspect: Suspect, nowMs: number, event: JudgedEvent): NamedReason | undefined {
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
    const countOf = (type: string): number => {
      const number = this.#types.known(type);
      return number === undefined ? 0 : suspect.ring.countOf(number);
    };
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
