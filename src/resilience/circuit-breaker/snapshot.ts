import { redactText } from '../../core/redaction.js';
import type { Circuit } from './engine.js';
import type { CircuitState } from './state.js';

/** An error, safe to print. */
export interface ErrorSummary {
  readonly name: string;
  readonly code?: string;
  /** Redacted; at most 200 characters. */
  readonly message: string;
}

/** A breaker's state as plain JSON. */
export interface CircuitBreakerSnapshot {
  /** Version of this shape. */
  readonly version: 1;
  readonly name: string;
  readonly state: CircuitState;
  /** Grows with every transition and reset. */
  readonly generation: number;
  readonly counts: CircuitCounts;
  /** When the circuit opened, in ms since the Unix epoch; present while `OPEN` or `HALF_OPEN`. */
  readonly openedAt?: number;
  /** Milliseconds until a call may be tried, when that is known. */
  readonly remainingMs?: number;
  /** The latest error that counted: while it counts, and the one that opened the circuit afterwards. */
  readonly lastError?: ErrorSummary;
  /** Why an operator isolated the circuit. */
  readonly isolatedBecause?: string;
}

/** What a breaker has counted. */
export interface CircuitCounts {
  /** Failures in a row up to now. */
  readonly consecutiveFailures: number;
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
  /** … answered after the state they were admitted in was over, so that they did not count, … */
  readonly stale: number;
  /** … and refused. */
  readonly rejected: number;
}

/** What the breaker knows beside its circuit. @internal */
export interface CircuitSurroundings {
  readonly name: string;
  readonly wallNowMs: number;
  readonly totals: Pick<CircuitCounts, 'successes' | 'failures' | 'ignored' | 'stale' | 'rejected'>;
  readonly lastBreak: ErrorSummary | undefined;
  readonly isolatedBecause: string | undefined;
}

/** The state of an advanced circuit as plain JSON. @internal */
export function circuitSnapshot(circuit: Circuit, nowMs: number, around: CircuitSurroundings): CircuitBreakerSnapshot {
  const { state, generation, consecutiveFailures, probeSuccesses, probesInFlight, openedAtMs, cause } = circuit;
  const broken = state === 'OPEN' || state === 'HALF_OPEN';
  const remainingMs = circuit.retryAfterMs(nowMs);
  const lastError = cause === undefined ? around.lastBreak : summarizeError(cause);
  const { isolatedBecause } = around;
  return {
    version: 1,
    name: around.name,
    state,
    generation,
    counts: { consecutiveFailures, probesInFlight, probeSuccesses, ...around.totals },
    ...(broken ? { openedAt: around.wallNowMs - (nowMs - openedAtMs) } : {}),
    ...(remainingMs === undefined ? {} : { remainingMs }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(isolatedBecause === undefined ? {} : { isolatedBecause }),
  };
}

const LONGEST_MESSAGE = 200;

/** Describes whatever was thrown, even when reading it throws. @internal */
export function summarizeError(error: unknown): ErrorSummary {
  try {
    if (typeof error !== 'object' || error === null) {
      return { name: typeof error, message: redactText(String(error), LONGEST_MESSAGE) };
    }
    const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
    return {
      name: redactText(typeof name === 'string' ? name : 'object', 64),
      ...(typeof code === 'string' || typeof code === 'number' ? { code: redactText(String(code), 64) } : {}),
      message: redactText(typeof message === 'string' ? message : '', LONGEST_MESSAGE),
    };
  } catch {
    return { name: 'unreadable', message: '' };
  }
}
