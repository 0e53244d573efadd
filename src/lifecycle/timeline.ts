import type { Clock } from '../core/clock.js';
import type { LifecycleStep, StartReport } from './report.js';

/** The steps of one start or stop, with their times. @internal */
export class Timeline {
  readonly startedAt: number;
  readonly steps: LifecycleStep[] = [];
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #onStep: (step: LifecycleStep) => void;
  #endMs: number | undefined;

  constructor(clock: Clock, now: () => number, onStep: (step: LifecycleStep) => void) {
    this.startedAt = clock.wallNow();
    this.#now = now;
    this.#startMs = now();
    this.#onStep = onStep;
  }

  /** How long it took, or has taken so far. */
  get elapsedMs(): number {
    return micro(Math.max(0, (this.#endMs ?? this.#now()) - this.#startMs));
  }

  /** @param atMs - `elapsedMs` when the step began. */
  add(name: string, status: LifecycleStep['status'], atMs: number, message?: string): void {
    const durationMs = Math.max(0, this.elapsedMs - atMs);
    const times = { atMs, durationMs: micro(durationMs) };
    const step = { name, status, ...times, ...(message === undefined ? {} : { message }) };
    this.steps.push(step);
    this.#onStep(step);
  }

  end(): void {
    this.#endMs ??= this.#now();
  }

  /** Whether a step failed or took too long. */
  get isBad(): boolean {
    return this.steps.some(({ status }) => status === 'FAILED' || status === 'TIMED_OUT');
  }
}

/** @internal */
export function startReport({ startedAt, elapsedMs, steps }: Timeline): StartReport {
  return { ok: steps.at(-1)?.name === READY_STEP, startedAt, durationMs: elapsedMs, steps: [...steps] };
}

/** The last step of a start that succeeded. @internal */
export const READY_STEP = 'ready';

/** To the microsecond: what comes after it is the noise of numbers. */
function micro(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
