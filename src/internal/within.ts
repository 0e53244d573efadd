import type { Clock } from '../core/clock.js';
import { settled } from '../core/thenable.js';

/** How something that may take only so long came out. @internal */
export type Outcome<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'timed out' };

/**
 * Runs something and waits for it no longer than `ms`; then its signal aborts, and what it answers later is dropped.
 * Never rejects, and the timer holds the process: a hook that hangs with nothing else alive must still end in order.
 *
 * @param tookTooLong - makes the reason that its signal aborts with after `ms`.
 * @param abort - aborts its signal earlier; it may then still take `graceMs` to end in order.
 * @internal
 */
export function within<T>(
  clock: Clock,
  ms: number,
  tookTooLong: () => unknown,
  run: (signal: AbortSignal) => T | PromiseLike<T>,
  abort?: { readonly signal: AbortSignal; readonly graceMs: number },
): Promise<Outcome<T>> {
  const controller = new AbortController();
  return new Promise((resolve) => {
    let over = false;
    const end = (outcome: Outcome<T>): void => {
      if (over) return;
      over = true;
      for (const cancel of cancels) cancel();
      abort?.signal.removeEventListener('abort', giveUp);
      resolve(outcome);
    };
    const expireIn = (limitMs: number, reason: () => unknown): void => {
      const expire = (): void => {
        end({ status: 'timed out' });
        controller.abort(reason());
      };
      cancels.push(clock.schedule(expire, limitMs, { hold: true }));
    };
    const giveUp = (): void => {
      expireIn(abort?.graceMs ?? 0, () => abort?.signal.reason);
      controller.abort(abort?.signal.reason);
    };
    const cancels: (() => void)[] = [];
    expireIn(ms, tookTooLong);
    if (abort?.signal.aborted === true) giveUp();
    else abort?.signal.addEventListener('abort', giveUp, { once: true });
    const answer = new Promise<T>((settle) => {
      settle(run(controller.signal));
    });
    void settled(
      answer,
      (value) => {
        end({ status: 'done', value });
      },
      (error: unknown) => {
        end({ status: 'failed', error });
      },
    );
  });
}
