import { InvalidArgumentError } from '../../core/errors.js';
import { liveSignal } from '../../core/call-signal.js';
import { describe } from '../../core/options.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { AWAITS_CALL, type Component, type ComponentEvent, type MetricSample } from '../../core/component.js';
import type { HealthStatus } from '../../core/health-status.js';
import { redactText } from '../../core/redaction.js';
import { isThenable, settled } from '../../core/thenable.js';
import { type CallContext, type ExecuteOptions, notAFunction, type Policy, SingleCall } from '../call-context.js';
import { type Staged, STAGES } from '../stages.js';
import { asAttempt, type AttemptResult } from './attempt.js';
import { Blueprint } from './blueprint.js';
import { BreakerStage } from './breaker-stage.js';
import { BreakerCore } from './breaker-core.js';
import { ORDINARY, REFUSED, type Ticket } from './engine.js';
import { type CircuitBreakerEvents, tellAsJson } from './events.js';
import { circuitAwaitsCall, circuitHealth } from './health.js';
import { CallLease, type Lease } from './lease.js';
import { circuitMetrics } from './metrics.js';
import { type CircuitBreakerOptions, parseCircuitBreakerOptions } from './options.js';
import { type EndCall, protect, type ProtectOptions } from './protect.js';
import { namedAfter, resumeFrom } from './restore.js';
import type { CircuitBreakerSnapshot } from './snapshot.js';
import type { CircuitState } from './state.js';
import { circuitSnapshot } from './take-snapshot.js';

/**
 * Stops calling a dependency that keeps failing, answers at once instead, and tries it again after a while with a
 * single call.
 *
 * @example
 * const breaker = new CircuitBreaker({ name: 'payments', recoveryTimeoutMs: 30_000 });
 * const receipt = await breaker.execute(({ signal }) => fetch(url, { signal }));
 */
export class CircuitBreaker implements Component<CircuitBreakerSnapshot>, Policy {
  readonly #core: BreakerCore;

  /** @throws {@link InvalidOptionsError} naming every option that is unknown, out of range or impossible. */
  constructor(options?: CircuitBreakerOptions) {
    if (options instanceof BreakerCore) {
      this.#core = options;
      return;
    }
    const parsed = parseCircuitBreakerOptions(options);
    this.#core = new BreakerCore(new Blueprint(parsed), parsed.name);
  }

  /**
   * A breaker that goes on where another one was, such as before a restart: an open circuit stays open for what was left
   * of its break, a half-open one lets a probe through, an isolated one stays so until {@link CircuitBreaker.reset}.
   * Totals and windows start empty. A snapshot that cannot be right gives a `CLOSED` breaker and the warning
   * `BREAKWATER_W_SNAPSHOT`.
   *
   * @param options - its options; those of the other breaker are not part of its snapshot, but for the name.
   * @throws {@link InvalidOptionsError} naming every option that is unknown, out of range or impossible.
   */
  static restore(snapshot: CircuitBreakerSnapshot, options?: CircuitBreakerOptions): CircuitBreaker {
    const breaker = new CircuitBreaker(namedAfter(snapshot, options));
    resumeFrom(breaker.#core, snapshot);
    return breaker;
  }

  /** `circuit-breaker`. */
  get kind(): 'circuit-breaker' {
    return 'circuit-breaker';
  }

  /** Which dependency it guards. */
  get name(): string {
    return this.#core.name;
  }

  /**
   * Runs `operation` unless the circuit refuses. The result, or whatever the operation throws, comes back unchanged; a
   * synchronous throw rejects.
   *
   * @throws {@link CircuitOpenError} (as a rejection) when the circuit lets no call through.
   * @throws `signal.reason` (as a rejection) when `signal` is aborted already; the operation is not run.
   * @throws {@link InvalidArgumentError} (as a rejection) when `operation` is no function or `signal` no signal; nothing
   * is counted.
   */
  execute<T>(operation: (call: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    let signal: PlatformAbortSignal | undefined;
    try {
      if (typeof operation !== 'function') throw notAFunction('CircuitBreaker.execute', operation);
      signal = liveSignal('CircuitBreaker.execute', options);
    } catch (error) {
      // The rejection's value is the caller's own, whatever it is.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
    const core = this.#core;
    let ticket: Ticket = ORDINARY;
    if (core.free) core.inFlight++;
    else {
      ticket = core.enter(signal);
      if (ticket === REFUSED) return Promise.reject(core.refusal());
      // Whoever was told of a transition may have given up.
      if (signal?.aborted === true) {
        core.answer('ignore', core.generation, ticket, undefined);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        return Promise.reject(signal.reason);
      }
    }
    const { generation } = core;
    const startedAtMs = core.startedAt();
    try {
      // Unlike an async function this costs one promise, and a native one is passed on as it is.
      return settled(
        Promise.resolve(operation(new SingleCall(options, signal))),
        (result) => {
          core.ended(false, result, signal, generation, ticket, startedAtMs);
          return result;
        },
        (error) => {
          core.ended(true, error, signal, generation, ticket, startedAtMs);
          throw error;
        },
      );
    } catch (error) {
      // The operation threw, or its promise cannot be waited for.
      core.ended(true, error, signal, generation, ticket, startedAtMs);
      // The operation's own.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
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
      this.#core.blueprint.reporter.warn(
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
    let begun = false;
    const begin = (call: CallContext): T | PromiseLike<T> => {
      begun = true;
      return operation(call);
    };
    // What is no function is refused as such.
    const running = this.execute(typeof operation === 'function' ? begin : operation, options);
    return asAttempt(running, () => begun);
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
    const core = this.#core;
    const ticket = core.enter();
    return ticket === REFUSED ? undefined : new CallLease(core, core.generation, ticket);
  }

  /** The state now: right without any timer, since due transitions are made when somebody looks. */
  get state(): CircuitState {
    this.#core.look();
    return this.#core.state;
  }

  /**
   * Refuses every call until the returned handle, and that of every other isolation, is disposed; the circuit is then
   * `CLOSED`. Calls that are running change nothing.
   *
   * @param reason - shown in snapshot and health; redacted, at most 200 characters.
   * @throws {@link InvalidArgumentError} when `reason` is no text; nothing is isolated.
   */
  isolate(reason?: string): Disposable {
    const core = this.#core;
    if (reason !== undefined && typeof reason !== 'string') {
      throw new InvalidArgumentError(`CircuitBreaker.isolate: the reason must be text, got ${describe(reason)}`);
    }
    core.look();
    const wish = core.isolate(reason === undefined ? undefined : redactText(reason, 200));
    return {
      [Symbol.dispose]: () => {
        core.deisolate(wish);
      },
    };
  }

  /** Back to `CLOSED` with empty counts, whatever the state: isolations are lifted and their handles do nothing any more. */
  reset(): void {
    this.#core.reset();
  }

  /** Undoes {@link CircuitBreaker.disable}, with empty counts. */
  enable(): void {
    this.#core.enable();
  }

  /** Lets every call through, uncounted and without events, until {@link CircuitBreaker.enable}. */
  disable(): void {
    this.#core.look();
    this.#core.disable();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof CircuitBreakerEvents>(type: K, listener: (event: CircuitBreakerEvents[K]) => void): () => void {
    return this.#core.events.on(type, listener);
  }

  /** Hears of transitions and refusals, as plain JSON, for loggers and status pages. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return tellAsJson(this.#core.events, listener);
  }

  /** State and counts as plain JSON. */
  snapshot(): CircuitBreakerSnapshot {
    return circuitSnapshot(this.#core, this.#core.blueprint.now());
  }

  /** `DEGRADED` while the circuit is broken, isolated or takes up its load again; in the mode `'shadow'` a message says so instead. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    return circuitHealth(this.#core);
  }

  /** State and totals for a scrape. */
  metrics(): Iterable<MetricSample> {
    return circuitMetrics(this.snapshot());
  }

  /** @internal */
  [AWAITS_CALL](): boolean {
    return circuitAwaitsCall(this.#core);
  }

  /** @internal */
  [STAGES](): unknown {
    const { clock } = this.#core.blueprint.options;
    const staged: Staged = { kind: this.kind, clock, stages: [new BreakerStage(this.#core)] };
    return staged;
  }

  /** Admits a call whose end is told later, or throws the refusal. */
  #begin(): EndCall {
    const core = this.#core;
    const ticket = core.enter();
    if (ticket === REFUSED) throw core.refusal();
    const { generation } = core;
    const startedAtMs = core.startedAt();
    let running = true;
    return (outcome, value) => {
      if (!running) return;
      running = false;
      if (outcome === 'unknown') core.answer('ignore', generation, ticket, undefined);
      else core.ended(outcome === 'failed', value, undefined, generation, ticket, startedAtMs);
    };
  }
}
