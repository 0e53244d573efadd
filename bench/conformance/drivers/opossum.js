import { createRequire } from 'node:module';
import Opossum from 'opossum';

const { version } = createRequire(import.meta.url)('opossum/package.json');

const isAbort = (error) => error?.name === 'AbortError';

function options({ opensAfter, rate, breakMs, ignore, ignoreAborts, probeWaitMs }) {
  return {
    // A threshold of failures is a low rate with as many calls at least.
    errorThresholdPercentage: rate === undefined ? 1 : rate.ratio * 100,
    volumeThreshold: rate === undefined ? opensAfter : rate.minimum,
    rollingCountTimeout: rate?.windowMs ?? 10_000,
    resetTimeout: breakMs,
    timeout: probeWaitMs ?? false,
    ...(ignore === undefined ? {} : { errorFilter: ignore }),
    ...(ignoreAborts === true ? { errorFilter: isAbort } : {}),
  };
}

const action = (op, call) => op(call);

function stateOf(breaker) {
  if (breaker.isShutdown) return 'shut down';
  if (breaker.closed) return 'closed';
  return breaker.halfOpen ? 'half-open' : 'open';
}

function adopt(breaker) {
  return {
    call: (op, call) => breaker.fire(op, { signal: call?.signal ?? breaker.getSignal() }),
    state: () => stateOf(breaker),
    onOpen: (fn) => breaker.on('open', fn),
    onChange(fn) {
      breaker.on('open', () => fn('open'));
      breaker.on('halfOpen', () => fn('half-open'));
      breaker.on('close', () => fn('closed'));
    },
    onSuccess: (fn) => breaker.on('success', fn),
    disable: () => breaker.disable(),
    enable: () => breaker.enable(),
    reset: () => breaker.close(),
    dispose: () => breaker.shutdown(),
    watch: (check) => breaker.healthCheck(check, 1_000),
    export: () => breaker.toJSON(),
  };
}

const make = (spec, more) => adopt(new Opossum(action, { ...options(spec), ...more }));

export const opossum = {
  id: 'opossum',
  name: 'opossum',
  version,
  lacks: {
    discard: 'does not dispose of late answers',
    consecutive: 'counts a rate only',
    'count-window': 'has a time window only',
    'ignore-and-record': 'has one filter',
    'judge-results': 'judges errors only',
    'slow-calls': 'has no slow-call rate',
    'call-signal': 'a call takes no signal',
    backoff: 'every break lasts the same',
    throttle: 'does not treat throttling apart',
    'probe-quota': 'has one probe at a time',
    lease: 'has no permit to ask for',
    isolate: 'has no isolation',
    registry: 'has no registry',
    retry: 'has no retry',
  },
  remarks: { C09: 'unless a filter lets its own error pass' },
  notes: {
    H03: 'by its timeout, which is for every call',
    X03: 'with `coalesceResetOn`',
  },
  jitters: [],
  // One interval for the window and one for its snapshots.
  timersAtRest: 2,
  facts: ({ name, code }) => ({ name: name === 'Error' ? undefined : name, code }),
  breaker: (spec) => make(spec),
  breakerWithBulkhead: ({ limit, ...spec }) => make(spec, { capacity: limit }),
  sharedOptions(spec) {
    const shared = options(spec);
    return { options: shared, make: () => adopt(new Opossum(action, shared)) };
  },
  timeout: (ms) => make({ opensAfter: 1_000 }, { timeout: ms, autoRenewAbortController: true }),
  fallback(handler) {
    const breaker = new Opossum(action, options({ opensAfter: 1_000 }));
    breaker.fallback((...args) => handler(args.at(-1)));
    return adopt(breaker);
  },
  restore: ({ state, status }, spec) => make(spec, { state, status }),
  coalescing: () =>
    make({ opensAfter: 1_000 }, { timeout: 10_000, coalesce: true, coalesceResetOn: ['error', 'timeout'] }),
};
