/** A call took longer than its time limit. */
export interface TimeLimitExceeded {
  /** Name of the time limit. */
  readonly limit: string;
  /** The limit, in ms. */
  readonly limitMs: number;
}

/** The events of a {@link TimeLimit}, by name. */
export interface TimeLimitEvents {
  timeout: TimeLimitExceeded;
}
