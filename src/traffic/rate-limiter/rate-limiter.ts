import { liveSignal } from '../../core/call-signal.js';
import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { Reporter } from '../../core/reporter.js';
import { type Decision, NONE_VIOLATED } from '../decision.js';
import { Account } from './account.js';
import { checkCost, costIn } from './cost.js';
import type { Inheritance } from './engine.js';
import { RateLimitedError } from './errors.js';
import { LIMITER_EVENTS, type RateLimiterEvents, rejectionData } from './events.js';
import { limiterMetrics } from './metrics.js';
import { parseChange, parseRateLimiterOptions, type RateLimiterLimits, type RateLimiterOptions } from './options.js';
import { Refused, type Reservation } from './reservation.js';
import { WaitingLine } from './waiting-line.js';

/** A limiter's state as plain JSON. */
export interface RateLimiterSnapshot {
  readonly name: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly mode: 'enforce' | 'shadow';
  /** Tokens in the bucket, with fractions. */
  readonly tokens: number;
  /** Calls that wait in `acquire`. */
  readonly waiting: number;
  /** Calls admitted and refused so far; in shadow mode, what would have been refused. */
  readonly admitted: number;
  readonly rejected: number;
}

/** Options of {@link RateLimiter.acquire}. */
export interface AcquireOptions {
  /** What the call costs. Integer, at least 0. @defaultValue `1` */
  readonly cost?: number | undefined;
  /** Lets the caller give up waiting; nothing is charged then. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** Longest wait, in ms, at least 0: a call that would wait longer is refused at once. @defaultValue `Infinity` */
  readonly maxWaitMs?: number | undefined;
}

/**
 * One token bucket: `capacity` calls at once, then `refillPerSecond`. It starts full.
 *
 * @example
 * const limiter = new RateLimiter({ name: 'mail', capacity: 20, refillPerSecond: 5 });
 * const { allowed, retryAfterMs } = limiter.tryAcquire();
 */
export class RateLimiter implements Component<RateLimiterSnapshot> {
  readonly kind = 'rate-limiter';
  readonly name: string;
  readonly #options: ReturnType<typeof parseRateLimiterOptions>;
  readonly #account: Account;
  readonly #events: Emitter<RateLimiterEvents>;
  readonly #violated: readonly string[];
  readonly #line: WaitingLine;
  readonly #shadow: boolean;
  #admitted = 0;
  #rejected = 0;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range. */
  constructor(options: RateLimiterOptions) {
    this.#options = parseRateLimiterOptions(options);
    const { name, capacity, refillPerSecond, clock, mode, onListenerError } = this.#options;
    this.name = name;
    this.#events = new Emitter(new Reporter(`RateLimiter '${name}'`, clock, onListenerError), LIMITER_EVENTS);
    this.#violated = Object.freeze([name]);
    this.#shadow = mode === 'shadow';
    this.#line = new WaitingLine(clock, {
      delayMs: (cost, behind) => this.#account.delayMs(cost, 0, behind, this.#account.now()),
      admit: (cost, behind) => this.#decide(cost, 0, behind),
      keep: (tokens) => {
        this.#account.owe(tokens, this.#account.now());
      },
      never: (cost) => this.#error(cost, Infinity),
    });
    this.#account = new Account(clock, { capacity, refillPerSecond }, this.#line);
  }

  /**
   * Takes `cost` tokens if they are there; a refusal takes nothing. Calls that wait in `acquire` come first.
   *
   * @param cost - integer of at least 0; `0` only looks. @defaultValue `1`
   * @throws {@link InvalidArgumentError} when `cost` is not such an integer.
   */
  tryAcquire(cost = 1): Decision {
    checkCost('RateLimiter', cost);
    return this.#decide(cost, this.#line.cost, 0);
  }

  /** Milliseconds until `cost` tokens will be there for a call like this; `Infinity` when they never will. */
  delayMs(cost = 1): number {
    checkCost('RateLimiter', cost);
    return this.#account.delayMs(cost, this.#line.cost, 0, this.#account.now());
  }

  /** Tokens in the bucket now, with fractions. */
  tokens(): number {
    return this.#account.tokens(this.#account.now());
  }

  /**
   * Waits for `cost` tokens, first come first served.
   *
   * @throws {@link InvalidArgumentError} (as a rejection) when an option is impossible.
   * @throws {@link RateLimitedError} (as a rejection) when the wait would be longer than `maxWaitMs` or would never end.
   * @throws `signal.reason` (as a rejection) when `signal` aborts first.
   */
  acquire(options?: AcquireOptions): Promise<Decision> {
    let cost: number;
    let signal: PlatformAbortSignal | undefined;
    try {
      cost = costIn('RateLimiter.acquire', options);
      const { maxWaitMs = Infinity } = options ?? {};
      if (typeof maxWaitMs !== 'number' || !(maxWaitMs >= 0)) {
        throw new InvalidArgumentError('RateLimiter: maxWaitMs must be a number of ms of at least 0');
      }
      signal = liveSignal('RateLimiter.acquire', options);
      const delayMs = this.delayMs(cost);
      if (this.#shadow || delayMs === 0) return Promise.resolve(this.#decide(cost, this.#line.cost, 0));
      if (delayMs === Infinity || delayMs > maxWaitMs) {
        throw this.#error(cost, delayMs);
      }
    } catch (error) {
      // Whatever the caller aborted with is what the promise rejects with.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
    return this.#line.join(cost, signal);
  }

  /**
   * Gives `tokens` back, as after a call that was not made; the bucket never holds more than its capacity.
   *
   * @throws {@link InvalidArgumentError} when `tokens` is not an integer of at least 0.
   */
  refund(tokens: number): void {
    checkCost('RateLimiter.refund', tokens);
    this.#account.give(tokens);
  }

  /**
   * Takes `cost` tokens for a call that is still to come, behind everybody who waits, and says when it may go. The tokens
   * may be ones that are still to come; a call whose wait is too long cancels.
   *
   * @param cost - integer of at least 0. @defaultValue `1`
   * @throws {@link InvalidArgumentError} when `cost` is not such an integer.
   *
   * @example
   * const { delayMs, commit } = limiter.reserve(estimatedTokens);
   */
  reserve(cost = 1): Reservation {
    checkCost('RateLimiter.reserve', cost);
    const nowMs = this.#account.now();
    const delayMs = this.#account.delayMs(cost, this.#line.cost, 0, nowMs);
    if (delayMs === Infinity || (this.#shadow && delayMs > 0)) {
      this.#refusal(cost, delayMs);
      return new Refused(this.#shadow ? 0 : delayMs);
    }
    if (cost > 0) this.#admitted++;
    return this.#account.reserve(cost, delayMs, nowMs);
  }

  /** Fills the bucket; what was reserved before counts no more. */
  reset(): void {
    this.#account.fill();
    this.#line.sift();
  }

  /**
   * Changes capacity and rate from now on. Calls that wait keep their order; those that cost more than the bucket holds
   * from now on are refused. Reservations keep the time that they were promised, but can no longer be cancelled.
   *
   * @param inherit - what becomes of the tokens that are there: `'as-is'`, `'proportional'` to the capacity, `'additive'`
   * (the difference of the capacities is added), or `'reset'` to a full bucket. What is owed stays owed, but for a reset.
   * @throws {@link InvalidOptionsError} naming everything that is wrong; nothing is changed then.
   */
  reconfigure(limits: RateLimiterLimits, inherit: Inheritance): void {
    this.#account.change(parseChange(limits, inherit, this.#account.limits), inherit);
    this.#line.sift();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof RateLimiterEvents>(type: K, listener: (event: RateLimiterEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of refusals, as plain JSON. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return this.#events.on('rejected', (event) =>
      listener({ type: 'rejected', level: 'warn', data: rejectionData(event) }),
    );
  }

  /** State and counts as plain JSON. */
  snapshot(): RateLimiterSnapshot {
    const { name, mode } = this.#options;
    const counts = { waiting: this.#line.length, admitted: this.#admitted, rejected: this.#rejected };
    return { name, ...this.#account.limits, mode, tokens: this.tokens(), ...counts };
  }

  /** Totals for a scrape. */
  metrics(): Iterable<MetricSample> {
    return limiterMetrics(this.name, this.#admitted, this.#rejected);
  }

  #decide(cost: number, ahead: number, behind: number): Decision {
    const account = this.#account;
    const nowMs = account.now();
    const delayMs = account.delayMs(cost, ahead, behind, nowMs);
    if (delayMs > 0) return this.#refusal(cost, delayMs);
    if (cost > 0) {
      account.take(cost, behind, nowMs);
      this.#admitted++;
    }
    return {
      allowed: true,
      limit: account.limits.capacity,
      remaining: Math.max(0, account.whole(nowMs) - ahead),
      retryAfterMs: 0,
      resetAfterMs: account.resetMs(nowMs),
      cost,
      policy: this.name,
      violated: NONE_VIOLATED,
      source: 'local',
      degraded: false,
      shadow: false,
    };
  }

  #error(cost: number, delayMs: number): RateLimitedError {
    return new RateLimitedError(this.#refusal(cost, delayMs), { captureStack: this.#options.captureStack });
  }

  #refusal(cost: number, retryAfterMs: number): Decision {
    const account = this.#account;
    const nowMs = account.now();
    this.#rejected++;
    const decision: Decision = {
      allowed: this.#shadow,
      limit: account.limits.capacity,
      remaining: account.whole(nowMs),
      retryAfterMs,
      resetAfterMs: account.resetMs(nowMs),
      cost,
      policy: this.name,
      violated: this.#violated,
      source: 'local',
      degraded: false,
      shadow: this.#shadow,
    };
    if (this.#events.has('rejected')) this.#events.emit('rejected', { limiter: this.name, decision });
    return decision;
  }
}
