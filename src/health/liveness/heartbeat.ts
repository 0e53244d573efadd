import type { CancelTimer, Clock } from '../../core/clock.js';
import { stallMs } from './engine.js';
import { sharedNowNs } from './platform.js';

const [BEAT, ALIVE, STALLED] = [0, 1, 2] as const;
const BYTES = 24;

/** How often, and what is too late. @internal */
export interface Pace {
  readonly heartbeatMs: number;
  readonly stalledAfterMs: number;
}

/** The main thread's sign of life in memory that the worker reads; and what that one counts there. @internal */
export class Heartbeat {
  readonly shared = new SharedArrayBuffer(BYTES);
  readonly #cells = new BigInt64Array(this.shared);
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #pace: Pace;
  readonly #onStall: (blockedMs: number) => void;
  #cancelTimer: CancelTimer | undefined;
  #lastMs = 0;
  #stalls = 0;
  #longestMs = 0;

  constructor(clock: Clock, now: () => number, pace: Pace, onStall: (blockedMs: number) => void) {
    this.#clock = clock;
    this.#now = now;
    this.#pace = pace;
    this.#onStall = onStall;
  }

  get stalls(): number {
    return this.#stalls;
  }

  get longestStallMs(): number {
    return this.#longestMs;
  }

  /** Milliseconds since the last beat; 0 while it is stopped. */
  get ageMs(): number {
    return this.#cancelTimer === undefined ? 0 : Math.max(0, this.#now() - this.#lastMs);
  }

  get probes(): { readonly alive: number; readonly stalled: number } {
    return { alive: this.#count(ALIVE), stalled: this.#count(STALLED) };
  }

  start(): void {
    this.stop();
    this.#beat();
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #count(cell: number): number {
    return Number(Atomics.load(this.#cells, cell));
  }

  #beat(): void {
    Atomics.store(this.#cells, BEAT, sharedNowNs());
    this.#lastMs = this.#now();
    this.#cancelTimer = this.#clock.schedule(() => {
      const blockedMs = stallMs(this.#now() - this.#lastMs, this.#pace.heartbeatMs, this.#pace.stalledAfterMs);
      this.#beat();
      if (blockedMs === undefined) return;
      this.#stalls++;
      this.#longestMs = Math.max(this.#longestMs, blockedMs);
      this.#onStall(blockedMs);
    }, this.#pace.heartbeatMs);
  }
}
