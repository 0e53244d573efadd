import { BreakwaterError } from '../../core/errors.js';
import { redactName } from '../../core/redaction.js';

/** A metric's name is taken: by one of another kind, or by a name that it needs in a scrape. */
export class MetricConflictError extends BreakwaterError {
  readonly code = 'BREAKWATER_METRIC_CONFLICT';
  /** The name that was asked for. */
  readonly metric: string;
  /** What differs from, or collides with, what there is; one sentence each. */
  readonly differences: readonly string[];

  constructor(metric: string, differences: readonly string[]) {
    // A name that was registered may have become a secret since.
    const [shown, said] = [redactName(metric), differences.map((difference) => redactName(difference))];
    super(`metric '${shown}' cannot be registered: ${said.join('; ')}`);
    this.metric = shown;
    this.differences = said;
  }

  /** The class's name. */
  override get name(): string {
    return 'MetricConflictError';
  }
}

/** What a scrape waited for did not come within `collectTimeoutMs`. Reported, never thrown at a caller. */
export class CollectTimeoutError extends BreakwaterError {
  readonly code = 'BREAKWATER_COLLECT_TIMEOUT';

  constructor(what: string, timeoutMs: number) {
    super(`${what} did not answer within ${String(timeoutMs)} ms; the scrape went on without it`);
  }

  /** The class's name. */
  override get name(): string {
    return 'CollectTimeoutError';
  }
}
