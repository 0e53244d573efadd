import type { CancelTimer, Clock } from '../core/clock.js';

/** Does something again and again, and keeps no process alive by it. @internal */
export class Sampler {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #sample: (isFirst: boolean) => void;
  #cancelTimer: CancelTimer = () => undefined;

  constructor(clock: Clock, intervalMs: number, sample: (isFirst: boolean) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#sample = sample;
  }

  /**
   * Begins anew: first as soon as what runs now is done, since what a check needs may be defined below its registration.
   */
  start(): void {
    this.stop();
    this.#wait(0, true);
  }

  stop(): void {
    this.#cancelTimer();
  }

  #wait(delayMs: number, isFirst: boolean): void {
    this.#cancelTimer = this.#clock.schedule(() => {
      // Armed first: sampling goes on whatever this one does.
      this.#wait(this.#intervalMs, false);
      this.#sample(isFirst);
    }, delayMs);
  }
}
