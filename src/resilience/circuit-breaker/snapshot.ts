import type { ErrorSummary } from './error-summary.js';
import type { CircuitMode, CircuitState, TransitionReason } from './state.js';

/** A breaker's state as plain JSON. */
export interface CircuitBreakerSnapshot {
  /** Version of this shape. */
  readonly version: 1;
  readonly name: string;
  /** When the snapshot was taken, in ms since the Unix epoch. */
  readonly takenAt: number;
  readonly mode: CircuitMode;
  readonly state: CircuitState;
  /** Why it went into this state; absent in the first one. */
  readonly reason?: TransitionReason;
  /** Grows with every transition and reset. */
  readonly generation: number;
  /** Breaks in a row up to now, throttling not counted; 0 once the circuit has closed. */
  readonly breaks: number;
  readonly counts: CircuitCounts;
  /** What the windows hold, one entry for each rule about rates, in their order; present while `CLOSED`. */
  readonly rates?: readonly CircuitRate[];
  /** Share of the calls that go, while a circuit that has closed takes up its load again. */
  readonly rampRatio?: number;
  /** When the circuit opened, in ms since the Unix epoch; present while `OPEN` or `HALF_OPEN`. */
  readonly openedAt?: number;
  /** Milliseconds until a call may be tried, when that is known. */
  readonly remainingMs?: number;
  /** The latest error that counted: while it counts, and the one that opened the circuit afterwards. */
  readonly lastError?: ErrorSummary;
  /** Why an operator isolated the circuit. */
  readonly isolatedBecause?: string;
}

/** What the window of one rule holds. */
export interface CircuitRate {
  readonly rule: 'failure-rate' | 'slow-call-rate';
  /** Calls in the window. */
  readonly calls: number;
  /** Share of them that failed, or was slow; 0 without calls. */
  readonly ratio: number;
}

/** What a breaker has counted. */
export interface CircuitCounts {
  /** Failures in a row up to now. */
  readonly consecutiveFailures: number;
  /** Calls that are running, whatever state admitted them. */
  readonly inFlight: number;
  /** Probes that are running. */
  readonly probesInFlight: number;
  /** Probes of this half-open period that succeeded. */
  readonly probeSuccesses: number;
  /** Calls since the breaker was made: succeeded, … */
  readonly successes: number;
  /** … failed, … */
  readonly failures: number;
  /** … ended without a verdict, because the caller gave up or `classify` said so, … */
  readonly ignored: number;
  /** … were turned away by the dependency with the wish to be left alone, … */
  readonly throttled: number;
  /** … answered after the state they were admitted in was over, so that they did not count, … */
  readonly stale: number;
  /** … and refused; in the mode `'shadow'`: would have been. */
  readonly rejected: number;
}
