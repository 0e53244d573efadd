import type { CancelTimer, Clock } from '../core/clock.js';
import { ROUNDING_MS } from '../core/steady.js';

/**
 * By how much a timer may be early, in ms: less than what others allow for, so that whoever waited for as long as it was told is on time
 * for them.
 * @internal
 */
export const TOLERANCE_MS = ROUNDING_MS / 2;

/**
 * Calls `fn` after `delayMs`, and never before: timers may come early, by up to a millisecond on some platforms.
 *
 * @param now - time that never goes back.
 * @internal
 */
export function punctual(schedule: Clock['schedule'], now: () => number, delayMs: number, fn: () => void): CancelTimer {
  let setAtMs = now();
  const dueMs = setAtMs + delayMs;
  let cancel: CancelTimer;
  const fire = (): void => {
    const nowMs = now();
    const leftMs = dueMs - nowMs;
    // The time of a clock that fails stands still, and one may set no timer any more: nobody who waits must be lost.
    if (leftMs <= TOLERANCE_MS || nowMs <= setAtMs || !wait(nowMs, leftMs)) fn();
  };
  const wait = (nowMs: number, leftMs: number): boolean => {
    setAtMs = nowMs;
    try {
      cancel = schedule(fire, leftMs, { hold: true });
      return true;
    } catch {
      return false;
    }
  };
  cancel = schedule(fire, delayMs, { hold: true });
  return () => {
    cancel();
  };
}
