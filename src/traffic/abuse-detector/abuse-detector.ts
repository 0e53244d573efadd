import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { checkCallOptions } from '../../core/options.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { BoundedMap } from '../../internal/bounded-map.js';
import { timeIn, wordsIn } from '../arguments.js';
import { KeyNames } from '../key-names.js';
import { type RecordOptions, subjectIn, type UnflagOptions, weightIn } from './arguments.js';
import { type AbuseSettings, type LiftedFlag, OWN_RULES, Suspect } from './engine.js';
import { EventTypes } from './event-types.js';
import { ABUSE_EVENTS, type AbuseDetectorEvents, eventData, type SubjectUnflagged } from './events.js';
import { evidenceText, EvidenceLog } from './evidence.js';
import { explained } from './explain.js';
import { Judge, type NamedReason } from './judge.js';
import {
  type AbuseDetectorOptions,
  type ParsedAbuseDetectorOptions,
  parseAbuseDetectorOptions,
  settingsOf,
} from './options.js';
import { Sidelined } from './sidelined.js';
import {
  type AbuseDetectorSnapshot,
  type AbuseExplanation,
  type AbuseSummary,
  detectorMetrics,
  type FlaggedSubject,
} from './summary.js';

/** What {@link AbuseDetector.record} says of the subject. */
export interface AbuseResult {
  /** Whether the subject is flagged; always `false` in shadow mode. */
  readonly flagged: boolean;
  /** Whether this event flagged it. */
  readonly newlyFlagged: boolean;
  /** Events within the window, at most the threshold. */
  readonly count: number;
  /** The weights of all events, each halved with every half-life that has passed since. */
  readonly score: number;
  /** Why it is flagged, or would be in shadow mode, in words. */
  readonly reasons: readonly string[];
  /** Whether it would be flagged but for shadow mode. */
  readonly shadow: boolean;
}

/** From this event on a subject is suspected: its evidence is kept. */
const SUSPECTED = 5;
const MOST_LISTED = 20;

/**
 * Flags subjects that do something too often: with the defaults, on the 50th event within 5 minutes, exactly. In bounded
 * memory, whoever comes.
 *
 * @example
 * const abuse = new AbuseDetector({ weights: { 'login-failed': 5 } });
 * const { flagged, reasons } = abuse.record(userId, 'login-failed', { evidence: { route: '/login' } });
 */
export class AbuseDetector implements Component<AbuseDetectorSnapshot> {
  readonly kind = 'abuse-detector';
  readonly name: string;
  readonly #options: ParsedAbuseDetectorOptions;
  readonly #rules: AbuseSettings;
  readonly #time: () => number;
  readonly #events: Emitter<AbuseDetectorEvents>;
  readonly #names = new KeyNames();
  readonly #types = new EventTypes();
  readonly #suspects: BoundedMap<Suspect>;
  readonly #sidelined: Sidelined;
  readonly #evidence: EvidenceLog<Suspect>;
  readonly #judge: Judge;
  readonly #shadow: boolean;
  readonly #flags: Map<string, number>;
  #latestMs = 0;
  #recorded = 0;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown, out of range or too much together. */
  constructor(options?: AbuseDetectorOptions) {
    this.#options = parseAbuseDetectorOptions(options);
    const { name, flagTtlMs, rules, maxSubjects, mode, clock, onListenerError } = this.#options;
    this.name = name;
    this.#rules = settingsOf(this.#options);
    this.#time = steady(clock);
    const reporter = new Reporter(`AbuseDetector '${name}'`, clock, onListenerError);
    this.#events = new Emitter(reporter, ABUSE_EVENTS);
    this.#judge = new Judge(this.#rules, flagTtlMs, rules, reporter);
    const importance = (suspect: Suspect): number => suspect.importance(this.#latestMs);
    this.#suspects = new BoundedMap(maxSubjects, importance);
    this.#sidelined = new Sidelined(this.#rules, maxSubjects);
    this.#evidence = new EvidenceLog(importance);
    this.#shadow = mode === 'shadow';
    this.#flags = new Map([...OWN_RULES, ...rules.keys()].map((rule) => [rule, 0]));
  }

  /**
   * Counts one event of a subject, and flags the subject when that is one too many.
   *
   * @param subject - whose event: text of at least one character. Longer than 128 characters it is stored as a digest.
   * @param type - what sort of event, 1 to 100 characters: of the program's choice, not the client's. 254 types are told
   * apart. `'event'` by default.
   * @throws {@link InvalidArgumentError} when one of them is wrong; nothing is counted then.
   */
  record(subject: string, type = 'event', options?: RecordOptions): AbuseResult {
    const name = this.#names.of(subjectIn('AbuseDetector.record', subject));
    const weight = weightIn('AbuseDetector.record', type, options, this.#options.weights);
    const evidence = options?.evidence;
    const nowMs = this.#now();
    const number = this.#types.numberOf(type);
    this.#recorded++;
    const [suspect, evicted] = this.#suspectOf(name, nowMs);
    const expired = suspect.expire(nowMs);
    suspect.book(nowMs, number, weight);
    const by =
      suspect.graceLeftMs(nowMs) > 0
        ? undefined
        : this.#judge.judge(suspect, nowMs, { subject, type, weight, evidence }, (of) => {
            const known = this.#types.known(of);
            return known === undefined ? 0 : suspect.ring.countOf(known);
          });
    const [count, score] = [suspect.count(nowMs), suspect.score(nowMs)];
    const flagged = suspect.isFlagged(nowMs);
    if (flagged || count >= Math.min(SUSPECTED, this.#rules.threshold)) {
      this.#evidence.add(name, suspect, {
        atMs: nowMs,
        type: this.#types.nameOf(number),
        weight,
        text: evidenceText(evidence),
      });
    }
    const reasons = suspect.texts;
    // Told last, and with nothing left to do: listeners may use the detector again.
    this.#tellEvicted(evicted, nowMs);
    this.#tellExpired(name, expired, nowMs);
    this.#tellFlagged(name, by, count, score, nowMs);
    const enforced = flagged && !this.#shadow;
    return {
      flagged: enforced,
      newlyFlagged: enforced && by !== undefined,
      count,
      score,
      reasons,
      shadow: flagged && this.#shadow,
    };
  }

  /**
   * Whether the subject is flagged; counts nothing.
   *
   * @throws {@link InvalidArgumentError} when `subject` is no text of at least one character.
   */
  isFlagged(subject: string): boolean {
    const name = this.#names.of(subjectIn('AbuseDetector.isFlagged', subject));
    const nowMs = this.#now();
    const flagged = this.#look(name, nowMs)?.isFlagged(nowMs) === true;
    return flagged && !this.#shadow;
  }

  /**
   * Flags a subject by hand; an earlier flag by hand is replaced, and a grace ends.
   *
   * @param reason - shown in events and {@link AbuseDetector.explain}; redacted, at most 200 characters.
   * @param ttlMs - more than 0; `Infinity` until {@link AbuseDetector.unflag}. By default `flagTtlMs`.
   * @throws {@link InvalidArgumentError} when one of them is wrong.
   */
  flag(subject: string, reason: string, ttlMs = this.#options.flagTtlMs): void {
    const name = this.#names.of(subjectIn('AbuseDetector.flag', subject));
    const text = wordsIn('AbuseDetector.flag', 'reason', reason);
    const endsMs = timeIn('AbuseDetector.flag', 'ttlMs', ttlMs);
    const nowMs = this.#now();
    const [suspect, evicted] = this.#suspectOf(name, nowMs);
    const expired = suspect.expire(nowMs);
    suspect.endGrace();
    const held = { text, untilMs: nowMs + endsMs };
    const by: NamedReason | undefined = suspect.flag(nowMs, 'manual', held) ? ['manual', held] : undefined;
    const [count, score] = [suspect.count(nowMs), suspect.score(nowMs)];
    this.#tellEvicted(evicted, nowMs);
    this.#tellExpired(name, expired, nowMs);
    this.#tellFlagged(name, by, count, score, nowMs);
  }

  /**
   * Lifts the flag of a subject, whatever its reasons, and clears its count and score.
   *
   * @param options - `graceMs`: for how long no event flags it again; events are counted meanwhile.
   * @returns whether it was flagged, or would have been in shadow mode.
   * @throws {@link InvalidArgumentError} when one of them is wrong.
   */
  unflag(subject: string, options?: UnflagOptions): boolean {
    const name = this.#names.of(subjectIn('AbuseDetector.unflag', subject));
    if (options !== undefined) checkCallOptions('AbuseDetector.unflag', options);
    const { by, note, graceMs: given = 0 } = options ?? {};
    const graceMs = timeIn('AbuseDetector.unflag', 'graceMs', given, true);
    const said = {
      ...(by === undefined ? {} : { by: wordsIn('AbuseDetector.unflag', 'by', by) }),
      ...(note === undefined ? {} : { note: wordsIn('AbuseDetector.unflag', 'note', note) }),
    };
    const nowMs = this.#now();
    const known = this.#look(name, nowMs);
    if (known === undefined && graceMs === 0) {
      this.#sidelined.forget(name);
      return false;
    }
    const [suspect, evicted] = this.#suspectOf(name, nowMs);
    const lifted = suspect.clear(nowMs, graceMs, said);
    this.#evidence.delete(name);
    this.#tellEvicted(evicted, nowMs);
    if (lifted === undefined) return false;
    this.#tellUnflagged(name, lifted, 'lifted', nowMs, { ...said, graceMs });
    return true;
  }

  /**
   * All that is known of a subject; `undefined` when that is nothing.
   *
   * @throws {@link InvalidArgumentError} when `subject` is no text of at least one character.
   */
  explain(subject: string): AbuseExplanation | undefined {
    const name = this.#names.of(subjectIn('AbuseDetector.explain', subject));
    const nowMs = this.#now();
    const suspect = this.#look(name, nowMs);
    if (suspect === undefined) return undefined;
    return explained(name, suspect, this.#types, this.#evidence.of(name), this.#shadow, nowMs);
  }

  /** Counts, and who is flagged, for a report: subjects are in it. */
  summary(): AbuseSummary {
    const nowMs = this.#now();
    const flagged: FlaggedSubject[] = [];
    for (const [subject, suspect] of this.#suspects.entries()) {
      if (!suspect.isFlagged(nowMs)) continue;
      const lasting = [...suspect.reasons.values()].filter(({ untilMs }) => untilMs > nowMs);
      flagged.push({
        subject,
        reasons: lasting.map(({ text }) => text),
        count: suspect.count(nowMs),
        score: suspect.score(nowMs),
        remainingMs: suspect.flaggedLeftMs(nowMs),
      });
    }
    flagged.sort((a, b) => b.score - a.score);
    return { ...this.#snapshotOf(flagged.length), flagged: flagged.slice(0, MOST_LISTED) };
  }

  /** Counts as plain JSON; no subject is in it. */
  snapshot(): AbuseDetectorSnapshot {
    const nowMs = this.#now();
    let flaggedNow = 0;
    for (const [, suspect] of this.#suspects.entries()) if (suspect.isFlagged(nowMs)) flaggedNow++;
    return this.#snapshotOf(flaggedNow);
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof AbuseDetectorEvents>(type: K, listener: (event: AbuseDetectorEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of flags, as plain JSON without the subject. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const tell = (type: keyof AbuseDetectorEvents, level: 'info' | 'warn') =>
      this.#events.on(type, (event) => listener({ type, level, data: eventData(event) }));
    const stops = [tell('flagged', 'warn'), tell('unflagged', 'info')];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Totals for a scrape. */
  metrics(): Iterable<MetricSample> {
    return detectorMetrics(this.snapshot());
  }

  #now(): number {
    return (this.#latestMs = this.#time());
  }

  /** The subject's record, made if need be, and who had to make room for it. */
  #suspectOf(name: string, nowMs: number): [Suspect, [string, Suspect] | undefined] {
    const known = this.#suspects.get(name);
    if (known !== undefined) return [known, undefined];
    const suspect = this.#sidelined.take(name) ?? new Suspect(this.#rules, nowMs);
    const evicted = this.#suspects.add(name, suspect);
    if (evicted !== undefined) {
      this.#evidence.delete(evicted[0]);
      this.#sidelined.keep(evicted[0], evicted[1], nowMs);
    }
    return [suspect, evicted];
  }

  /** Finds a subject, and ends its flag when that is over. */
  #look(name: string, nowMs: number): Suspect | undefined {
    const suspect = this.#suspects.get(name);
    this.#tellExpired(name, suspect?.expire(nowMs), nowMs);
    return suspect;
  }

  #snapshotOf(flaggedNow: number): AbuseDetectorSnapshot {
    const { name, mode, threshold, windowMs, maxSubjects } = this.#options;
    return {
      name,
      mode,
      threshold,
      windowMs,
      events: this.#recorded,
      flags: Object.fromEntries(this.#flags),
      flaggedNow,
      subjects: this.#suspects.size,
      maxSubjects,
      evictedSubjects: this.#suspects.evicted,
    };
  }

  #tellFlagged(subject: string, by: NamedReason | undefined, count: number, score: number, nowMs: number): void {
    if (by === undefined) return;
    const [rule, { text, untilMs }] = by;
    this.#flags.set(rule, (this.#flags.get(rule) ?? 0) + 1);
    const about = { detector: this.name, subject, shadow: this.#shadow };
    this.#events.emit('flagged', { ...about, rule, reason: text, ttlMs: untilMs - nowMs, count, score });
  }

  #tellExpired(subject: string, expired: LiftedFlag | undefined, nowMs: number): void {
    if (expired !== undefined) this.#tellUnflagged(subject, expired, 'expired', nowMs);
  }

  #tellUnflagged(
    subject: string,
    { flaggedAtMs }: LiftedFlag,
    cause: SubjectUnflagged['cause'],
    nowMs: number,
    said: Pick<SubjectUnflagged, 'by' | 'note' | 'graceMs'> = {},
  ): void {
    const about = { detector: this.name, subject, shadow: this.#shadow };
    this.#events.emit('unflagged', { ...about, cause, flaggedForMs: nowMs - flaggedAtMs, ...said });
  }

  #tellEvicted(evicted: [string, Suspect] | undefined, nowMs: number): void {
    if (evicted === undefined || !evicted[1].isFlagged(nowMs)) return;
    const lifted = evicted[1].clear(nowMs, 0, {});
    if (lifted !== undefined) this.#tellUnflagged(evicted[0], lifted, 'evicted', nowMs);
  }
}
