import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { BreakwaterWarning, type Component, registerSecret } from 'breakwater/core';
import { createHardening } from 'breakwater/http';
import { equal } from 'node:assert/strict';

// #region basic
import { isBreakwaterError } from 'breakwater/core';

/** Decide by `code`: it is part of the contract, and it is right also when two copies of the package are installed. */
function statusOf(error: unknown): number {
  if (isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN')) return 503;
  return isBreakwaterError(error, 'BREAKWATER_RATE_LIMITED') ? 429 : 500;
}
// #endregion basic

// #region clock
import { ManualClock } from 'breakwater/testing';

const clock = new ManualClock();
const breaker = new CircuitBreaker({ name: 'rates', failureThreshold: 1, recoveryTimeoutMs: 60_000, clock });

await breaker.attempt(() => Promise.reject(new Error('down')));
equal(breaker.state, 'OPEN');
clock.advance(60_000); // no sleeping: a minute is over
equal(breaker.state, 'HALF_OPEN');
// #endregion clock

// #region component
/** What the service's own parts need to be seen beside Breakwater's. */
const queue: Component<{ waiting: number }> = {
  kind: 'queue',
  name: 'mails',
  snapshot: () => ({ waiting: 3 }),
  subscribe: () => () => undefined, // it has no events
  health: () => ({ status: 'HEALTHY' }),
};
const hardening = createHardening({ components: [breaker, queue] });
// #endregion component

// #region secret
/** Masked from now on in all that Breakwater prints or shows, wherever it turns up. */
const handle = registerSecret('correct-horse-battery');
handle[Symbol.dispose](); // when the secret has been replaced
// #endregion secret

// #region warnings
/** What a part may not throw: what a listener threw, and warnings about the configuration. */
const watched = new CircuitBreaker({
  name: 'watched',
  onListenerError(error) {
    console.warn(error instanceof BreakwaterWarning ? `${error.code}: ${error.message}` : error);
  },
});
// #endregion warnings

console.log(statusOf(new Error('not ours')), hardening.name, watched.name);
