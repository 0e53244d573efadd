/**
 * The states of a circuit: `CLOSED` lets calls through and counts their failures, `OPEN` refuses them, `HALF_OPEN` lets
 * a few probes through, `ISOLATED` refuses by an operator's wish, `DISABLED` lets everything through uncounted.
 */
export const CircuitState = /* @__PURE__ */ Object.freeze({
  CLOSED: 'CLOSED',
  OPEN: 'OPEN',
  HALF_OPEN: 'HALF_OPEN',
  ISOLATED: 'ISOLATED',
  DISABLED: 'DISABLED',
});
/** One of the values of the constant {@link CircuitState}. */
export type CircuitState = (typeof CircuitState)[keyof typeof CircuitState];

/** Whether a breaker refuses calls, or only tells which ones it would refuse. */
export type CircuitMode = 'enforce' | 'shadow';

/** Why a circuit changed its state. */
export type TransitionReason =
  | 'failure-threshold'
  | 'failure-rate'
  | 'slow-call-rate'
  | 'throttled'
  | 'recovery-timeout'
  | 'probe-failed'
  | 'probe-expired'
  | 'probes-succeeded'
  | 'isolated'
  | 'isolation-lifted'
  | 'reset'
  | 'disabled'
  | 'enabled'
  | 'restored';

/**
 * How the outcome of a call weighs. With `throttledMs` the dependency asked to be left alone for that many milliseconds
 * (at least 0): the circuit opens for as long, and the call counts neither as success nor as failure.
 */
export type Verdict = 'success' | 'failure' | 'ignore' | { readonly throttledMs: number };
