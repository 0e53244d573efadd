/** The answer of a limiter: plain data, cheap enough for every request. */
export interface Decision {
  /** Whether the call may go on. */
  readonly allowed: boolean;
  /** How much may be used at once: the bucket's capacity, or the requests of a window. */
  readonly limit: number;
  /** How much of it is left after this decision; a whole number, never negative. */
  readonly remaining: number;
  /** Milliseconds until the same call would be admitted; `0` when it was, `Infinity` for never. */
  readonly retryAfterMs: number;
  /** Milliseconds until everything is available again; `Infinity` for never. */
  readonly resetAfterMs: number;
  /** What the call cost, or would have cost. */
  readonly cost: number;
  /** Name of the limiter that decided. */
  readonly policy: string;
  /** Names of the limiters that refused. */
  readonly violated: readonly string[];
  /** Where the answer comes from. */
  readonly source: 'local' | 'store' | 'lease' | 'ban' | 'fallback';
  /** Whether the answer was given without the truth that it should rest on, such as an unreachable store. */
  readonly degraded: boolean;
  /** Whether the call was admitted only because the limiter runs in shadow mode. */
  readonly shadow: boolean;
}

/** What nobody violated. @internal */
export const NONE_VIOLATED: readonly string[] = /* @__PURE__ */ Object.freeze([]);
