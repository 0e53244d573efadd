import { Bulkhead, CircuitBreaker, deadline, fallback, hedge, pipeline, retry, timeout } from 'breakwater/resilience';
import { describe, expect, it } from 'vitest';

const all = {
  retry: retry(),
  timeout: timeout(100),
  deadline: deadline(100),
  bulkhead: new Bulkhead({ maxConcurrent: 1 }),
  fallback: fallback(() => 'stale'),
  hedge: hedge({ delayMs: 1 }),
  breaker: new CircuitBreaker(),
};

describe.each(Object.entries(all))('%s', (_, part) => {
  it('refuses a subscription to an event that there is not, and a listener that is none', () => {
    const on = part.on.bind(part) as unknown as (type: string, listener: unknown) => () => void;
    expect(() => on('nothing', () => undefined)).toThrow(/there is no such event/);
    expect(() => on('nothing', undefined)).toThrow(/listener must be a function/);
  });
});

describe('options of null', () => {
  it('are a mistake like any other value that is no object', () => {
    const none = null as never;
    for (const make of [() => new CircuitBreaker(none), () => retry(none), () => fallback(() => 1, none)]) {
      expect(make).toThrow(/must be an options object, got null/);
    }
    expect(() => new CircuitBreaker({ halfOpen: none })).toThrow(/halfOpen must be an options object, got null/);
  });

  it('and lists in the place of policies are none', () => {
    expect(() => pipeline([retry()] as never)).toThrow(/argument 1 must be a policy with execute\(\), got an array/);
  });
});
