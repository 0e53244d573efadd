import { RejectedError, type RejectedErrorOptions } from '../../core/errors.js';
import type { CircuitState } from './state.js';

/**
 * The circuit let no call through. `cause` is the error that opened it; `retryAfterMs` says when the next call may be
 * tried, and is absent while an operator isolates the circuit.
 */
export class CircuitOpenError extends RejectedError {
  readonly code = 'BREAKWATER_CIRCUIT_OPEN';
  /** Name of the breaker. */
  readonly breaker: string;
  /** `OPEN`, `HALF_OPEN` (all probes are taken), `ISOLATED`, or `CLOSED` (it takes up its load again, step by step). */
  readonly state: CircuitState;

  constructor(breaker: string, state: CircuitState, options: RejectedErrorOptions = {}) {
    super(`circuit '${breaker}' is ${state}${explain(state, options.retryAfterMs)}`, options);
    this.breaker = breaker;
    this.state = state;
  }

  /** The class's name. */
  override get name(): string {
    return 'CircuitOpenError';
  }
}

function explain(state: CircuitState, retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return ' and lets no call through';
  const wait = `${String(Math.ceil(retryAfterMs))} ms`;
  if (state === 'CLOSED') return ` again and takes up its load step by step; in ${wait} it lets every call through`;
  return state === 'OPEN' ? `; the next call may be tried in ${wait}` : `; its probe has ${wait} left to answer`;
}
