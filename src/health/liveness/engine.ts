/** What is no stall: a pause that a garbage collection or a busy machine makes. */
const SHORTEST_STALL_MS = 1_000;
const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 30_000;
/** A worker that lived so long had no fault that a restart meets again at once. */
const SOUND_AFTER_MS = 60_000;

/** For how long the main thread was busy before this heartbeat, when that is worth telling. @internal */
export function stallMs(sinceLastMs: number, heartbeatMs: number, stalledAfterMs: number): number | undefined {
  const lateMs = sinceLastMs - heartbeatMs;
  return lateMs >= Math.min(SHORTEST_STALL_MS, stalledAfterMs) ? lateMs : undefined;
}

/** How long to wait before the next start, after so many in a row that failed or did not last: at least one. @internal */
export function restartDelayMs(failures: number): number {
  return Math.min(FIRST_RESTART_MS * 2 ** Math.min(failures - 1, 30), LONGEST_RESTART_MS);
}

/** Failures in a row after one more, of a worker that was up for so long. @internal */
export function failuresAfter(failures: number, upForMs: number): number {
  return upForMs >= SOUND_AFTER_MS ? 1 : failures + 1;
}
