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

/** Why a circuit changed its state. */
export type TransitionReason =
  | 'failure-threshold'
  | 'recovery-timeout'
  | 'probe-failed'
  | 'probe-expired'
  | 'probes-succeeded'
  | 'isolated'
  | 'isolation-lifted'
  | 'reset'
  | 'disabled'
  | 'enabled';

/** How the outcome of a call weighs. */
export type Verdict = 'success' | 'failure' | 'ignore';
