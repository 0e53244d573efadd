import type { CancelTimer, Clock, ScheduleOptions } from '../../core/clock.js';

const BEAT_MS = 25;
/** A beat that is later than this shows that something has blocked the event loop, ... */
const BLOCKED_MS = 50;

/**
 * Tells a check that blocks the event loop from those that stand beside it: whoever answers in the very turn in which no beat
 * came has blocked it, and whoever waits is given once more what was lost.
 * @internal
 */
export class Pulse implements Clock {
  readonly #clock: Clock;
  readonly #now: () => number;
  #beatAtMs: number;
  #stop: CancelTimer = () => undefined;

  /** @param now - time that never goes back. */
  constructor(clock: Clock, now: () => number) {
    this.#clock = clock;
    this.#now = now;
    this.#beatAtMs = now();
  }

  /** From now on it beats, until it is stopped. */
  start(): void {
    this.#beatAtMs = this.#now();
    this.#stop = this.#clock.schedule(() => {
      this.start();
    }, BEAT_MS);
  }

  stop(): void {
    this.#stop();
  }

  /** Whether nothing else had a turn for a while. */
  get missing(): boolean {
    return this.#now() - this.#beatAtMs > BLOCKED_MS;
  }

  now(): number {
    return this.#clock.now();
  }

  wallNow(): number {
    return this.#clock.wallNow();
  }

  /** A timer that is late because of others waits once more for as long, at most for its own time. */
  schedule(fn: () => void, delayMs: number, options?: ScheduleOptions): CancelTimer {
    const dueMs = this.#now() + delayMs;
    const fire = (): void => {
      const lateMs = this.#now() - dueMs;
      if (lateMs <= BLOCKED_MS) fn();
      else cancel = this.#clock.schedule(fn, Math.min(lateMs, delayMs), options);
    };
    let cancel = this.#clock.schedule(fire, delayMs, options);
    return () => {
      cancel();
    };
  }
}
