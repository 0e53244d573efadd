import type { Clock } from '../../core/clock.js';
import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError, isRejectedError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { describe } from '../../core/options.js';
import { redactText } from '../../core/redaction.js';
import { Reporter } from '../../core/reporter.js';
import { type CallContext, type ExecuteOptions, notAFunction, type Policy, SingleCall } from '../call-context.js';
import { asAttempt, type AttemptResult } from './attempt.js';
import { Circuit, ORDINARY, REFUSED } from './engine.js';
import { CircuitOpenError } from './errors.js';
import { type CircuitBreakerEvents, tellAsJson } from './events.js';
import { CallLease, type Lease } from './lease.js';
import { circuitMetrics } from './metrics.js';
import {
  type CircuitBreakerOptions,
  circuitSettings,
  type ParsedCircuitBreakerOptions,
  parseCircuitBreakerOptions,
} from './options.js';
import { type EndCall, protect, type ProtectOptions } from './protect.js';
import { type CircuitBreakerSnapshot, circuitSnapshot, type ErrorSummary, summarizeError } from './snapshot.js';
import type { CircuitState, TransitionReason, Verdict } from './state.js';

/**
 * Stops calling a dependency that keeps failing, answers at once instead, and tries it again after a while with a
 * single call.
 *
 * @example
 * const breaker = new CircuitBreaker({ name: 'payments', recoveryTimeoutMs: 30_000 });
 * const receipt = await breaker.execute(({ signal }) => fetch(url, { signal }));
 */
export class CircuitBreaker implements Component<CircuitBreakerSnapshot>, Policy {
  readonly kind = 'circuit-breaker';
  readonly name: string;
  readonly #options: ParsedCircuitBreakerOptions;
  readonly #clock: Clock;
  readonly #circuit: Circuit;
  readonly #reporter: Reporter;
  readonly #events: Emitter<CircuitBreakerEvents>;
  readonly #totals = { successes: 0, failures: 0, ignored: 0, stale: 0, rejected: 0 };
  #resets = 0;
  #isolatedBecause: string | undefined;
  /** The error of the last break; the error itself is let go when the circuit closes. */
  #lastBreak: ErrorSummary | undefined;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. */
  constructor(options?: CircuitBreakerOptions) {
    this.#options = parseCircuitBreakerOptions(options);
    this.name = this.#options.name;
    this.#clock = this.#options.clock;
    this.#reporter = new Reporter(`CircuitBreaker '${this.name}'`, this.#clock, this.#options.onListenerError);
    this.#events = new Emitter(this.#reporter);
    this.#circuit = new Circuit(circuitSettings(this.#options), (from, to, reason, cause) => {
      this.#moved(from, to, reason, cause);
    });
  }

  /**
   * Runs `operation` unless the circuit refuses. The result, or whatever the operation throws, comes back unchanged; a
   * synchronous throw rejects.
   *
   * @throws {@link CircuitOpenError} (as a rejection) when the circuit lets no call through.
   * @throws `signal.reason` (as a rejection) when `signal` is aborted already; the operation is not run.
   * @throws {@link InvalidArgumentError} (as a rejection) when `operation` is no function; nothing is counted.
   */
  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    if (typeof operation !== 'function') return Promise.reject(notAFunction('CircuitBreaker.execute', operation));
    const signal = options?.signal;
    // The rejection's value is the caller's or the operation's own, whatever it is.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const circuit = this.#circuit;
    let ticket = ORDINARY;
    if (circuit.state !== 'CLOSED') {
      const nowMs = this.#clock.now();
      ticket = circuit.admit(nowMs, signal);
      if (ticket === REFUSED) return Promise.reject(this.#refuse(nowMs));
    }
    const { generation } = circuit;
    const startedAtMs = this.#startedAt();
    let running: Promise<T>;
    try {
      // Unlike an async function this costs one promise, and a native one is passed on as it is.
      running = Promise.resolve(operation(new SingleCall(signal)));
    } catch (error) {
      this.#ended(true, error, signal, generation, ticket, startedAtMs);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
    return running.then(
      (result) => {
        this.#ended(false, result, signal, generation, ticket, startedAtMs);
        return result;
      },
      (error: unknown) => {
        this.#ended(true, error, signal, generation, ticket, startedAtMs);
        throw error;
      },
    );
  }

  /**
   * Runs a synchronous `operation` unless the circuit refuses.
   *
   * @throws {@link CircuitOpenError} when the circuit lets no call through; else whatever the operation throws.
   * @throws {@link InvalidArgumentError} when `operation` is no function; nothing is counted.
   */
  executeSync<T>(operation: () => T): T {
    if (typeof operation !== 'function') throw notAFunction('CircuitBreaker.executeSync', operation);
    const end = this.#begin();
    let result: T;
    try {
      result = operation();
    } catch (error) {
      end('failed', error);
      throw error;
    }
    if (isThenable(result)) {
      this.#reporter.warn(
        'BREAKWATER_W_SYNC_PROMISE',
        'executeSync got a promise, whose outcome it cannot count; use execute',
      );
      end('unknown');
    } else end('succeeded', result);
    return result;
  }

  /** Like {@link CircuitBreaker.execute}, for those who would rather look at an answer than catch: never rejects. */
  attempt<T>(
    operation: (call: CallContext) => T | PromiseLike<T>,
    options?: ExecuteOptions,
  ): Promise<AttemptResult<T>> {
    return asAttempt(this.execute(operation, options));
  }

  /** The function `fn` behind this breaker; `this` and the arguments are passed on. */
  wrap<A extends unknown[], R>(fn: (...args: A) => R | PromiseLike<R>): (...args: A) => Promise<R> {
    if (typeof fn !== 'function') throw notAFunction('CircuitBreaker.wrap', fn);
    const execute = this.execute.bind(this) as (operation: () => R | PromiseLike<R>) => Promise<R>;
    return function (this: unknown, ...args) {
      return execute(() => fn.apply(this, args));
    };
  }

  /**
   * An object like `target` whose methods named in `only` go through this breaker; everything else passes through.
   * Methods may return promises or take a callback as their last argument, which then gets the outcome or the refusal.
   *
   * @example
   * const db = breaker.protect(pool, { only: ['query'] });
   * const { rows } = await db.query('select 1');
   *
   * @throws {@link InvalidArgumentError} when `only` is empty or names something that is not a replaceable method.
   */
  protect<T extends object>(target: T, options: ProtectOptions<T>): T {
    return protect(() => this.#begin(), target, options);
  }

  /**
   * A permit for one call, or `undefined` when the circuit refuses: no promise, no error. For callers that cannot pass
   * a function.
   */
  tryAcquire(): Lease | undefined {
    const circuit = this.#circuit;
    let ticket = ORDINARY;
    if (circuit.state !== 'CLOSED') {
      const nowMs = this.#clock.now();
      ticket = circuit.admit(nowMs);
      if (ticket === REFUSED) {
        this.#countRefusal(nowMs);
        return undefined;
      }
    }
    return new CallLease(this.#settleLease, circuit.generation, ticket);
  }

  /** The state now: right without any timer, since due transitions are made when somebody looks. */
  get state(): CircuitState {
    this.#advance();
    return this.#circuit.state;
  }

  /**
   * Refuses every call until the returned handle, and that of every other isolation, is disposed; the circuit is then
   * `CLOSED`. Calls that are running change nothing.
   *
   * @param reason - shown in snapshot and health; redacted, at most 200 characters.
   */
  isolate(reason?: string): Disposable {
    this.#advance();
    if (reason !== undefined) this.#isolatedBecause = redactText(reason, 200);
    const resets = this.#resets;
    let live = true;
    this.#circuit.isolate();
    return {
      [Symbol.dispose]: () => {
        if (live && resets === this.#resets) this.#circuit.deisolate();
        live = false;
      },
    };
  }

  /** Back to `CLOSED` with empty counts, whatever the state: isolations are lifted and their handles do nothing any more. */
  reset(): void {
    this.#resets++;
    this.#circuit.reset();
  }

  /** Undoes {@link CircuitBreaker.disable}, with empty counts. */
  enable(): void {
    this.#circuit.enable();
  }

  /** Lets every call through, uncounted and without events, until {@link CircuitBreaker.enable}. */
  disable(): void {
    this.#advance();
    this.#circuit.disable();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof CircuitBreakerEvents>(type: K, listener: (event: CircuitBreakerEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of transitions and refusals, as plain JSON, for loggers and status pages. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return tellAsJson(this.#events, listener);
  }

  /** State and counts as plain JSON. */
  snapshot(): CircuitBreakerSnapshot {
    const nowMs = this.#clock.now();
    this.#circuit.advance(nowMs);
    return circuitSnapshot(this.#circuit, nowMs, {
      name: this.name,
      wallNowMs: this.#clock.wallNow(),
      totals: this.#totals,
      lastBreak: this.#lastBreak,
      isolatedBecause: this.#isolatedBecause,
    });
  }

  /** `DEGRADED` while the circuit is broken or isolated. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    const { state } = this;
    if (state === 'CLOSED' || state === 'DISABLED') return { status: HealthStatus.HEALTHY };
    const because = state === 'ISOLATED' && this.#isolatedBecause !== undefined ? `: ${this.#isolatedBecause}` : '';
    return { status: HealthStatus.DEGRADED, message: `circuit is ${state}${because}` };
  }

  /** State and totals for a scrape. */
  metrics(): Iterable<MetricSample> {
    return circuitMetrics(this.snapshot());
  }

  readonly #settleLease = (verdict: Verdict, generation: number, ticket: number, error: unknown): boolean =>
    this.#settle(verdict, generation, ticket, error);

  #advance(): void {
    const { state } = this.#circuit;
    if (state === 'OPEN' || state === 'HALF_OPEN') this.#circuit.advance(this.#clock.now());
  }

  /** Admits a call whose end is told later, or throws the refusal. */
  #begin(): EndCall {
    const circuit = this.#circuit;
    let ticket = ORDINARY;
    if (circuit.state !== 'CLOSED') {
      const nowMs = this.#clock.now();
      ticket = circuit.admit(nowMs);
      if (ticket === REFUSED) throw this.#refuse(nowMs);
    }
    const { generation } = circuit;
    const startedAtMs = this.#startedAt();
    let running = true;
    return (outcome, value) => {
      if (!running) return;
      running = false;
      if (outcome === 'unknown') this.#settle('ignore', generation, ticket, undefined);
      else this.#ended(outcome === 'failed', value, undefined, generation, ticket, startedAtMs);
    };
  }

  #refuse(nowMs: number): CircuitOpenError {
    this.#countRefusal(nowMs);
    const { state, cause } = this.#circuit;
    const retryAfterMs = this.#circuit.retryAfterMs(nowMs);
    return new CircuitOpenError(this.name, state, {
      captureStack: this.#options.captureStack,
      ...(cause === undefined ? {} : { cause }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  #countRefusal(nowMs: number): void {
    this.#totals.rejected++;
    if (!this.#events.has('rejected')) return;
    const { state } = this.#circuit;
    const retryAfterMs = this.#circuit.retryAfterMs(nowMs);
    this.#events.emit('rejected', {
      breaker: this.name,
      state,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  /** Reads the clock only for those who asked for durations. */
  #startedAt(): number {
    const asked = this.#options.classify !== undefined || this.#events.has('success') || this.#events.has('failure');
    return asked ? this.#clock.now() : NaN;
  }

  /** Judges an outcome and books it. */
  #ended(
    failed: boolean,
    value: unknown,
    signal: { readonly aborted: boolean } | undefined,
    generation: number,
    ticket: number,
    startedAtMs: number,
  ): void {
    if (this.#circuit.state === 'DISABLED') return;
    let verdict: Verdict;
    if (signal?.aborted === true) verdict = 'ignore';
    else if (this.#options.classify === undefined) verdict = failed ? judge(value) : 'success';
    else verdict = this.#classify(failed, value, startedAtMs);
    const error = failed ? value : undefined;
    if (!this.#settle(verdict, generation, ticket, error) || verdict === 'ignore') return;
    if (!this.#events.has(verdict)) return;
    const duration = Number.isNaN(startedAtMs) ? {} : { durationMs: this.#clock.now() - startedAtMs };
    if (verdict === 'success') this.#events.emit('success', duration);
    else this.#events.emit('failure', { error, ...duration });
  }

  #classify(failed: boolean, value: unknown, startedAtMs: number): Verdict {
    const durationMs = this.#clock.now() - startedAtMs;
    try {
      const verdict = this.#options.classify?.(
        failed ? { failed, error: value, durationMs } : { failed, result: value, durationMs },
      );
      if (verdict === 'success' || verdict === 'failure' || verdict === 'ignore') return verdict;
      this.#reporter.listenerError(
        new InvalidArgumentError(`classify must answer 'success', 'failure' or 'ignore', got ${describe(verdict)}`),
      );
    } catch (error) {
      this.#reporter.listenerError(error);
    }
    return failed ? judge(value) : 'success';
  }

  /** Books a verdict; `false` when the call belongs to an earlier state and no longer counts. */
  #settle(verdict: Verdict, generation: number, ticket: number, error: unknown): boolean {
    const circuit = this.#circuit;
    if (circuit.state === 'DISABLED') return false;
    if (generation !== circuit.generation || (ticket !== ORDINARY && !this.#settleProbe(verdict, ticket, error))) {
      this.#totals.stale++;
      return false;
    }
    if (verdict === 'ignore') this.#totals.ignored++;
    else if (verdict === 'success') {
      this.#totals.successes++;
      if (ticket === ORDINARY) circuit.succeed();
    } else {
      this.#totals.failures++;
      if (ticket === ORDINARY && circuit.fail(error)) circuit.trip(this.#clock.now());
    }
    return true;
  }

  #settleProbe(verdict: Verdict, ticket: number, error: unknown): boolean {
    return this.#circuit.settleProbe(ticket, verdict, this.#clock.now(), error);
  }

  #moved(from: CircuitState, to: CircuitState, reason: TransitionReason, cause: unknown): void {
    if (to === 'CLOSED' && cause !== undefined) this.#lastBreak = summarizeError(cause);
    if (to !== 'ISOLATED') this.#isolatedBecause = undefined;
    if (!this.#events.has('stateChange')) return;
    const because = to === 'OPEN' && cause !== undefined ? { cause } : {};
    this.#events.emit('stateChange', { breaker: this.name, from, to, reason, ...because });
  }
}

/** A refusal by another guard says nothing about the dependency. */
function judge(error: unknown): Verdict {
  return isRejectedError(error) ? 'ignore' : 'failure';
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
