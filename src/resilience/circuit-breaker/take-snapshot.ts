import type { BreakerCore } from './breaker-core.js';
import { summarizeError } from './error-summary.js';
import type { CircuitBreakerSnapshot, CircuitCounts } from './snapshot.js';

/** The state of a breaker as plain JSON, with all that is due by `nowMs`. @internal */
export function circuitSnapshot(core: BreakerCore, nowMs: number): CircuitBreakerSnapshot {
  core.advance(nowMs);
  const { clock, mode } = core.blueprint.options;
  const { state, reason, generation, breaks, openedAtMs, cause, isolatedBecause } = core;
  const wallNowMs = clock.wallNow();
  const remainingMs = state === 'CLOSED' ? undefined : core.retryAfterMs(nowMs);
  const rates = state === 'CLOSED' ? core.rates(nowMs) : undefined;
  const rampRatio = core.rampRatio(nowMs);
  const lastError = cause === undefined ? core.lastBreak : summarizeError(cause);
  return {
    version: 1,
    name: core.name,
    takenAt: wallNowMs,
    mode,
    state,
    ...(reason === undefined ? {} : { reason }),
    generation,
    breaks,
    counts: countsOf(core),
    ...(rates === undefined ? {} : { rates }),
    ...(rampRatio === undefined ? {} : { rampRatio }),
    ...(openedAtMs === undefined ? {} : { openedAt: wallNowMs - (nowMs - openedAtMs) }),
    ...(remainingMs === undefined ? {} : { remainingMs }),
    ...(lastError === undefined ? {} : { lastError: { ...lastError } }),
    ...(isolatedBecause === undefined ? {} : { isolatedBecause }),
  };
}

function countsOf(core: BreakerCore): CircuitCounts {
  const { consecutiveFailures, inFlight, probesInFlight, probeSuccesses } = core;
  const { successes, failures, ignored, throttled, stale, rejected } = core;
  return {
    consecutiveFailures,
    inFlight,
    probesInFlight,
    probeSuccesses,
    successes,
    failures,
    ignored,
    throttled,
    stale,
    rejected,
  };
}
