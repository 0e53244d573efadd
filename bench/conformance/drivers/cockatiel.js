import { readFileSync } from 'node:fs';
import * as lib from 'cockatiel';

const { version } = JSON.parse(
  readFileSync(new URL('../../node_modules/cockatiel/package.json', import.meta.url), 'utf8'),
);

const AGGRESSIVE = { strategy: lib.TimeoutStrategy.Aggressive, abortOnReturn: false };

function handled({ ignore, ignoreAborts, failedResult }) {
  let policy = lib.handleAll;
  if (ignore !== undefined) policy = lib.handleWhen((error) => !ignore(error));
  if (ignoreAborts === true) policy = lib.handleWhen((error) => error?.name !== 'AbortError');
  return failedResult === undefined ? policy : policy.orWhenResult(failedResult);
}

function rule({ opensAfter, consecutive = opensAfter, rate }) {
  if (rate === undefined) return new lib.ConsecutiveBreaker(consecutive);
  const { ratio, minimum, windowMs, last = 100 } = rate;
  if (windowMs !== undefined) {
    return new lib.SamplingBreaker({ threshold: ratio, duration: windowMs, minimumRps: minimum / (windowMs / 1_000) });
  }
  return new lib.CountBreaker({ threshold: ratio, size: last, minimumNumberOfCalls: minimum });
}

const exponential = (baseMs, maxMs, factor, generator) =>
  new lib.ExponentialBackoff({ initialDelay: baseMs, maxDelay: maxMs, exponent: factor, generator });

function options(spec) {
  const { breakMs = 60_000, backoff, probes = 1, closeAfter = probes } = spec;
  return {
    breaker: rule(spec),
    halfOpenAfter:
      backoff === undefined ? breakMs : exponential(breakMs, backoff.maxMs, backoff.factor, lib.noJitterGenerator),
    // A little above the share of failures that leaves enough successes.
    halfOpenSampling: { calls: probes, threshold: (probes - closeAfter + 0.01) / probes },
  };
}

const STATES = { 0: 'closed', 1: 'open', 2: 'half-open', 3: 'isolated' };

function adopt(breaker, guard = breaker) {
  return {
    policy: breaker,
    call: (op, call) => guard.execute(op, call?.signal),
    state: () => STATES[breaker.state],
    onOpen: (fn) => breaker.onBreak(fn),
    onChange: (fn) => breaker.onStateChange((to) => fn(STATES[to])),
    onSuccess: (fn) => breaker.onSuccess(fn),
    isolate() {
      const handle = breaker.isolate();
      return () => handle.dispose();
    },
    export: () => breaker.toJSON(),
  };
}

function make(spec, more) {
  const breaker = lib.circuitBreaker(handled(spec), { ...options(spec), ...more });
  const { probeWaitMs } = spec;
  return probeWaitMs === undefined
    ? adopt(breaker)
    : adopt(breaker, lib.wrap(breaker, lib.timeout(probeWaitMs, AGGRESSIVE)));
}

const GENERATORS = {
  none: lib.noJitterGenerator,
  decorrelated: lib.decorrelatedJitterGenerator,
  full: lib.fullJitterGenerator,
  half: lib.halfJitterGenerator,
};

function retryPolicy({ attempts, baseMs, maxMs, factor, jitter = 'none' }) {
  return lib.retry(lib.handleAll, {
    maxAttempts: attempts - 1,
    backoff: exponential(baseMs, maxMs, factor, GENERATORS[jitter]),
  });
}

const guarded = (policy, outer = policy) => ({
  call: (op, call) => outer.execute(op, call?.signal),
  onRetry: (fn) => policy.onRetry(fn),
});

export const cockatiel = {
  id: 'cockatiel',
  name: 'cockatiel',
  version,
  lacks: {
    discard: 'does not dispose of late answers',
    'ignore-and-record': 'has one filter',
    'slow-calls': 'has no slow-call rate',
    throttle: 'does not treat throttling apart',
    lease: 'has no permit to ask for',
    disable: 'cannot be disabled',
    dispose: 'a breaker owns nothing that could be disposed of',
    reset: 'cannot be closed by hand',
    registry: 'has no registry',
    coalesce: 'does not coalesce calls',
    'retry-after': 'does not read Retry-After',
    'final-mark': 'has no such mark',
    'default-filter': 'the caller says what is handled',
    'non-idempotent': 'does not know idempotence',
    'retry-budget': 'has no retry budget',
    deadline: 'has no deadline that a retry knows of',
    'max-elapsed': 'has no limit for all attempts together',
  },
  remarks: {
    X01: 'unless the filter of the retry leaves that error out',
    R08: 'as documented',
    M09: 'since they hold the counting rule itself',
  },
  notes: {
    C09: 'with the bulkhead outside the breaker',
    C20: 'with a filter for AbortError, which hides aborts by the dependency as well',
    H03: 'by a timeout inside the breaker, which is for every call',
  },
  jitters: ['decorrelated', 'full', 'half'],
  timersAtRest: 0,
  facts: ({ name, cause }) => ({ name: name === 'Error' ? undefined : name, cause }),
  earlierErrors: () => undefined,
  breaker: (spec) => make(spec),
  breakerWithBulkhead({ limit, ...spec }) {
    const breaker = lib.circuitBreaker(lib.handleAll, options(spec));
    return adopt(breaker, lib.wrap(lib.bulkhead(limit), breaker));
  },
  sharedOptions(spec) {
    const shared = options(spec);
    return { options: shared, make: () => adopt(lib.circuitBreaker(lib.handleAll, shared)) };
  },
  timeout: (ms) => guarded(lib.timeout(ms, AGGRESSIVE)),
  fallback: (handler) => guarded(lib.fallback(lib.handleAll, (...args) => handler(...args))),
  restore: (initialState, spec) => make(spec, { initialState }),
  retry({ attemptTimeoutMs, ...spec }) {
    const policy = retryPolicy(spec);
    if (attemptTimeoutMs === undefined) return guarded(policy);
    return guarded(policy, lib.wrap(policy, lib.timeout(attemptTimeoutMs, AGGRESSIVE)));
  },
  retryByItsOwnCount: (n) => guarded(lib.retry(lib.handleAll, { maxAttempts: n })),
  retryAround: ({ policy }, spec) => guarded(lib.wrap(retryPolicy(spec), policy)),
  breakerAroundRetry(spec, retrySpec) {
    const breaker = lib.circuitBreaker(lib.handleAll, options(spec));
    return adopt(breaker, lib.wrap(breaker, retryPolicy(retrySpec)));
  },
  timeoutAroundRetry: (ms, spec) => guarded(lib.wrap(lib.timeout(ms, AGGRESSIVE), retryPolicy(spec))),
};
