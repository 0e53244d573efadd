import { isRejectedError } from '../../core/errors.js';

/** What {@link CircuitBreaker.attempt} answers. */
export type AttemptResult<T> = AttemptSuccess<T> | AttemptFailure;

/** The call ran and succeeded. */
export interface AttemptSuccess<T> {
  readonly ok: true;
  readonly value: T;
}

/** The call failed, or was refused. */
export interface AttemptFailure {
  readonly ok: false;
  readonly error: unknown;
  /** Whether a guard refused the call, so that nothing was attempted. */
  readonly rejected: boolean;
  /** Milliseconds until a new try may be admitted, when that is known. */
  readonly retryAfterMs?: number;
}

/** A promise's outcome as an answer that never rejects. @internal */
export function asAttempt<T>(running: Promise<T>, begun: () => boolean): Promise<AttemptResult<T>> {
  return running.then(
    (value): AttemptResult<T> => ({ ok: true, value }),
    (error: unknown): AttemptResult<T> => {
      // Once it was begun, a refusal is that of a guard which it met on its way.
      if (begun() || !isRejectedError(error)) return { ok: false, error, rejected: false };
      const { retryAfterMs } = error;
      return { ok: false, error, rejected: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    },
  );
}
