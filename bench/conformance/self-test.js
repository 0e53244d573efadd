/* global setInterval */
/**
 * Every statement must be able to fail: each is put to libraries that are broken on purpose, and must find fault with one
 * of them.
 */
import { judge, statements } from './suite.js';

const nothing = () => undefined;

/** What every broken part shares: methods that do nothing, so that statements get far enough to notice. */
const inert = {
  onOpen: nothing,
  onSuccess: nothing,
  onRetry: nothing,
  isolate: () => nothing,
  disable: nothing,
  enable: nothing,
  reset: nothing,
  dispose: nothing,
  export: () => ({}),
  lease: nothing,
};

function driver(name, makeGuard) {
  const breaker = (spec) => makeGuard(spec ?? {});
  return {
    name,
    lacks: {},
    notes: {},
    remarks: {},
    jitters: ['some'],
    timersAtRest: 0,
    facts: () => ({}),
    earlierErrors: nothing,
    budgetExhausted: () => false,
    markFinal: (error) => new Error('wrapped', { cause: error }),
    breaker,
    breakerWithBulkhead: breaker,
    sharedOptions: (options) => ({ options, make: () => breaker(options) }),
    timeout: breaker,
    fallback: breaker,
    restore: breaker,
    registry: () => ({ for: () => breaker(), series: () => 1_000 }),
    adopt: (guard) => guard,
    coalescing: breaker,
    retry: breaker,
    retryByItsOwnCount: breaker,
    retryAround: breaker,
    breakerAroundRetry: breaker,
    deadlineAroundRetry: breaker,
    timeoutAroundRetry: breaker,
  };
}

/** Lets everything through and never changes. */
const lax = driver('lax', () => ({
  ...inert,
  state: () => 'closed',
  onChange: nothing,
  call: async (op, call) => op(call),
}));

/** Refuses everything, always with the same error. */
const shared = new Error('refused');
const strict = driver('strict', () => ({
  ...inert,
  state: () => 'open',
  onChange: nothing,
  call: () => Promise.reject(shared),
}));

/** Opens after three failures, but leaks, changes options, and tells of what did not happen. */
const leaky = driver('leaky', (options) => {
  options.touched = true;
  let failures = 0;
  const listeners = [];
  return {
    ...inert,
    state: () => (failures >= 3 ? 'open' : 'closed'),
    onOpen: (fn) => listeners.push(fn),
    onChange: (fn) => listeners.push(fn),
    reset: () => listeners.forEach((fn) => fn('closed')),
    async call(op, call) {
      call?.signal?.addEventListener('abort', nothing);
      if (failures >= 3) throw shared;
      setInterval(nothing, 1_000);
      try {
        return await op(call);
      } catch (error) {
        failures++;
        listeners.forEach((fn) => fn('open'));
        throw error;
      }
    },
  };
});

const blind = [];
for (const statement of statements) {
  const results = [];
  for (const broken of [lax, strict, leaky]) results.push((await judge(statement, broken)).result);
  if (!results.includes('fail')) blind.push(statement.id);
}
console.log(`${String(statements.length - blind.length)} of ${String(statements.length)} statements find fault`);
if (blind.length > 0) console.error(`these do not: ${blind.join(', ')}`);
process.exitCode = blind.length === 0 ? 0 : 1;
