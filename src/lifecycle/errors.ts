import { BreakwaterError } from '../core/errors.js';
import type { LifecycleReport } from './report.js';

/** The service did not start; what had been started was stopped again. `cause` is what went wrong. */
export class StartFailedError extends BreakwaterError {
  readonly code = 'BREAKWATER_START_FAILED';
  /** Name of the step that failed. */
  readonly step: string;
  /** What was done until then, and how it was undone. */
  readonly report: LifecycleReport;

  constructor(message: string, options: { step: string; report: LifecycleReport; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.step = options.step;
    this.report = options.report;
  }

  /** The class's name. */
  override get name(): string {
    return 'StartFailedError';
  }
}

/** A step of a start or a stop took longer than it may. The `reason` of the signal that it was given. */
export class StepTimeoutError extends BreakwaterError {
  readonly code = 'BREAKWATER_STEP_TIMEOUT';

  /** The class's name. */
  override get name(): string {
    return 'StepTimeoutError';
  }
}

/** Makes the error of a step that took longer than `ms`. @internal */
export function tookTooLong(step: string, ms: number): () => StepTimeoutError {
  return () => new StepTimeoutError(`${step} took longer than ${String(Math.round(Math.max(0, ms)))} ms`);
}
