import { BreakwaterError } from '../../core/errors.js';

/** What both kinds of time limit tell. */
abstract class TimeLimitError extends BreakwaterError {
  /** The limit, in ms. */
  readonly limitMs: number;

  constructor(message: string, limitMs: number) {
    super(message);
    this.limitMs = limitMs;
  }
}

/**
 * The operation took longer than its time limit. It may still be running: its signal was aborted, and whatever it
 * answers is dropped.
 */
export class TimeoutError extends TimeLimitError {
  readonly code = 'BREAKWATER_TIMEOUT';

  /** The class's name. */
  override get name(): string {
    return 'TimeoutError';
  }
}

/** The time for the whole call, with everything that was tried in it, is over. Trying again is for another call. */
export class DeadlineExceededError extends TimeLimitError {
  readonly code = 'BREAKWATER_DEADLINE_EXCEEDED';

  /** The class's name. */
  override get name(): string {
    return 'DeadlineExceededError';
  }
}
