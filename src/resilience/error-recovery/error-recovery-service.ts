import { liveSignal } from '../../core/call-signal.js';
import {
  AWAITS_CALL,
  awaitsCall,
  type Component,
  type ComponentEvent,
  type MetricSample,
} from '../../core/component.js';
import type { Clock } from '../../core/clock.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidOptionsError, isRejectedError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { redactText } from '../../core/redaction.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { shortText } from '../../core/short-text.js';
import { type CallContext, type ExecuteOptions, isContext, notAFunction } from '../call-context.js';
import { CircuitBreakerRegistry } from '../circuit-breaker/index.js';
import { fallback } from '../fallback/index.js';
import { CLOCK } from '../stages.js';
import { type ErrorTrend, trendOf } from './engine.js';
import type { RecordedError } from './error-log.js';
import { type ErrorRecoveryEvents, RECOVERY_EVENTS, tellAsJson } from './events.js';
import {
  type BreakerSource,
  type ErrorRecoveryServiceOptions,
  parseRecoveryServiceOptions,
  type ParsedRecoveryOptions,
  type ParsedRecoveryServiceOptions,
  type RecoveryOptions,
  recoveryOptionsParser,
} from './options.js';
import { failureBehind, type RecordSurroundings, retryOf, ServiceRecord } from './service-record.js';
import { type ErrorRecoverySummary, recoveryMetrics } from './summary.js';

/** The service that all others are counted as when there are too many. */
const OTHER = 'other';
/** Services that are looked at when one must make room. */
const SAMPLE = 8;
/** Services that a health message names. */
const MOST_NAMED = 10;

/**
 * Calls services by name, each behind a circuit breaker and a retry of its own, with a fallback around both, and remembers
 * what went wrong: the last errors, their kinds, and whether they become more.
 *
 * @example
 * const recovery = new ErrorRecoveryService();
 * const rates = await recovery.execute('rates', ({ signal }) => fetchRates({ signal }), { fallback: () => lastRates });
 * recovery.trend('rates').direction; // 'RISING'
 */
export class ErrorRecoveryService implements Component<ErrorRecoverySummary> {
  readonly kind = 'error-recovery-service';
  readonly name: string;
  readonly #options: ParsedRecoveryServiceOptions;
  readonly #parse = recoveryOptionsParser();
  readonly #reporter: Reporter;
  readonly #events: Emitter<ErrorRecoveryEvents>;
  readonly #breakers: BreakerSource;
  /** Of those who bring no registry: it shows through this object. */
  readonly #own: CircuitBreakerRegistry | undefined;
  readonly #around: RecordSurroundings;
  /** Time since errors are looked out for; it never goes back. */
  readonly #time: () => number;
  /** The one that was used last comes last. */
  readonly #services = new Map<string, ServiceRecord>();
  #other: ServiceRecord | undefined;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: ErrorRecoveryServiceOptions) {
    this.#options = parseRecoveryServiceOptions(options);
    const { name, clock, onListenerError, retry: wanted, maxErrorsPerService } = this.#options;
    // Only to find out now, and not at the first call, that it cannot be made.
    if (wanted !== false) retryOf(wanted, clock);
    this.name = name;
    this.#reporter = new Reporter(`ErrorRecoveryService '${name}'`, clock, onListenerError);
    this.#events = new Emitter(this.#reporter, RECOVERY_EVENTS);
    const common = { clock, onListenerError };
    const { registry } = this.#options;
    const theirs = (registry as { readonly [CLOCK]?: Clock } | undefined)?.[CLOCK] ?? clock;
    if (theirs !== clock) {
      const message = 'has another clock; give both the same';
      throw new InvalidOptionsError('ErrorRecoveryService', [{ path: 'registry', message }]);
    }
    this.#own = registry === undefined ? new CircuitBreakerRegistry({ name, ...common }) : undefined;
    this.#breakers = registry ?? (this.#own as BreakerSource);
    this.#around = { maxErrors: maxErrorsPerService, retry: wanted, common };
    this.#time = steady(clock);
  }

  /**
   * Runs `operation` behind the breaker of `service`, tries it again as the service's retry says, and answers with the
   * fallback when it fails for good or is refused. Without one it rejects with the last error.
   *
   * The breaker and the retry of a service are made at its first call and kept; options that come later and say something
   * else are left aside, with a warning, but `retry: false` counts for each call.
   *
   * @param service - its name, 1 to 200 characters, none of them a control character. Never one that a client chooses.
   * @throws `CircuitOpenError` (as a rejection) when the circuit lets no call through and there is no fallback.
   * @throws `signal.reason` (as a rejection) when `signal` aborts; what was not begun is not run.
   * @throws {@link InvalidArgumentError} (as a rejection) when the name is impossible or `operation` is no function.
   * @throws {@link InvalidOptionsError} (as a rejection) naming every option that is unknown or out of range.
   */
  async execute<T, F = never>(
    service: string,
    operation: (call: CallContext) => T | PromiseLike<T>,
    options?: RecoveryOptions<F>,
  ): Promise<T | F> {
    if (typeof operation !== 'function') throw notAFunction('ErrorRecoveryService.execute', operation);
    // The context of a call around this one has no options in it.
    const around = isContext(options) ? options : undefined;
    const parsed = this.#parse(around === undefined ? options : undefined);
    const signal = liveSignal('ErrorRecoveryService.execute', options);
    const record = this.#recordOf('execute', service);
    if (record !== this.#other) this.#warnOfLateOptions(record, parsed);
    const made = record.retryFrom(parsed);
    const breaker = record.breakerFrom(this.#breakers, service, parsed, () => {
      this.#warnOfLate(record, 'breaker');
    });
    const policy = record.policy(breaker, parsed, made);
    const given: ExecuteOptions = around ?? (signal === undefined ? {} : { signal });
    const call = (): Promise<T> => this.#call(record, () => policy.execute(operation, given), signal);
    if (parsed.fallback === undefined) return call();
    const answer = parsed.fallback as (error: unknown, call: CallContext) => F | PromiseLike<F>;
    const { clock, onListenerError } = this.#options;
    return fallback((error, context) => this.#fallBack(record, () => answer(error, context)), {
      clock,
      onListenerError,
    }).execute(call, given);
  }

  /**
   * Records an error that came up outside of `execute`.
   *
   * @param context - anything that helps to understand it; kept as plain JSON with secrets masked, up to 2 kB.
   * @throws {@link InvalidArgumentError} when the name of the service is impossible.
   */
  recordError(service: string, error: unknown, context?: object): void {
    const record = this.#recordOf('recordError', service);
    if (isRejectedError(error)) record.counts.rejections++;
    else this.#record(record, error, context);
  }

  /** How the errors of a service develop; `STEADY` at 0 for one that is not known. */
  trend(service: string): ErrorTrend {
    const record = this.#find(service);
    const atMs = this.#time();
    if (record === undefined) return trendOf(undefined, atMs);
    this.#lookAtTrend(record, atMs);
    return record.log.trend(atMs);
  }

  /** The last errors of a service, the oldest first; none for one that is not known. */
  errors(service: string): readonly RecordedError[] {
    return this.#find(service)?.log.entries ?? [];
  }

  /** What is known of all services, those with the most errors first. */
  summary(): ErrorRecoverySummary {
    const atMs = this.#time();
    const records = this.#records();
    for (const record of records) this.#lookAtTrend(record, atMs);
    const services = records
      .map((record) => record.summary(atMs))
      .sort((a, b) => b.errors - a.errors || (a.service < b.service ? -1 : 1));
    return { version: 1, name: this.name, errors: services.reduce((sum, { errors }) => sum + errors, 0), services };
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof ErrorRecoveryEvents>(type: K, listener: (event: ErrorRecoveryEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /**
   * Hears when the errors of a service become more or fewer, and of the transitions of its own breakers, for loggers and
   * status pages. Those of a `registry` that was given are told by that.
   */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const stops = [tellAsJson(this.#events, listener), this.#own?.subscribe(listener)];
    return () => {
      for (const stop of stops) stop?.();
    };
  }

  /** The same as {@link ErrorRecoveryService.summary}. */
  snapshot(): ErrorRecoverySummary {
    return this.summary();
  }

  /** `DEGRADED` while the circuit of any service is broken, isolated or takes up its load again; the message names ten at most. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    const broken = this.#broken();
    if (broken.length === 0) return this.#own?.health() ?? { status: HealthStatus.HEALTHY };
    const others = broken.length - MOST_NAMED;
    const named = broken.slice(0, MOST_NAMED).map(({ ailment = '' }) => ailment);
    const message = `${named.join(', ')}${others > 0 ? ` and ${String(others)} more` : ''}`;
    return { status: HealthStatus.DEGRADED, message: redactText(message, 1_000) };
  }

  /** @internal */
  [AWAITS_CALL](): boolean {
    const broken = this.#broken();
    if (broken.length > 0) return broken.every((record) => record.awaitsCall);
    return this.#own !== undefined && awaitsCall(this.#own);
  }

  /** The counts of all services, and those of its own breakers, for a scrape. */
  metrics(): Iterable<MetricSample> {
    return [...recoveryMetrics(this.summary()), ...(this.#own?.metrics() ?? [])];
  }

  #broken(): ServiceRecord[] {
    return [...this.#services.values()].filter(({ ailment }) => ailment !== undefined);
  }

  #records(): ServiceRecord[] {
    return [...this.#services.values(), ...(this.#other === undefined ? [] : [this.#other])];
  }

  #find(service: string): ServiceRecord | undefined {
    return this.#services.get(service) ?? (service === OTHER ? this.#other : undefined);
  }

  /** Never refuses: when there is no room for one more service, it is one of the others. */
  #recordOf(method: string, service: string): ServiceRecord {
    let record = this.#services.get(service);
    const name = record === undefined ? shortText(method, 'the service', service) : service;
    // Taken out and put back, so that it comes last.
    if (record !== undefined) this.#services.delete(name);
    else if (name === OTHER || (this.#services.size >= this.#options.maxServices && !this.#makeRoom())) {
      return (this.#other ??= new ServiceRecord(OTHER, this.#around, true));
    }
    record ??= new ServiceRecord(redactText(name), this.#around);
    this.#services.set(name, record);
    return record;
  }

  #warnOfLateOptions(record: ServiceRecord, options: ParsedRecoveryOptions): void {
    const late = record.lateOption(options);
    if (late !== undefined) this.#warnOfLate(record, late);
  }

  #warnOfLate(record: ServiceRecord, late: string): void {
    this.#reporter.warn(
      'BREAKWATER_W_SERVICE_OPTIONS',
      `'${record.name}' is called with other ${late} options than before; those that came first are used`,
    );
  }

  /** Forgets a service that was not used for long, if it has no errors that still matter. */
  #makeRoom(): boolean {
    const atMs = this.#time();
    let looked = 0;
    for (const [name, { log, running }] of this.#services) {
      if (running === 0 && log.isQuiet(atMs)) return this.#services.delete(name);
      if (++looked === SAMPLE) break;
    }
    return false;
  }

  async #call<T>(
    record: ServiceRecord,
    run: () => Promise<T>,
    signal: { readonly aborted: boolean } | undefined,
  ): Promise<T> {
    record.counts.calls++;
    record.running++;
    try {
      const value = await run();
      if (signal?.aborted === true) record.counts.aborted++;
      else if (record.failures > 0) this.#recovered(record);
      return value;
    } catch (error) {
      if (signal?.aborted === true) record.counts.aborted++;
      else this.#failed(record, error);
      throw error;
    } finally {
      record.running--;
    }
  }

  async #fallBack<F>(record: ServiceRecord, answer: () => F | PromiseLike<F>): Promise<F> {
    try {
      const value = await answer();
      record.counts.fallbacks++;
      return value;
    } catch (error) {
      record.counts.fallbackFailures++;
      throw error;
    }
  }

  #failed(record: ServiceRecord, error: unknown): void {
    if (isRejectedError(error)) record.counts.rejections++;
    const failure = failureBehind(error);
    if (failure === undefined) return;
    if (record.failures++ === 0) record.failingSinceMs = this.#time();
    this.#record(record, failure.error, undefined);
  }

  #recovered(record: ServiceRecord): void {
    const { name: service, failures, failingSinceMs } = record;
    record.failures = 0;
    if (!this.#events.has('recovered')) return;
    const durationMs = this.#time() - failingSinceMs;
    this.#events.emit('recovered', { recovery: this.name, service, failures, durationMs });
  }

  #record(record: ServiceRecord, error: unknown, context: object | undefined): void {
    const atMs = this.#time();
    const entry = record.log.record(error, context, { atMs, wallMs: this.#options.clock.wallNow() });
    if (this.#events.has('error')) {
      this.#events.emit('error', { recovery: this.name, service: record.name, ...entry });
    }
    this.#lookAtTrend(record, atMs);
  }

  #lookAtTrend(record: ServiceRecord, atMs: number): void {
    const { direction: to, ...figures } = record.log.trend(atMs);
    const { direction: from } = record;
    if (from === to) return;
    record.direction = to;
    if (this.#events.has('trend')) {
      this.#events.emit('trend', { recovery: this.name, service: record.name, from, to, ...figures });
    }
  }
}
