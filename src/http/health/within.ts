import type { Clock } from '../../core/clock.js';

/** How long the pipeline waits for what a function of the service promised. @internal */
export const LONGEST_WAIT_MS = 1_000;

/** What was promised, or what `late` says when it does not come in time. @internal */
export function within<T>(
  clock: Clock,
  promised: PromiseLike<T>,
  late: () => T,
  longestMs = LONGEST_WAIT_MS,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancelTimer = clock.schedule(
      () => {
        // Throwing says that nothing comes.
        new Promise<T>((settle) => {
          settle(late());
        }).then(resolve, reject);
      },
      longestMs,
      { hold: true },
    );
    Promise.resolve(promised).then(
      (value) => {
        cancelTimer();
        resolve(value);
      },
      (error: unknown) => {
        cancelTimer();
        // Whatever it failed with.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(error);
      },
    );
  });
}
