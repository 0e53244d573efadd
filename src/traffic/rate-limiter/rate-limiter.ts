import { liveSignal } from '../../core/call-signal.js';
import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { type Decision, NONE_VIOLATED } from '../decision.js';
import { checkCost, costIn } from './cost.js';
import { TokenBucket } from './engine.js';
import { RateLimitedError } from './errors.js';
import { LIMITER_EVENTS, type RateLimiterEvents, rejectionData } from './events.js';
import { limiterMetrics } from './metrics.js';
import { parseRateLimiterOptions, type RateLimiterOptions } from './options.js';
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
  readonly #time: () => number;
  readonly #bucket: TokenBucket;
  readonly #events: Emitter<RateLimiterEvents>;
  readonly #violated: readonly string[];
  readonly #line: WaitingLine;
  readonly #shadow: boolean;
  #fullAtMs = -Infinity;
  #admitted = 0;
  #rejected = 0;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range. */
  constructor(options: RateLimiterOptions) {
    this.#options = parseRateLimiterOptions(options);
    const { name, capacity, refillPerSecond, clock, mode, onListenerError } = this.#options;
    this.name = name;
    this.#time = steady(clock);
    this.#bucket = new TokenBucket(capacity, refillPerSecond, clock.now());
    this.#events = new Emitter(new Reporter(`RateLimiter '${name}'`, clock, onListenerError), LIMITER_EVENTS);
    this.#violated = Object.freeze([name]);
    this.#shadow = mode === 'shadow';
    this.#line = new WaitingLine(clock, {
      delayMs: (cost) => this.#delayMs(cost, 0),
      admit: (cost) => this.#decide(cost, 0),
    });
  }

  /**
   * Takes `cost` tokens if they are there; a refusal takes nothing. Calls that wait in `acquire` come first.
   *
   * @param cost - integer of at least 0; `0` only looks. @defaultValue `1`
   * @throws {@link InvalidArgumentError} when `cost` is not such an integer.
   */
  tryAcquire(cost = 1): Decision {
    checkCost('RateLimiter', cost);
    return this.#decide(cost, this.#line.cost);
  }

  /** Milliseconds until `cost` tokens will be there for a call like this; `Infinity` when they never will. */
  delayMs(cost = 1): number {
    checkCost('RateLimiter', cost);
    return this.#delayMs(cost, this.#line.cost);
  }

  /** Tokens in the bucket now, with fractions. */
  tokens(): number {
    return this.#bucket.tokens(this.#fullAtMs, this.#now());
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
      const delayMs = this.#delayMs(cost, this.#line.cost);
      if (this.#shadow || delayMs === 0) return Promise.resolve(this.#decide(cost, this.#line.cost));
      if (delayMs === Infinity || delayMs > maxWaitMs) {
        throw new RateLimitedError(this.#refusal(cost, delayMs), { captureStack: this.#options.captureStack });
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
    this.#fullAtMs = this.#bucket.give(this.#fullAtMs, tokens, this.#now());
    this.#line.advance();
  }

  /** Fills the bucket. */
  reset(): void {
    this.#fullAtMs = -Infinity;
    this.#line.advance();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof RateLimiterEvents>(type: K, listener: (event: RateLimiterEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of refusals, as plain JSON. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return this.#events.on('rejected', (event) => {
      listener({ type: 'rejected', level: 'warn', data: rejectionData(event) });
    });
  }

  /** State and counts as plain JSON. */
  snapshot(): RateLimiterSnapshot {
    const { name, capacity, refillPerSecond, mode } = this.#options;
    const counts = { waiting: this.#line.length, admitted: this.#admitted, rejected: this.#rejected };
    return { name, capacity, refillPerSecond, mode, tokens: this.tokens(), ...counts };
  }

  /** Totals for a scrape. */
  metrics(): Iterable<MetricSample> {
    return limiterMetrics(this.name, this.#admitted, this.#rejected);
  }

  #now(): number {
    return this.#bucket.time(this.#time());
  }

  #delayMs(cost: number, ahead: number): number {
    const nowMs = this.#now();
    const takenMs = this.#bucket.take(this.#fullAtMs, cost + ahead, nowMs);
    return cost === 0 || this.#bucket.fits(takenMs, nowMs) ? 0 : this.#bucket.waitMs(takenMs, cost, nowMs);
  }

  #decide(cost: number, ahead: number): Decision {
    const bucket = this.#bucket;
    const nowMs = this.#now();
    const takenMs = bucket.take(this.#fullAtMs, cost, nowMs);
    const aheadMs = ahead === 0 ? takenMs : bucket.take(takenMs, ahead, nowMs);
    if (cost > 0 && !bucket.fits(aheadMs, nowMs)) return this.#refusal(cost, bucket.waitMs(aheadMs, cost, nowMs));
    if (cost > 0) {
      this.#fullAtMs = bucket.settle(takenMs, nowMs);
      this.#admitted++;
    }
    return {
      allowed: true,
      limit: bucket.capacity,
      remaining: Math.max(0, bucket.whole(this.#fullAtMs, nowMs) - ahead),
      retryAfterMs: 0,
      resetAfterMs: bucket.resetMs(this.#fullAtMs, nowMs),
      cost,
      policy: this.name,
      violated: NONE_VIOLATED,
      source: 'local',
      degraded: false,
      shadow: false,
    };
  }

  #refusal(cost: number, retryAfterMs: number): Decision {
    const bucket = this.#bucket;
    const nowMs = this.#now();
    this.#rejected++;
    const decision: Decision = {
      allowed: this.#shadow,
      limit: bucket.capacity,
      remaining: bucket.whole(this.#fullAtMs, nowMs),
      retryAfterMs,
      resetAfterMs: bucket.resetMs(this.#fullAtMs, nowMs),
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
