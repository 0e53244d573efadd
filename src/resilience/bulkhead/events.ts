/** A call was refused. */
export interface BulkheadRejection {
  /** Name of the bulkhead. */
  readonly bulkhead: string;
  /** `full`: no slot and no queue place was free; `timeout`: it waited in vain. */
  readonly reason: 'full' | 'timeout';
  /** Calls that were running, … */
  readonly running: number;
  /** … and waiting. */
  readonly queued: number;
}

/** The events of a {@link Bulkhead}, by name. */
export interface BulkheadEvents {
  rejected: BulkheadRejection;
}
