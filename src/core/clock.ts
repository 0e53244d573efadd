import { InvalidArgumentError } from './errors.js';

/** How a scheduled function relates to the life of the process. */
export interface ScheduleOptions {
  /**
   * `true` when a caller's promise waits for this timer, so the process must stay alive for it; `false` for
   * housekeeping, which never keeps a process alive that is otherwise done.
   * @defaultValue `false`
   */
  readonly hold?: boolean;
}

/** Cancels a scheduled function; calling it late or twice does nothing. */
export interface CancelTimer {
  (): void;
  /**
   * Changes whether the timer keeps the process alive. A clock may leave it out: a timer that nobody waits for is then
   * cancelled instead, and set again for the next who does.
   */
  hold?(hold: boolean): void;
}

/**
 * The only way time enters Breakwater. Every part takes one as its `clock` option, so a test moves time by hand
 * (`ManualClock` of `breakwater/testing`) and never sleeps.
 */
export interface Clock {
  /** Monotonic time in milliseconds, with fractions. Only differences mean anything. */
  now(): number;
  /** Milliseconds since the Unix epoch. For logs, headers and exported snapshots, never for decisions. */
  wallNow(): number;
  /**
   * Runs `fn` once, `delayMs` milliseconds from now. `Infinity` never runs it.
   *
   * @returns a function that cancels; calling it late or twice does nothing.
   */
  schedule(fn: () => void, delayMs: number, options?: ScheduleOptions): CancelTimer;
}

/** The longest delay that the platform's timers take; beyond it they fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits in legs, because a platform timer above 24.8 days fires after one millisecond instead. */
function startTimer(fn: () => void, delayMs: number, options?: ScheduleOptions): CancelTimer {
  if (Number.isNaN(delayMs)) throw new InvalidArgumentError('Clock.schedule: delayMs must be a number of ms, got NaN');
  if (delayMs === Infinity) return () => undefined;
  let leftMs = Math.max(0, delayMs);
  let holds = options?.hold === true;
  let timer: ReturnType<typeof setTimeout>;
  const leg = (): void => {
    const legMs = Math.min(leftMs, LONGEST_TIMER_MS);
    leftMs -= legMs;
    timer = setTimeout(leftMs > 0 ? leg : fn, legMs);
    if (!holds) timer.unref();
  };
  leg();
  const cancel: CancelTimer = () => {
    clearTimeout(timer);
  };
  cancel.hold = (hold) => {
    holds = hold;
    if (hold) timer.ref();
    else timer.unref();
  };
  return cancel;
}

/** The machine's clocks and timers; the default of every `clock` option. */
export const systemClock: Clock = /* @__PURE__ */ Object.freeze({
  now: () => performance.now(),
  wallNow: () => Date.now(),
  schedule: startTimer,
});
