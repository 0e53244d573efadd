import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { pipeline, retry, timeout } from 'breakwater/resilience';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

/** A promise that cannot be waited for. */
function unwaitable(): Promise<number> {
  return Object.defineProperty(Promise.resolve(1), 'constructor', {
    get: () => {
      throw new Error('no waiting');
    },
  });
}

describe('CircuitBreaker among hostile values', () => {
  it('counts a failure whose error cannot be read, and attempt never rejects', async () => {
    const { breaker } = setup({ failureThreshold: 1 });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const answer = await breaker.attempt(() => Promise.reject(proxy as Error));
    expect([answer.ok, breaker.state, breaker.snapshot().counts.inFlight]).toEqual([false, 'OPEN', 0]);
  });

  it('a promise that cannot be waited for is a failure, and leaves nothing running', async () => {
    const { breaker } = setup();
    await expect(breaker.execute(unwaitable)).rejects.toThrow('no waiting');
    expect(breaker.snapshot().counts).toMatchObject({ failures: 1, inFlight: 0 });
    await expect(pipeline(retry({ maxAttempts: 1 }), timeout(1_000)).execute(unwaitable)).rejects.toThrow('no waiting');
  });

  it('executeSync returns what cannot be read as it is', () => {
    const { breaker } = setup();
    const value = {
      get then(): never {
        throw new Error('not yours');
      },
    };
    expect(breaker.executeSync(() => value)).toBe(value);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 1, inFlight: 0 });
  });

  it('a callback that throws is no failure of the method that called it', () => {
    const { breaker } = setup({ failureThreshold: 1 });
    const client = {
      get(done: (error: unknown, value?: number) => void) {
        done(null, 1);
      },
    };
    const guarded = breaker.protect(client, { only: ['get'] });
    expect(() => {
      guarded.get(() => {
        throw new Error('my bug');
      });
    }).toThrow('my bug');
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', counts: { successes: 1, failures: 0, inFlight: 0 } });
  });

  it.each([
    ['isolate', () => new CircuitBreaker().isolate(5 as never), /isolate: the reason must be text, got 5/],
    ['protect', () => new CircuitBreaker().protect(null as never, { only: [] }), /must be an object, got null/],
    ['on, an event', () => new CircuitBreaker().on('close' as never, () => undefined), /there is no such event/],
    ['on, a listener', () => new CircuitBreaker().on('success', 1 as never), /must be a function, got 1/],
  ])('%s says what is wrong', (_, call, text) => {
    expect(call).toThrow(text);
  });
});
