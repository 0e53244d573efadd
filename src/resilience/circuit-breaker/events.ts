import type { ComponentEvent } from '../../core/component.js';
import type { Emitter } from '../../core/emitter.js';
import { summarizeError } from './error-summary.js';
import type { CircuitState, TransitionReason } from './state.js';

/** A circuit changed its state. */
export interface CircuitStateChange {
  /** Name of the breaker. */
  readonly breaker: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: TransitionReason;
  /** The error behind it, when one was. */
  readonly cause?: unknown;
}

/** A call succeeded and counted. */
export interface CircuitSuccess {
  /** Milliseconds that it took; absent for a call that began before anybody listened. */
  readonly durationMs?: number;
}

/** A call failed and counted. */
export interface CircuitFailure {
  /** What it failed with; `undefined` when `classify` judged a result to be a failure. */
  readonly error: unknown;
  /** Milliseconds that it took; absent for a call that began before anybody listened. */
  readonly durationMs?: number;
}

/** A call was refused, or would have been. */
export interface CircuitRejection {
  /** Name of the breaker. */
  readonly breaker: string;
  readonly state: CircuitState;
  /** Milliseconds until the next call may be tried, when that is known. */
  readonly retryAfterMs?: number;
  /** Set when the call ran all the same, because the breaker's mode is `'shadow'`. */
  readonly shadow?: true;
}

/** The events of a circuit breaker, by name. */
export interface CircuitBreakerEvents {
  stateChange: CircuitStateChange;
  success: CircuitSuccess;
  failure: CircuitFailure;
  rejected: CircuitRejection;
}

/** Passes transitions and refusals on as plain JSON; the returned function stops that. @internal */
export function tellAsJson(
  events: Emitter<CircuitBreakerEvents>,
  listener: (event: ComponentEvent) => void,
): () => void {
  const stops = [
    events.on('stateChange', (change) => listener(stateChangeAsJson(change))),
    events.on('rejected', (data) => listener({ type: 'rejected', level: 'warn', data })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** A transition as plain JSON. @internal */
export function stateChangeAsJson({ cause, ...change }: CircuitStateChange): ComponentEvent {
  const data = cause === undefined ? change : { ...change, cause: summarizeError(cause) };
  return { type: 'stateChange', level: change.to === 'OPEN' ? 'error' : 'info', data };
}
