import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import type { HealthStatus } from '../../core/health-status.js';
import { checkCallOptions } from '../../core/options.js';
import { Reporter } from '../../core/reporter.js';
import { timeIn, wordsIn } from '../arguments.js';
import { KeyNames } from '../key-names.js';
import {
  type EventAnswer,
  type MarkAnswer,
  microseconds,
  probeMark,
  readEvents,
  SharedTruth,
  STORE_EVENTS,
  storeHealth,
  storeHooks,
  storeMetrics,
  subscribeStore,
} from '../store/index.js';
import type { AbuseResult } from './abuse-detector.js';
import { type RecordOptions, subjectIn, type UnflagOptions, weightIn } from './arguments.js';
import { type AbuseSettings, type HeldReason, OWN_RULES } from './engine.js';
import { ABUSE_EVENTS, eventData } from './events.js';
import { Judge, type NamedReason } from './judge.js';
import { LocalKnowledge } from './local-knowledge.js';
import { LocalShare } from './local-share.js';
import {
  halfLifeUs,
  type ParsedSharedAbuseDetectorOptions,
  parseSharedAbuseDetectorOptions,
  settingsOf,
  type SharedAbuseDetectorOptions,
} from './options.js';
import { type KnownFlag, readFlag, writtenFlag } from './shared-flag.js';
import { sharedExplanation, sharedFlagged } from './shared-report.js';
import { SharedSuspect } from './shared-suspect.js';
import type {
  SharedAbuseDetectorEvents,
  SharedAbuseDetectorSnapshot,
  SharedAbuseResult,
  SharedAbuseSummary,
} from './shared-types.js';
import { type AbuseExplanation, detectorMetrics } from './summary.js';

const MOST_LISTED = 20;
/** How often a flag by hand is tried again that others change at the same time. */
const MOST_TRIES = 5;
/** An event that is forgotten at once. */
const PROBED = /* @__PURE__ */ Object.freeze({ windowUs: 1, limit: 1, weight: 1, tag: 'probe', halfLifeUs: 1 });
const NO_REASONS: readonly string[] = /* @__PURE__ */ Object.freeze([]);
const LOST_REASONS: readonly string[] = /* @__PURE__ */ Object.freeze(['the store does not answer']);

/**
 * An `AbuseDetector` whose events and flags are in a store that several processes share: with the defaults the 50th event
 * within 5 minutes flags, whichever processes they came to. An event is one question to the store, and a second one when
 * it flags. When the store does not answer in time, or is lost, `onStoreError` decides, and the result says that it was
 * `degraded`; nothing that is found then is written to the store later.
 *
 * @example
 * const abuse = new SharedAbuseDetector({ store, instances: 4 });
 * const { flagged, reasons } = await abuse.record(userId, 'login-failed', { evidence: { route: '/login' } });
 */
export class SharedAbuseDetector implements Component<SharedAbuseDetectorSnapshot> {
  readonly kind = 'abuse-detector';
  readonly name: string;
  readonly #options: ParsedSharedAbuseDetectorOptions;
  readonly #settings: AbuseSettings;
  readonly #truth: SharedTruth;
  readonly #events: Emitter<SharedAbuseDetectorEvents>;
  readonly #names = new KeyNames();
  readonly #judge: Judge;
  readonly #known: LocalKnowledge;
  readonly #local: LocalShare | undefined;
  readonly #shadow: boolean;
  readonly #flags: Map<string, number>;
  #recorded = 0;
  #degraded = 0;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown, out of range or too much together. */
  constructor(options: SharedAbuseDetectorOptions) {
    this.#options = parseSharedAbuseDetectorOptions(options);
    const { name, flagTtlMs, rules, maxSubjects, mode, clock, onListenerError } = this.#options;
    this.name = name;
    this.#settings = settingsOf(this.#options);
    const reporter = new Reporter(`SharedAbuseDetector '${name}'`, clock, onListenerError);
    this.#events = new Emitter(reporter, [...ABUSE_EVENTS, ...STORE_EVENTS]);
    this.#judge = new Judge(this.#settings, flagTtlMs, rules, reporter);
    this.#truth = new SharedTruth({
      ...this.#options,
      kind: this.kind,
      most: maxSubjects,
      watch: (key, mark) => {
        this.#known.watch(key, mark);
      },
      probe: async (asked, key) => {
        readEvents(await asked.record({ ...key, ...PROBED }));
        await probeMark(asked, key);
      },
      ...storeHooks(this.#events),
    });
    const { threshold, windowMs } = this.#settings;
    this.#known = new LocalKnowledge(threshold, windowMs, maxSubjects, this.#truth.now);
    this.#shadow = mode === 'shadow';
    this.#flags = new Map([...OWN_RULES, ...rules.keys()].map((rule) => [rule, 0]));
    const { onStoreError, instances } = this.#options;
    if (onStoreError === 'local' && instances !== undefined) this.#local = new LocalShare(this.#options, instances);
  }

  /**
   * Counts one event of a subject in all processes, and flags the subject when that is one too many. It resolves within
   * `storeTimeoutMs`, or twice that for the event that flags.
   *
   * @param subject - whose event: text of at least one character.
   * @param type - what sort of event, 1 to 100 characters: of the program's choice, not the client's. `'event'` by default.
   * @throws {@link InvalidArgumentError} by rejecting, when one of them is wrong; nothing is counted then.
   */
  async record(subject: string, type = 'event', options?: RecordOptions): Promise<SharedAbuseResult> {
    const where = 'SharedAbuseDetector.record';
    const shown = this.#names.of(subjectIn(where, subject));
    const weight = weightIn(where, type, options, this.#options.weights);
    const evidence = options?.evidence;
    const { names } = this.#truth;
    const [key, tag] = [names.of(subject), names.tagOf(type)];
    this.#known.name(type, tag);
    this.#recorded++;
    const { windowMs, threshold, halfLifeMs } = this.#settings;
    const rule = {
      group: names.group,
      subject: key,
      windowUs: Math.max(1, Math.round(windowMs * 1_000)),
      limit: threshold,
      weight,
      tag,
      halfLifeUs: halfLifeUs(halfLifeMs),
    };
    const answer = await this.#truth.ask({ sort: 'record', call: (store) => store.record(rule), read: readEvents });
    const known = this.#known.learn(shown, answer);
    if (answer !== undefined) this.#truth.marks.learn(key, answer.mark);
    const before = this.#flagOf(key);
    this.#known.keep(shown, known, before !== undefined, { type, weight }, evidence);
    const inGrace = this.#truth.marks.of(key)?.held === false;
    const local = this.#local?.record(subject, type, { weight, evidence, decides: answer === undefined && !inGrace });
    if (answer === undefined) return this.#withoutStore(before, inGrace, local);
    const suspect = new SharedSuspect(this.#settings, answer, before);
    const by = inGrace
      ? undefined
      : this.#judge.judge(
          suspect,
          this.#truth.now(),
          { subject, type, weight, evidence },
          (of) => known.byType[of] ?? 0,
        );
    const news = suspect.news();
    const made = news === undefined ? undefined : await this.#write(key, shown, news, before, answer);
    if (news !== undefined && made === undefined) return this.#unwritten(news, answer);
    const newly = made?.applied === true && !made.wasHeld && by !== undefined;
    if (newly) this.#tellFlagged(shown, by, answer);
    return this.#result(this.#flagOf(key), answer, newly, false);
  }

  /**
   * Whether the subject is flagged, as far as this process knows; counts nothing. Each call asks for what others
   * flagged, and the next one a moment later knows; {@link SharedAbuseDetector.refresh} waits for it.
   *
   * @throws {@link InvalidArgumentError} when `subject` is no text of at least one character.
   */
  isFlagged(subject: string): boolean {
    subjectIn('SharedAbuseDetector.isFlagged', subject);
    this.#truth.look();
    if (this.#shadow) return false;
    const flagged = this.#flagOf(this.#truth.names.of(subject)) !== undefined;
    return flagged || (this.#truth.lost && this.#local?.detector.isFlagged(subject) === true);
  }

  /**
   * Flags a subject by hand in all processes; an earlier flag by hand is replaced, and a grace ends.
   *
   * @param reason - shown in events and {@link SharedAbuseDetector.explain}; redacted, at most 200 characters.
   * @param ttlMs - more than 0, at most ten years. By default `flagTtlMs`.
   * @throws {@link InvalidArgumentError} when one of them is wrong, {@link StoreUnavailableError} when the store does not
   * answer; both by rejecting.
   */
  async flag(subject: string, reason: string, ttlMs = this.#options.flagTtlMs): Promise<void> {
    const where = 'SharedAbuseDetector.flag';
    const shown = this.#names.of(subjectIn(where, subject));
    const text = wordsIn(where, 'reason', reason);
    microseconds(where, 'ttlMs', ttlMs);
    const key = this.#truth.names.of(subject);
    let version = this.#truth.marks.of(key)?.version ?? 0;
    for (let i = 0; i < MOST_TRIES; i++) {
      const before = this.#flagOf(key);
      const held = { text, untilMs: this.#truth.now() + ttlMs };
      const reasons = new Map([...(before?.reasons ?? []), ['manual', held] as const]);
      const written = writtenFlag(shown, reasons, before, { count: 0, score: 0 }, this.#truth.now());
      // The last try makes it whatever others do.
      const after = i === MOST_TRIES - 1 ? {} : { after: version };
      const answer = await this.#truth.mark('flag', { subject: key, held: true, ...written, ...after });
      version = answer.mark?.version ?? 0;
      if (!answer.applied) continue;
      if (!answer.wasHeld) this.#tellFlagged(shown, ['manual', held], { count: 0, score: 0 });
      return;
    }
  }

  /**
   * Lifts the flag of a subject in all processes, within a second, whatever its reasons, and clears its count and score.
   *
   * @param options - `graceMs`: for how long no event flags it again, at most ten years; events are counted meanwhile.
   * @returns whether it was flagged, or would have been in shadow mode.
   * @throws {@link InvalidArgumentError} when one of them is wrong, {@link StoreUnavailableError} when the store does not
   * answer; both by rejecting.
   */
  async unflag(subject: string, options?: UnflagOptions): Promise<boolean> {
    const where = 'SharedAbuseDetector.unflag';
    const shown = this.#names.of(subjectIn(where, subject));
    if (options !== undefined) checkCallOptions(where, options);
    const { by, note, graceMs = 0 } = options ?? {};
    const forUs = timeIn(where, 'graceMs', graceMs, true) === 0 ? 0 : microseconds(where, 'graceMs', graceMs);
    const said = {
      ...(by === undefined ? {} : { by: wordsIn(where, 'by', by) }),
      ...(note === undefined ? {} : { note: wordsIn(where, 'note', note) }),
    };
    const key = this.#truth.names.of(subject);
    const before = this.#flagOf(key);
    const was = await this.#truth.lift('unflag', key, { forUs, text: JSON.stringify(said) });
    this.#known.delete(shown);
    this.#local?.detector.unflag(subject);
    if (!was) return false;
    const flaggedForMs = before === undefined ? 0 : this.#truth.now() - before.sinceMs;
    const about = { detector: this.name, subject: shown, cause: 'lifted' as const, flaggedForMs };
    this.#events.emit('unflagged', { ...about, ...said, graceMs, shadow: this.#shadow });
    return true;
  }

  /**
   * All that this process knows of a subject; `undefined` when that is nothing. Evidence and times are those of events that
   * came to this process, counts and reasons those of all.
   *
   * @throws {@link InvalidArgumentError} when `subject` is no text of at least one character.
   */
  explain(subject: string): AbuseExplanation | undefined {
    const shown = this.#names.of(subjectIn('SharedAbuseDetector.explain', subject));
    this.#truth.look();
    const key = this.#truth.names.of(subject);
    const mark = this.#truth.marks.of(key);
    return sharedExplanation(shown, {
      flag: this.#flagOf(key),
      lifting: this.#known.liftingOf(key),
      graceUntilMs: mark?.held === false ? mark.untilMs : undefined,
      suspect: this.#known.of(shown),
      evidence: this.#known.evidenceOf(shown),
      shadow: this.#shadow,
      nowMs: this.#truth.now(),
    });
  }

  /** Counts, and who is flagged as far as this process knows, for a report: subjects are in it. */
  summary(): SharedAbuseSummary {
    this.#truth.look();
    const nowMs = this.#truth.now();
    const flagged = [...this.#truth.marks.entries()].flatMap(([, mark]) => {
      const flag = readFlag(mark, nowMs);
      return flag === undefined ? [] : [sharedFlagged(flag, this.#known.of(flag.subject), nowMs)];
    });
    flagged.sort((a, b) => b.score - a.score);
    return { ...this.#snapshotOf(flagged.length), flagged: flagged.slice(0, MOST_LISTED) };
  }

  /** Counts of this process as plain JSON; no subject is in it. */
  snapshot(): SharedAbuseDetectorSnapshot {
    return this.#snapshotOf(this.#truth.marks.held);
  }

  /** Asks for what other processes flagged and lifted; whether the store answered. */
  refresh(): Promise<boolean> {
    return this.#truth.refresh();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof SharedAbuseDetectorEvents>(
    type: K,
    listener: (event: SharedAbuseDetectorEvents[K]) => void,
  ): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of flags that this process made or lifted, and once each time the store is lost or back; without the subject. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const stops = [
      ...(['flagged', 'unflagged'] as const).map((type) =>
        this.#events.on(type, (event) =>
          listener({ type, level: type === 'flagged' ? 'warn' : 'info', data: eventData(event) }),
        ),
      ),
      ...subscribeStore(this.#events, listener),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Totals of this process for a scrape. */
  metrics(): Iterable<MetricSample> {
    return [
      ...detectorMetrics(this.snapshot()),
      ...storeMetrics(this.kind, this.name, this.#truth.lost, this.#degraded),
    ];
  }

  /** DEGRADED while the store is lost. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    return storeHealth(this.#truth.lost, this.#options.onStoreError);
  }

  #flagOf(key: string): KnownFlag | undefined {
    return readFlag(this.#truth.marks.of(key), this.#truth.now());
  }

  /** Writes a flag down, unless somebody has changed it since the answer; `undefined` when the store does not answer. */
  #write(
    key: string,
    shown: string,
    reasons: ReadonlyMap<string, HeldReason>,
    before: KnownFlag | undefined,
    answer: EventAnswer,
  ): Promise<MarkAnswer | undefined> {
    const written = writtenFlag(shown, reasons, before, answer, this.#truth.now());
    return this.#truth.tryMark({ subject: key, held: true, ...written, after: answer.mark?.version ?? 0 });
  }

  /** It could be counted, but the flag could not be written down: it holds for this event, and the next one tries again. */
  #unwritten(reasons: ReadonlyMap<string, HeldReason>, { count, score }: EventAnswer): SharedAbuseResult {
    this.#degraded++;
    const texts = Array.from(reasons.values(), ({ text }) => text);
    return this.#said(true, false, { count, score, reasons: texts }, true);
  }

  #result(
    flag: KnownFlag | undefined,
    { count, score }: { readonly count: number; readonly score: number },
    newly: boolean,
    degraded: boolean,
  ): SharedAbuseResult {
    const texts = flag === undefined ? NO_REASONS : Array.from(flag.reasons.values(), ({ text }) => text);
    return this.#said(flag !== undefined, newly, { count, score, reasons: texts }, degraded);
  }

  #said(
    flagged: boolean,
    newly: boolean,
    rest: Pick<AbuseResult, 'count' | 'score' | 'reasons'>,
    degraded: boolean,
  ): SharedAbuseResult {
    const enforced = flagged && !this.#shadow;
    return { flagged: enforced, newlyFlagged: enforced && newly, ...rest, shadow: flagged && this.#shadow, degraded };
  }

  /** By the rule for a store that does not answer. */
  #withoutStore(flag: KnownFlag | undefined, inGrace: boolean, local: AbuseResult | undefined): SharedAbuseResult {
    this.#degraded++;
    const counted = { count: local?.count ?? 0, score: local?.score ?? 0 };
    if (flag !== undefined || inGrace) return this.#result(flag, counted, false, true);
    if (local !== undefined) return { ...local, degraded: true };
    const rejects = this.#options.onStoreError === 'reject';
    return this.#said(rejects, false, { ...counted, reasons: rejects ? LOST_REASONS : NO_REASONS }, true);
  }

  #snapshotOf(flaggedNow: number): SharedAbuseDetectorSnapshot {
    const { name, mode, threshold, windowMs, maxSubjects } = this.#options;
    const configured = { name, mode, threshold, windowMs };
    return {
      ...configured,
      events: this.#recorded,
      flags: Object.fromEntries(this.#flags),
      flaggedNow,
      subjects: this.#known.size,
      maxSubjects,
      evictedSubjects: this.#known.evicted,
      storeAvailable: !this.#truth.lost,
      degraded: this.#degraded,
    };
  }

  #tellFlagged(
    subject: string,
    [rule, { text, untilMs }]: NamedReason,
    counted: { count: number; score: number },
  ): void {
    this.#flags.set(rule, (this.#flags.get(rule) ?? 0) + 1);
    const { count, score } = counted;
    const about = { detector: this.name, subject, shadow: this.#shadow, rule, reason: text };
    this.#events.emit('flagged', { ...about, ttlMs: untilMs - this.#truth.now(), count, score });
  }
}
