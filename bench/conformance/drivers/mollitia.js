import { readFileSync } from 'node:fs';
import * as lib from 'mollitia';

const { version } = JSON.parse(
  readFileSync(new URL('../../node_modules/mollitia/package.json', import.meta.url), 'utf8'),
);

const notAbort = (error) => error?.name !== 'AbortError';

function options({
  opensAfter,
  rate,
  slow,
  breakMs,
  probes = 1,
  closeAfter = probes,
  probeWaitMs,
  ignore,
  ignoreAborts,
}) {
  const halfOpen = {
    openStateDelay: breakMs,
    permittedNumberOfCallsInHalfOpenState: probes,
    halfOpenStateMaxDelay: probeWaitMs,
    ...(ignore === undefined ? {} : { onError: (error) => !ignore(error) }),
    ...(ignoreAborts === true ? { onError: notAbort } : {}),
  };
  if (slow !== undefined) {
    const { ratio, afterMs, minimum, windowMs } = slow;
    return {
      ...halfOpen,
      slidingWindowSize: windowMs,
      minimumNumberOfCalls: minimum,
      slowCallRateThreshold: ratio * 100,
      slowCallDurationThreshold: afterMs,
    };
  }
  if (rate !== undefined) {
    const { ratio, minimum, windowMs, last = 100 } = rate;
    const slidingWindowSize = windowMs ?? last;
    return { ...halfOpen, slidingWindowSize, minimumNumberOfCalls: minimum, failureRateThreshold: ratio * 100 };
  }
  // A threshold of failures is a low rate with as many calls at least; probes are judged by the same rate.
  const failureRateThreshold = closeAfter < probes ? (100 * (probes - closeAfter + 1)) / probes : 1;
  return { ...halfOpen, slidingWindowSize: 100, minimumNumberOfCalls: opensAfter, failureRateThreshold };
}

function breakerOf(spec) {
  const timed = spec.slow !== undefined || spec.rate?.windowMs !== undefined;
  return timed ? new lib.SlidingTimeBreaker(options(spec)) : new lib.SlidingCountBreaker(options(spec));
}

const STATES = { closed: 'closed', opened: 'open', 'half-opened': 'half-open' };

/** Operations must return promises here, so they are made to. */
function circuitOf(...modules) {
  return new lib.Circuit({ func: async (op, call) => op(call), options: { modules } });
}

function adopt(breaker, circuit = circuitOf(breaker)) {
  return {
    module: breaker,
    call: (op, call) => circuit.execute(op, call),
    state: () => (breaker.active ? STATES[breaker.state] : 'disabled'),
    onOpen: (fn) => breaker.on('state-changed', (to) => (STATES[to] === 'open' ? fn() : undefined)),
    onChange: (fn) => breaker.on('state-changed', (to) => fn(STATES[to])),
    disable() {
      breaker.active = false;
    },
    enable() {
      breaker.active = true;
    },
    reset: () => void breaker.close(),
    dispose: () => circuit.dispose(),
  };
}

function retryModule({ attempts, baseMs, maxMs, factor, jitter }) {
  return new lib.Retry({
    attempts: attempts - 1,
    interval: baseMs,
    maxInterval: maxMs,
    factor,
    mode: jitter === undefined ? lib.RetryMode.EXPONENTIAL : lib.RetryMode.JITTER,
    jitterAdjustment: 0.5,
  });
}

function guarded(...modules) {
  const circuit = circuitOf(...modules);
  return { call: (op, call) => circuit.execute(op, call), onRetry: (fn) => modules[0].on('retry', fn) };
}

export const mollitia = {
  id: 'mollitia',
  name: 'mollitia',
  version,
  lacks: {
    discard: 'does not dispose of late answers',
    consecutive: 'counts a rate only',
    'ignore-and-record': 'has one filter',
    'plain-functions': 'takes functions that return promises',
    'judge-results': 'judges errors only',
    'call-signal': 'a call takes no signal',
    'success-event': 'tells of no successes',
    'early-decision': 'a half-open period ends with its last probe',
    backoff: 'every break lasts the same',
    throttle: 'does not treat throttling apart',
    lease: 'has no permit to ask for',
    isolate: 'has no isolation',
    'timeout-signal': 'its timeout gives no signal',
    fallback: 'its fallback can only change the error',
    export: 'has no export; a shared store can be plugged in',
    registry: 'has no registry',
    coalesce: 'does not coalesce calls',
    'retry-after': 'does not read Retry-After',
    'final-mark': 'has no such mark',
    'default-filter': 'the caller says what is retried',
    'non-idempotent': 'does not know idempotence',
    'retry-budget': 'has no retry budget',
    deadline: 'has no deadline that a retry knows of',
    'max-elapsed': 'has no limit for all attempts together',
    'attempt-signal': 'attempts get no signal',
  },
  remarks: { X01: 'unless a callback of the retry refuses that error', R08: 'as documented' },
  notes: { C09: 'with the bulkhead outside the breaker' },
  jitters: ['jitter'],
  timersAtRest: 0,
  facts: ({ name, cause }) => ({ name: name === 'Error' ? undefined : name, cause }),
  earlierErrors: () => undefined,
  breaker: (spec) => adopt(breakerOf(spec)),
  breakerWithBulkhead({ limit, ...spec }) {
    const breaker = breakerOf(spec);
    return adopt(breaker, circuitOf(new lib.Bulkhead({ concurrentSize: limit, queueSize: 0 }), breaker));
  },
  sharedOptions(spec) {
    const shared = options(spec);
    return { options: shared, make: () => adopt(new lib.SlidingCountBreaker(shared)) };
  },
  timeout: (ms) => guarded(new lib.Timeout({ delay: ms })),
  retry: (spec) => guarded(retryModule(spec)),
  retryByItsOwnCount: (n) => guarded(new lib.Retry({ attempts: n })),
  retryAround: ({ module }, spec) => guarded(retryModule(spec), module),
  breakerAroundRetry(spec, retrySpec) {
    const breaker = breakerOf(spec);
    return adopt(breaker, circuitOf(breaker, retryModule(retrySpec)));
  },
  timeoutAroundRetry: (ms, spec) => guarded(new lib.Timeout({ delay: ms }), retryModule(spec)),
};
