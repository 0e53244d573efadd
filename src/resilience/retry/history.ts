import { fieldOf } from '../error-chain.js';
import type { RetryStop } from './engine.js';

/** What came before the error that a retried call ended with. */
export interface RetryHistory {
  /** Attempts that were made, the first included. */
  readonly attempts: number;
  /** The errors of the attempts before the last, the oldest first; the latest ten of them. */
  readonly errors: readonly unknown[];
  /** Why there was no further attempt. */
  readonly stop: RetryStop;
  /** Whether a further attempt was due, but the budget was used up. */
  readonly budgetExhausted: boolean;
  /** Milliseconds that the other side asked to wait, when it did. */
  readonly retryAfterMs?: number;
}

/** Errors before the last that are kept. @internal */
export const MOST_ERRORS = 10;

const HISTORY = /* @__PURE__ */ Symbol.for('breakwater.retry-history');

/**
 * What happened before the error that a retried call ended with; `undefined` for an error that no retry has seen, or one
 * that takes no notes, such as a string or a frozen object.
 *
 * @example
 * const { attempts = 1, errors = [] } = retryHistory(error) ?? {};
 */
export function retryHistory(error: unknown): RetryHistory | undefined {
  return fieldOf(error, HISTORY) as RetryHistory | undefined;
}

/** Notes the history on the error itself, where nothing prints it. @internal */
export function noteHistory(error: unknown, history: RetryHistory): void {
  if (typeof error !== 'object' || error === null) return;
  try {
    if (!Object.isExtensible(error)) return;
    Object.defineProperty(error, HISTORY, { value: history, enumerable: false, configurable: true, writable: true });
  } catch {
    // A proxy that refuses.
  }
}
