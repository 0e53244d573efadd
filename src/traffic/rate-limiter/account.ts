import type { Clock } from '../../core/clock.js';
import { steady } from '../../core/steady.js';
import { type Inheritance, inherited, TokenBucket } from './engine.js';
import type { RateLimiterLimits } from './options.js';
import { Held, type Ledger } from './reservation.js';

/** What the account tells whoever waits. @internal */
export interface Line {
  /** Tokens were reserved behind everybody who waits; the answer says where that is. */
  reserve(tokens: number): number;
  /** So many tokens of the reservation at `place` were given back. */
  release(place: number, tokens: number): void;
  /** There may be more tokens than before. */
  advance(): void;
}

/** The tokens of one limiter, those that are promised included. @internal */
export class Account implements Ledger<Held> {
  limits: Required<RateLimiterLimits>;
  bucket: TokenBucket;
  readonly #clock: Clock;
  readonly #time: () => number;
  readonly #line: Line;
  #fullAtMs = -Infinity;
  /** When the last of the reserved calls may go. */
  #lastDueMs = -Infinity;
  /** Changes whenever what was promised holds no more, … */
  #epoch = 0;
  /** … and this one when what was taken counts no more. */
  #filledEpoch = 0;
  /** How often somebody took from a full bucket: all that was taken before had come back by itself. */
  #fullTimes = 0;

  constructor(clock: Clock, limits: Required<RateLimiterLimits>, line: Line) {
    this.#clock = clock;
    this.#time = steady(clock);
    this.#line = line;
    this.limits = limits;
    this.bucket = new TokenBucket(limits.capacity, limits.refillPerSecond, clock.now());
  }

  /** The time that counts here: read once for everything that is asked about one call. */
  now(): number {
    return this.bucket.time(this.#time());
  }

  /** Tokens that are there, with fractions. */
  tokens(nowMs: number): number {
    return this.bucket.tokens(this.#fullAtMs, nowMs);
  }

  /** Whole tokens that are there. */
  whole(nowMs: number): number {
    return this.bucket.whole(this.#fullAtMs, nowMs);
  }

  /** Time until the bucket is full; `Infinity` for never. */
  resetMs(nowMs: number): number {
    return this.bucket.resetMs(this.#fullAtMs, nowMs);
  }

  /**
   * Time until a call may go; `Infinity` for never.
   *
   * @param ahead - tokens promised to calls that come first.
   * @param behind - tokens that were reserved after the call came.
   */
  delayMs(cost: number, ahead: number, behind: number, nowMs: number): number {
    if (cost === 0) return 0;
    const { bucket } = this;
    const takenMs = bucket.take(this.#fullAtMs - bucket.timeOf(behind), cost + ahead, nowMs);
    return bucket.fits(takenMs, nowMs) ? 0 : bucket.waitMs(takenMs, cost, nowMs);
  }

  /** Takes what is there. */
  take(cost: number, behind: number, nowMs: number): void {
    const { bucket } = this;
    if (this.#fullAtMs <= nowMs) this.#fullTimes++;
    const behindMs = bucket.timeOf(behind);
    this.#fullAtMs = bucket.settle(bucket.take(this.#fullAtMs - behindMs, cost, nowMs), nowMs) + behindMs;
  }

  /** Takes tokens for a call that may go after a delay. */
  reserve(cost: number, delayMs: number, nowMs: number): Held {
    if (delayMs === 0) this.take(cost, 0, nowMs);
    else this.owe(cost, nowMs);
    const dueMs = nowMs + delayMs;
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs);
    const when = { epoch: this.#epoch, fullTimes: this.#fullTimes };
    return new Held(this, { cost, delayMs, dueMs, place: this.#line.reserve(cost), ...when });
  }

  /** Takes tokens that may still be to come. */
  owe(tokens: number, nowMs: number): void {
    if (this.#fullAtMs <= nowMs) this.#fullTimes++;
    this.#fullAtMs = this.bucket.take(this.#fullAtMs, tokens, nowMs);
  }

  give(tokens: number): void {
    this.#fullAtMs = this.bucket.give(this.#fullAtMs, tokens, this.now());
    this.#line.advance();
  }

  fill(): void {
    this.#fullAtMs = -Infinity;
    this.#filledEpoch = this.#forget();
  }

  change(limits: Required<RateLimiterLimits>, inherit: Inheritance): void {
    const balance = this.bucket.balance(this.#fullAtMs, this.now());
    const tokens = inherited(inherit, balance, this.limits.capacity, limits.capacity);
    this.limits = limits;
    this.bucket = new TokenBucket(limits.capacity, limits.refillPerSecond, this.#clock.now());
    this.#fullAtMs = this.bucket.withBalance(tokens, this.now());
    const epoch = this.#forget();
    if (inherit === 'reset') this.#filledEpoch = epoch;
  }

  settle(held: Held, difference: number): void {
    if (held.epoch < this.#filledEpoch) return;
    if (difference > 0) this.owe(difference, this.now());
    else this.#giveBack(held, -difference);
  }

  /**
   * What was promised to later calls stays theirs: they go when they were told to, and whoever got the place of this one
   * would go beside them.
   */
  release(held: Held): void {
    const nowMs = this.now();
    if (held.epoch !== this.#epoch || held.dueMs < nowMs) return;
    const { bucket } = this;
    const tokens = held.cost - (this.#lastDueMs - held.dueMs) / bucket.timeOf(1);
    const beforeMs = held.dueMs - bucket.timeOf(held.cost);
    if (held.dueMs === this.#lastDueMs && beforeMs >= nowMs) this.#lastDueMs = beforeMs;
    if (tokens > 0) this.#giveBack(held, tokens);
  }

  /** What was promised holds no more. */
  #forget(): number {
    this.#lastDueMs = -Infinity;
    return ++this.#epoch;
  }

  /** What has come back by itself meanwhile, and was taken anew, is not there a second time. */
  #giveBack({ place, epoch, fullTimes }: Held, tokens: number): void {
    if (fullTimes !== this.#fullTimes) return;
    if (epoch === this.#epoch) this.#line.release(place, tokens);
    this.give(tokens);
  }
}
