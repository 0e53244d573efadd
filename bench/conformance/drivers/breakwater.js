import { resilience as lib, version } from '../library.js';

const quiet = { onListenerError: () => undefined };

/** One classifier from the neutral rules. */
function classifier({ ignore, failedResult, throttledMs }) {
  if (ignore === undefined && failedResult === undefined && throttledMs === undefined) return undefined;
  return ({ failed, error, result }) => {
    if (!failed) return failedResult?.(result) === true ? 'failure' : 'success';
    if (ignore?.(error) === true) return 'ignore';
    const ms = throttledMs?.(error);
    return ms === undefined ? 'failure' : { throttledMs: ms };
  };
}

function rule({ rate, slow }) {
  if (slow !== undefined) {
    const { ratio, afterMs, minimum, windowMs } = slow;
    return lib.slowCallRate({ ratio, slowAfterMs: afterMs, minimumCalls: minimum, windowMs });
  }
  if (rate === undefined) return undefined;
  const { ratio, minimum, windowMs = 10_000, last } = rate;
  return lib.failureRate({
    ratio,
    minimumCalls: minimum,
    ...(last === undefined ? { windowMs } : { lastCalls: last }),
  });
}

function options(spec) {
  const { opensAfter, consecutive = opensAfter, breakMs, probes, closeAfter, probeWaitMs, backoff } = spec;
  const trip = rule(spec);
  return {
    ...quiet,
    failureThreshold: trip === undefined ? consecutive : undefined,
    trip,
    recoveryTimeoutMs: breakMs,
    halfOpen: { maxCalls: probes, successesToClose: closeAfter, maxWaitMs: probeWaitMs },
    recoveryBackoff: backoff,
    classify: classifier(spec),
  };
}

const STATES = { CLOSED: 'closed', OPEN: 'open', HALF_OPEN: 'half-open', ISOLATED: 'isolated', DISABLED: 'disabled' };

function adopt(breaker, guard = breaker) {
  return {
    policy: breaker,
    call: (op, callOptions) => guard.execute(op, callOptions),
    state: () => STATES[breaker.state],
    onOpen: (fn) => breaker.on('stateChange', ({ to }) => (to === 'OPEN' ? fn() : undefined)),
    onChange: (fn) => breaker.on('stateChange', ({ to }) => fn(STATES[to])),
    onSuccess: (fn) => breaker.on('success', fn),
    isolate() {
      const handle = breaker.isolate();
      return () => handle[Symbol.dispose]();
    },
    disable: () => breaker.disable(),
    enable: () => breaker.enable(),
    reset: () => breaker.reset(),
    lease: () => breaker.tryAcquire(),
    export: () => breaker.snapshot(),
  };
}

function retryPolicy({ attempts, baseMs, maxMs, factor, jitter = 'none', budget, retryAfterMaxMs, ...rest }) {
  return lib.retry({
    ...quiet,
    maxAttempts: attempts,
    baseDelayMs: baseMs,
    maxDelayMs: maxMs,
    factor,
    jitter,
    budget: budget === undefined ? false : new lib.RetryBudget(budget),
    retryAfter: retryAfterMaxMs === undefined ? undefined : { maxMs: retryAfterMaxMs },
    ...rest,
  });
}

/** What runs operations behind `policy`. */
const guarded = (policy) => ({
  call: (op, callOptions) => policy.execute(op, callOptions),
  onRetry: (fn) => policy.on('retry', fn),
});

const around = (...policies) => guarded(lib.pipeline(...policies));

export const breakwater = {
  id: 'breakwater',
  name: 'Breakwater',
  version,
  lacks: {
    'ignore-and-record': 'one classifier decides, so that no two rules can disagree',
    dispose: 'a breaker owns nothing that could be disposed of',
    coalesce: 'does not coalesce calls',
  },
  remarks: {},
  notes: {},
  jitters: ['full', 'equal', 'decorrelated'],
  timersAtRest: 0,
  facts(error) {
    const { name, code, state, retryAfterMs, cause } = error;
    // A hint that a retry could not follow is noted with the call's history.
    return { name, code, state, cause, retryAfterMs: retryAfterMs ?? lib.retryHistory(error)?.retryAfterMs };
  },
  earlierErrors: (error) => lib.retryHistory(error)?.errors,
  budgetExhausted: (error) => lib.retryHistory(error)?.budgetExhausted === true,
  markFinal: (error) => lib.doNotRetry(error),
  breaker: (spec) => adopt(new lib.CircuitBreaker(options(spec))),
  breakerWithBulkhead({ limit, ...spec }) {
    const breaker = new lib.CircuitBreaker(options(spec));
    return adopt(breaker, lib.pipeline(breaker, lib.bulkhead({ maxConcurrent: limit, maxQueued: 0 })));
  },
  sharedOptions(spec) {
    const shared = options(spec);
    return { options: shared, make: () => adopt(new lib.CircuitBreaker(shared)) };
  },
  timeout: (ms) => guarded(lib.timeout(ms)),
  fallback: (handler) => guarded(lib.fallback(handler)),
  restore: (exported, spec) => adopt(lib.CircuitBreaker.restore(exported, options(spec))),
  registry({ maxEntries }) {
    const registry = new lib.CircuitBreakerRegistry({ ...quiet, maxEntries });
    return { for: (key) => registry.for(key), series: () => [...(registry.metrics?.() ?? [])].length };
  },
  adopt: (breaker) => adopt(breaker),
  retry: (spec) => guarded(retryPolicy(spec)),
  retryByItsOwnCount: (n) => guarded(lib.retry({ maxAttempts: n })),
  retryAround: ({ policy }, spec) => around(retryPolicy(spec), policy),
  breakerAroundRetry(spec, retrySpec) {
    const breaker = new lib.CircuitBreaker(options(spec));
    return adopt(breaker, lib.pipeline(breaker, retryPolicy(retrySpec)));
  },
  deadlineAroundRetry: (ms, spec) => around(lib.deadline(ms), retryPolicy(spec)),
  timeoutAroundRetry: (ms, spec) => around(lib.timeout(ms), retryPolicy(spec)),
};
