import type { Mark } from './marks.js';

/** Some of what there is, and how much there is. @internal */
export interface Listed<T> {
  readonly lines: readonly T[];
  readonly total: number;
}

/** What cannot be read says so instead of all else. @internal */
export interface Line {
  readonly name: string;
  readonly trouble?: string | undefined;
}

/** A check, gate or watched component of the health report. @internal */
export interface CheckLine extends Line {
  readonly mark: Mark;
  readonly message: string | undefined;
  readonly critical: boolean;
  readonly ageMs: number | undefined;
  readonly responseTimeMs: number | undefined;
  readonly samples: readonly Sample[];
}

/** One run of a check. @internal */
export interface Sample {
  readonly responseTimeMs: number;
  readonly healthy: boolean;
}

/** A circuit breaker, or a registry of them. @internal */
export interface CircuitLine extends Line {
  readonly mark: Mark;
  /** How many breakers in which state it stands for: none, when a registry counts it. */
  readonly states: readonly (readonly [state: string, count: number])[];
  readonly shadow: boolean;
  readonly inRow: number | undefined;
  readonly failures: number | undefined;
  readonly rejected: number | undefined;
  /** When it will let a call try, in words. */
  readonly probe: string | undefined;
  readonly error: string | undefined;
}

/** A limiter. @internal */
export interface LimiterLine extends Line {
  readonly limit: string | undefined;
  readonly mode: 'enforce' | 'shadow' | undefined;
  readonly admitted: number | undefined;
  readonly refused: number | undefined;
  /** Keys or addresses that are remembered. */
  readonly keys: number | undefined;
  /** Blocked keys or addresses. */
  readonly blocked: number | undefined;
  /** Of a limiter that shares a store: whether it answers, and how many decisions did without. */
  readonly store: { readonly available: boolean; readonly degraded: number } | undefined;
}

/** A blocked address. @internal */
export interface BanLine extends Line {
  readonly reason: string | undefined;
  readonly remainingMs: number | undefined;
  readonly limiter: string;
}

/** A flagged subject. @internal */
export interface FlagLine extends Line {
  readonly reasons: string | undefined;
  readonly score: number | undefined;
  readonly remainingMs: number | undefined;
}

/** The flags of a detector. @internal */
export interface Flags extends Listed<FlagLine> {
  /** What a flag does, in words. */
  readonly action: string;
  readonly events: number | undefined;
  readonly trouble?: string | undefined;
}

/** A result of a deployment check. @internal */
export interface ResultLine extends Line {
  readonly mark: Mark;
  readonly message: string | undefined;
  readonly hint: string | undefined;
}

/** A step of a start or a stop. @internal */
export interface StepLine extends Line {
  readonly mark: Mark;
  readonly atMs: number;
  readonly durationMs: number;
  readonly message: string | undefined;
}

/** A start or a stop. @internal */
export interface Run {
  readonly mark: Mark;
  /** What there is to say of it, in words. */
  readonly summary: string;
  readonly totalMs: number;
  readonly steps: readonly StepLine[];
}

/** A part that the page knows nothing of but what all parts have. @internal */
export interface OtherLine extends Line {
  readonly kind: string;
  readonly mark: Mark | undefined;
  readonly message: string | undefined;
  readonly values: readonly (readonly [label: string, value: string])[];
}

/** All that the page shows: plain values, with secrets masked and not escaped yet. @internal */
export interface StatusData {
  readonly title: string;
  readonly status: Mark;
  readonly phase: Mark;
  /** Whether the pipeline refuses nobody. */
  readonly shadow: boolean;
  /** When it was found out, in ms since the Unix epoch. */
  readonly renderedAt: number;
  /** How long there has been the pipeline. */
  readonly upMs: number;
  readonly requests: {
    readonly over: number;
    readonly refused: number;
    readonly slow: number;
    readonly aborted: number;
  };
  readonly checks: Listed<CheckLine> & { readonly trouble?: string | undefined };
  readonly circuits: readonly CircuitLine[];
  readonly limiters: readonly LimiterLine[];
  readonly bans: Listed<BanLine> | undefined;
  readonly flags: Flags | undefined;
  readonly deployment: readonly ResultLine[] | undefined;
  readonly start: Run | undefined;
  readonly stop: Run | undefined;
  readonly others: readonly OtherLine[];
}
