import { ErrorRecoveryService, GracefulDegradation } from 'breakwater/error-recovery';
import { Bulkhead, CircuitBreaker, deadline, fallback, hedge, pipeline, retry, timeout } from 'breakwater/resilience';
import { RateLimiter } from 'breakwater/rate-limiter';
import { describe, expect, it, vi } from 'vitest';

type Run = (operation: () => string, options: never) => Promise<unknown>;

function degradation(): GracefulDegradation {
  const service = new GracefulDegradation();
  service.register('search', { levels: ['full', 'off'] });
  return service;
}

const all: readonly (readonly [string, () => Run])[] = [
  ['a breaker', () => (operation, options) => new CircuitBreaker().execute(operation, options)],
  [
    'attempt',
    () => (operation, options) =>
      new CircuitBreaker().attempt(operation, options).then((answer) => {
        if (!answer.ok) throw answer.error;
        return answer.value;
      }),
  ],
  ['a retry', () => (operation, options) => retry().execute(operation, options)],
  ['a timeout', () => (operation, options) => timeout(100).execute(operation, options)],
  ['a deadline', () => (operation, options) => deadline(100).execute(operation, options)],
  ['a bulkhead', () => (operation, options) => new Bulkhead({ maxConcurrent: 1 }).execute(operation, options)],
  ['a fallback', () => (operation, options) => fallback(() => 'stale').execute(operation, options)],
  ['a hedge', () => (operation, options) => hedge({ delayMs: 100 }).execute(operation, options)],
  ['a pipeline', () => (operation, options) => pipeline(retry(), timeout(100)).execute(operation, options)],
  ['a feature', () => (operation, options) => degradation().run('search', operation, undefined, options)],
  ['recovery', () => (operation, options) => new ErrorRecoveryService().execute('search', operation, options)],
  [
    'a limiter',
    () => (operation, options) => new RateLimiter({ capacity: 1, refillPerSecond: 1 }).acquire(options).then(operation),
  ],
];

const wrong: readonly (readonly [string, () => unknown])[] = [
  ['a signal that is text', () => ({ signal: 'abort' })],
  ['a signal that is null', () => ({ signal: null })],
  ['the controller in the place of its signal', () => ({ signal: new AbortController() })],
  ['half a signal', () => ({ signal: { addEventListener: () => undefined } })],
  ['the signal in the place of the options', () => new AbortController().signal],
  ['a number in the place of the options', () => 5_000],
];

describe.each(all)('%s', (_, make) => {
  it.each(wrong)('rejects %s, and runs nothing', async (_what, options) => {
    const operation = vi.fn(() => 'ran');
    await expect(make()(operation, options() as never)).rejects.toMatchObject({
      code: expect.stringMatching(/^BREAKWATER_INVALID_(ARGUMENT|OPTIONS)$/) as string,
    });
    expect(operation).not.toHaveBeenCalled();
  });

  it('takes a signal of another library, and its reason', async () => {
    const aborted = { aborted: true, reason: 'theirs', addEventListener: vi.fn(), removeEventListener: vi.fn() };
    await expect(make()(() => 'ran', { signal: aborted } as never)).rejects.toBe('theirs');
    const live = { ...aborted, aborted: false };
    await expect(make()(() => 'ran', { signal: live } as never)).resolves.toBeDefined();
  });
});

describe('a breaker', () => {
  it('counts nothing for a call whose options are impossible', async () => {
    const breaker = new CircuitBreaker();
    await breaker.attempt(() => 'ran', { signal: 'abort' } as never);
    expect(breaker.snapshot().counts).toMatchObject({ inFlight: 0, failures: 0, ignored: 0 });
  });
});
