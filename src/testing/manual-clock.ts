import { AsyncResource } from 'node:async_hooks';
import { InvalidArgumentError } from '../core/errors.js';
import type { Clock } from '../core/clock.js';

interface Timer {
  readonly fn: () => void;
  readonly dueMs: number;
}

/** Where a {@link ManualClock} starts. */
export interface ManualClockOptions {
  /** First value of `now()`, in ms. @defaultValue `0` */
  readonly now?: number;
  /** First value of `wallNow()`, in ms since the Unix epoch. @defaultValue `0` */
  readonly wallNow?: number;
}

/**
 * A clock that moves only when told to, for tests that must not sleep.
 *
 * @example
 * const clock = new ManualClock();
 * const breaker = new CircuitBreaker({ clock, recoveryTimeoutMs: 60_000 });
 * // … five failures …
 * clock.advance(60_000);
 * breaker.state; // 'HALF_OPEN'
 */
export class ManualClock implements Clock {
  #nowMs: number;
  #wallOffsetMs: number;
  readonly #timers = new Set<Timer>();

  constructor({ now = 0, wallNow = 0 }: ManualClockOptions = {}) {
    this.#nowMs = finite('now', now);
    this.#wallOffsetMs = finite('wallNow', wallNow) - now;
  }

  /** The monotonic time now, in ms. */
  now(): number {
    return this.#nowMs;
  }

  /** The wall time now, in ms since the Unix epoch. */
  wallNow(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  /**
   * Arms a timer that `advance` fires; `AsyncLocalStorage` holds then what it holds now, as with the platform's timers. `hold` means nothing here: no timer of this clock holds the process.
   */
  schedule(fn: () => void, delayMs: number): () => void {
    if (Number.isNaN(delayMs))
      throw new InvalidArgumentError('ManualClock.schedule: delayMs must be a number, got NaN');
    const timer: Timer = { fn: AsyncResource.bind(fn), dueMs: this.#nowMs + Math.max(0, delayMs) };
    if (delayMs !== Infinity) this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers are armed. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Moves time forward by `ms`, firing each timer that falls due at its own time, also those that fired ones arm.
   *
   * @throws `InvalidArgumentError` when `ms` is negative or not finite; `set` goes back.
   */
  advance(ms: number): void {
    const endMs = this.#end(ms);
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) this.#fire(timer);
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  /** Like {@link ManualClock.advance}, and lets every promise that can settle do so between the timers and after. */
  async advanceAsync(ms: number): Promise<void> {
    const endMs = this.#end(ms);
    await drainMicrotasks();
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#fire(timer);
      await drainMicrotasks();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
    await drainMicrotasks();
  }

  /** Puts the monotonic time to `nowMs`, forward or back, firing nothing; the wall time moves along. */
  set(nowMs: number): void {
    this.#nowMs = finite('nowMs', nowMs);
  }

  /** Steps the wall clock alone, as a time server's correction does. */
  stepWall(ms: number): void {
    this.#wallOffsetMs += finite('ms', ms);
  }

  #end(ms: number): number {
    if (finite('ms', ms) < 0)
      throw new InvalidArgumentError(`ManualClock.advance: ms must be at least 0, got ${String(ms)}`);
    return this.#nowMs + ms;
  }

  #next(endMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.fn();
  }
}

/** Resolves once no microtask is left, since an immediate runs only then. */
function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function finite(name: string, value: number): number {
  if (!Number.isFinite(value))
    throw new InvalidArgumentError(`ManualClock: ${name} must be a finite number, got ${String(value)}`);
  return value;
}
