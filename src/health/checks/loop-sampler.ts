import type { Clock } from '../../core/clock.js';
import { steady } from '../../core/steady.js';
import type { EventLoopReading } from './runtime.js';

/** Parts of a window; it begins at the end of one, so that it is longer than it was asked for by one at most. */
const PARTS = 10;
/** After this long without a question it rests. */
const ASKED_WITHIN_MS = 600_000;

interface Sample extends EventLoopReading {
  readonly atMs: number;
  /** How late the timer was that took it. */
  readonly lateMs: number;
}

/** What was seen of the loop up to now. @internal */
export interface LoopWindow {
  /** How far back it goes. */
  readonly lengthMs: number;
  /** Whether that is as far as it should. */
  readonly whole: boolean;
  /** Share of the time that the loop was busy. */
  readonly utilization: number;
  /** The longest that a timer was late. */
  readonly delayMs: number;
}

/**
 * Watches the event loop in short steps, so that there is a last window whenever somebody asks, also when the time before
 * the last question was long. Its timer never keeps the process alive, and rests when nobody asks.
 * @internal
 */
export class LoopSampler {
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #read: () => EventLoopReading;
  readonly #windowMs: number;
  /** At most one of them is older than a window. */
  #samples: Sample[] = [];
  #askedAtMs = 0;
  /** Nothing while it rests. */
  #dueMs: number | undefined;

  constructor(clock: Clock, read: () => EventLoopReading, windowMs: number) {
    this.#clock = clock;
    this.#now = steady(clock);
    this.#read = () => {
      const reading: unknown = read();
      const { idle, active } = (reading ?? {}) as Partial<EventLoopReading>;
      return { idle: Number(idle), active: Number(active) };
    };
    this.#windowMs = windowMs;
    this.#sample(0);
    this.#arm();
  }

  /** @throws what reading throws. */
  window(): LoopWindow {
    const nowMs = this.#now();
    const reading = this.#read();
    this.#askedAtMs = nowMs;
    const base = this.#base(nowMs);
    // While it rested nothing was seen but where the loop began: that far the window goes back.
    const seen = base ?? this.#samples[0] ?? { ...reading, atMs: nowMs, lateMs: 0 };
    const overdueMs = this.#dueMs === undefined ? 0 : nowMs - this.#dueMs;
    const late = this.#samples.filter(({ atMs }) => atMs > seen.atMs).map(({ lateMs }) => lateMs);
    if (this.#dueMs === undefined) {
      this.#sample(0);
      this.#arm();
    }
    const active = reading.active - seen.active;
    const total = active + reading.idle - seen.idle;
    return {
      lengthMs: nowMs - seen.atMs,
      whole: base !== undefined,
      utilization: total === 0 ? 0 : total > 0 && Number.isFinite(total) ? active / total : NaN,
      delayMs: Math.max(0, overdueMs, ...late),
    };
  }

  /** The youngest sample that is a whole window old. */
  #base(nowMs: number): Sample | undefined {
    return this.#samples.filter(({ atMs }) => nowMs - atMs >= this.#windowMs).at(-1);
  }

  #arm(): void {
    const stepMs = this.#windowMs / PARTS;
    this.#dueMs = this.#now() + stepMs;
    this.#clock.schedule(() => {
      this.#tick();
    }, stepMs);
  }

  #tick(): void {
    const nowMs = this.#now();
    this.#sample(nowMs - (this.#dueMs ?? nowMs));
    this.#dueMs = undefined;
    if (nowMs - this.#askedAtMs < ASKED_WITHIN_MS) this.#arm();
    // Long enough ago for the next question.
    else this.#samples = this.#samples.slice(-1);
  }

  #sample(lateMs: number): void {
    const atMs = this.#now();
    try {
      const { idle, active } = this.#read();
      this.#samples.push({ atMs, idle, active, lateMs });
    } catch {
      // Whoever asks will meet it.
    }
    const base = this.#base(atMs);
    if (base !== undefined) this.#samples = this.#samples.slice(this.#samples.indexOf(base));
  }
}
