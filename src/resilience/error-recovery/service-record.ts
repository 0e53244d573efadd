import type { Clock } from '../../core/clock.js';
import { awaitsCall, type Component } from '../../core/component.js';
import { InvalidOptionsError, isRejectedError } from '../../core/errors.js';
import type { Policy } from '../call-context.js';
import type { CircuitState, KeyedBreakerOptions } from '../circuit-breaker/index.js';
import { pipeline } from '../pipeline/index.js';
import { type Retry, retry, retryHistory, type RetryOptions } from '../retry/index.js';
import type { ErrorTrend } from './engine.js';
import { ErrorLog } from './error-log.js';
import { type BreakerSource, type ParsedRecoveryOptions, sameOptions } from './options.js';
import type { ServiceSummary } from './summary.js';

/** A breaker as a record keeps it. @internal */
export type ServiceBreaker = Policy & { readonly state: CircuitState };

/** What all records have of the object that they belong to. @internal */
export interface RecordSurroundings {
  readonly maxErrors: number;
  /** How calls are tried again that do not say it themselves. */
  readonly retry: RetryOptions | false;
  /** What every retry policy is made with. */
  readonly common: Pick<RetryOptions, 'onListenerError'> & { readonly clock: Clock };
}

/** Kinds of errors that a summary shows. */
const TOP_GROUPS = 5;

/** One service: its policies, its log and its counts. @internal */
export class ServiceRecord {
  readonly name: string;
  readonly log: ErrorLog;
  readonly counts = { calls: 0, rejections: 0, aborted: 0, retries: 0, fallbacks: 0, fallbackFailures: 0 };
  running = 0;
  /** Calls in a row that failed, and since when. */
  failures = 0;
  failingSinceMs = 0;
  direction: ErrorTrend['direction'] = 'STEADY';
  readonly #around: RecordSurroundings;
  readonly #shared: boolean;
  #breaker: ServiceBreaker | undefined;
  #breakerOptions: KeyedBreakerOptions | undefined;
  /** Retry outside breaker, of the breaker that there is. */
  #guarded: Policy | undefined;
  #retry: Retry | undefined;
  #retryOptions: RetryOptions | undefined;

  /** @param shared - whether several services are counted in it, each with a breaker of its own. */
  constructor(name: string, around: RecordSurroundings, shared = false) {
    this.name = name;
    this.#around = around;
    this.#shared = shared;
    this.log = new ErrorLog(around.maxErrors);
  }

  /**
   * The breaker of one of its services, made with the options of the first call.
   *
   * @param late - told when there is one already that was made with others.
   */
  breakerFrom(
    source: BreakerSource,
    service: string,
    options: ParsedRecoveryOptions,
    late: () => void,
  ): ServiceBreaker {
    // One of several whose options nobody keeps: there is no telling which of them came first.
    if (this.#shared && source.get?.(service) !== undefined) return source.for(service);
    const wanted = this.#shared || this.#breaker === undefined ? options.breaker : this.#breakerOptions;
    try {
      return source.for(service, wanted);
    } catch (error) {
      // One that is there already, and was made with others: nobody may be refused for options that come late.
      if (source.get?.(service) === undefined) throw error;
      late();
      return source.for(service);
    }
  }

  /** The retry that a call's options ask for, when they are the first to do so: what is wrong with them is found before anything else is made. */
  retryFrom(options: ParsedRecoveryOptions): Retry | undefined {
    const asked = options.retry !== undefined && options.retry !== false && this.#retryOptions === undefined;
    return asked ? this.#makeRetry(options.retry) : undefined;
  }

  /**
   * What a call goes through.
   *
   * @param made - what {@link ServiceRecord.retryFrom} answered.
   */
  policy(breaker: ServiceBreaker, options: ParsedRecoveryOptions, made: Retry | undefined): Policy {
    if (this.#breaker === undefined) this.#breakerOptions = options.breaker;
    // A registry may have let the one go that nobody used.
    if (breaker !== this.#breaker) this.#guarded = undefined;
    this.#breaker = breaker;
    if (options.retry === false) return breaker;
    if (made !== undefined && this.#retryOptions === undefined) {
      this.#retry = made;
      this.#retryOptions = options.retry;
      this.#guarded = undefined;
    }
    return (this.#guarded ??= this.#compose(breaker));
  }

  /** Which options of a call come too late: others were given before. */
  lateOption(options: ParsedRecoveryOptions): 'breaker' | 'retry' | undefined {
    const { breaker, retry: wanted } = options;
    if (this.#breaker !== undefined && breaker !== undefined && !sameOptions(breaker, this.#breakerOptions))
      return 'breaker';
    const late = wanted !== undefined && wanted !== false && this.#retryOptions !== undefined;
    return late && !sameOptions(wanted, this.#retryOptions) ? 'retry' : undefined;
  }

  get breakerState(): CircuitState | undefined {
    return this.#shared ? undefined : this.#breaker?.state;
  }

  /** What is wrong with its breaker, which itself knows best: one that only watches refuses nobody. */
  get ailment(): string | undefined {
    const breaker = this.#shared ? undefined : this.#breaker;
    if (breaker === undefined) return undefined;
    const { state } = breaker;
    const health = (breaker as Partial<Pick<Component, 'health'>>).health?.();
    const well = health === undefined ? state === 'CLOSED' || state === 'DISABLED' : health.status === 'HEALTHY';
    return well ? undefined : (health?.message ?? `circuit is ${state}`).replace(/^circuit/, `circuit of ${this.name}`);
  }

  /** Whether its breaker waits for a call to find out if all is well again. */
  get awaitsCall(): boolean {
    const breaker = this.#breaker;
    return breaker !== undefined && (awaitsCall(breaker) || breaker.state === 'HALF_OPEN');
  }

  /** @param atMs - time since errors were first looked out for. */
  summary(atMs: number): ServiceSummary {
    const { log, breakerState } = this;
    const { perMinute, direction } = log.trend(atMs);
    const { calls, ...counts } = this.counts;
    return {
      service: this.name,
      calls,
      errors: log.count,
      ...counts,
      perMinute,
      trend: direction,
      topGroups: log.groups.top(TOP_GROUPS),
      ...(log.firstSeenAt === undefined ? {} : { firstSeenAt: log.firstSeenAt }),
      ...(log.lastSeenAt === undefined ? {} : { lastSeenAt: log.lastSeenAt }),
      ...(breakerState === undefined ? {} : { breaker: breakerState }),
    };
  }

  #compose(breaker: ServiceBreaker): Policy {
    const { retry: wanted } = this.#around;
    if (this.#retry === undefined && wanted === false) return breaker;
    this.#retry ??= this.#makeRetry(wanted || {});
    return pipeline(this.#retry, breaker);
  }

  #makeRetry(options: RetryOptions): Retry {
    const { clock, onListenerError } = this.#around.common;
    const made = retryOf({ onListenerError, name: this.name, ...options }, clock);
    made.on('retry', () => {
      this.counts.retries++;
    });
    return made;
  }
}

/**
 * The retry of a service.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range, and another clock.
 * @internal
 */
export function retryOf(options: RetryOptions, clock: Clock): Retry {
  const made = retry({ ...options, clock });
  if (options.clock === undefined || options.clock === clock) return made;
  const message = 'is another one than that of the service; leave it out';
  throw new InvalidOptionsError('ErrorRecoveryService', [{ path: 'retry.clock', message }]);
}

/**
 * The error by which the service itself failed in a call that ended with `error`; `undefined` when a guard refused the call
 * and nothing was attempted. @internal
 */
export function failureBehind(error: unknown): { readonly error: unknown } | undefined {
  if (!isRejectedError(error)) return { error };
  const earlier = retryHistory(error)?.errors.filter((attempt) => !isRejectedError(attempt)) ?? [];
  return earlier.length === 0 ? undefined : { error: earlier[earlier.length - 1] };
}
