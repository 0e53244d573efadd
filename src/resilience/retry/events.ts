import type { RetryStop } from './engine.js';

/** An attempt failed, and another one is due. */
export interface RetryScheduled {
  /** Name of the policy. */
  readonly retry: string;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Wait before the next one, in ms. */
  readonly delayMs: number;
  readonly error: unknown;
}

/** A call failed for good. */
export interface RetryGaveUp {
  /** Name of the policy. */
  readonly retry: string;
  /** Attempts that were made. */
  readonly attempts: number;
  readonly stop: RetryStop;
  readonly error: unknown;
}

/** A call succeeded after its first attempt had failed. */
export interface RetryRecovered {
  /** Name of the policy. */
  readonly retry: string;
  /** Attempts that were made. */
  readonly attempts: number;
}

/** The budget was used up, or has tokens again. */
export interface RetryBudgetChange {
  /** Name of the policy. */
  readonly retry: string;
  readonly exhausted: boolean;
}

/** The events of a {@link Retry}, by name. */
export interface RetryEvents {
  retry: RetryScheduled;
  gaveUp: RetryGaveUp;
  recovered: RetryRecovered;
  budget: RetryBudgetChange;
}
