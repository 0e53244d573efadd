import { CircuitBreaker, deadline, fallback, pipeline, retry, timeout } from 'breakwater/resilience';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, failing, held, watch } from '../setup.js';

describe('fallback', () => {
  it('RES-F01 gets the error, a context with a signal of its own, and runs once at most', async () => {
    const error = new Error('down');
    const handler = vi.fn((_: unknown, call: { signal: AbortSignal; attempt: number }) => [
      call.signal.aborted,
      call.attempt,
    ]);
    const policy = fallback(handler);
    await expect(policy.execute(() => Promise.reject(error))).resolves.toEqual([false, 1]);
    expect(handler.mock.calls.map(([given]) => given)).toEqual([error]);
    await expect(policy.execute(() => 'fine')).resolves.toBe('fine');
    expect(handler).toHaveBeenCalledTimes(1);
    expect(policy.snapshot()).toEqual({ name: 'fallback', calls: 2, fallbacks: 1, failed: 0 });
  });

  it('RES-F01 is not asked when the caller has given up', async () => {
    const handler = vi.fn();
    const controller = new AbortController();
    const running = fallback(handler).execute(
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      controller,
    );
    controller.abort('enough');
    await expect(running).rejects.toBe('enough');
    expect(handler).not.toHaveBeenCalled();
  });

  it('RES-F01 is not asked about errors that it is not for', async () => {
    const handler = vi.fn(() => 'cached');
    const policy = fallback(handler, { fallbackIf: (error) => error !== 'not mine' });
    await expect(policy.execute(() => Promise.reject('not mine'))).rejects.toBe('not mine');
    await expect(policy.execute(() => Promise.reject('mine'))).resolves.toBe('cached');
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('answers for refusals, and for time limits, whose abort its own signal does not have', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock });
    breaker.isolate();
    const signals: AbortSignal[] = [];
    const handler = (_: unknown, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return 'cached';
    };
    await expect(pipeline(fallback(handler), breaker).execute(() => 'live')).resolves.toBe('cached');
    const slow = watch(
      pipeline(fallback(handler), timeout(100, { clock })).execute(({ signal }) => {
        signals.push(signal);
        return held().promise;
      }),
    );
    await clock.advanceAsync(100);
    expect([slow.value, signals.map(({ aborted }) => aborted)]).toEqual(['cached', [false, true, false]]);
  });

  it('hears of the deadline around it', async () => {
    const clock = clockAt();
    let seen!: { readonly signal: AbortSignal; remainingMs(): number };
    const call = pipeline(
      deadline(500, { clock }),
      fallback((_, context) => {
        seen = context;
        return held().promise;
      }),
    );
    const outcome = watch(call.execute(() => Promise.reject(new Error('down'))));
    await clock.advanceAsync(200);
    expect([seen.remainingMs(), seen.signal.aborted]).toEqual([300, false]);
    await clock.advanceAsync(300);
    expect([seen.signal.aborted, outcome.error]).toEqual([true, seen.signal.reason]);
  });

  it('when it fails as well, the call rejects with its error, and it is not asked again', async () => {
    const handler = vi.fn(() => Promise.reject(new Error('no cache either')));
    const policy = fallback(handler);
    await expect(policy.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('no cache either');
    expect([handler.mock.calls.length, policy.snapshot().failed]).toEqual([1, 1]);
    const throws = fallback(() => {
      throw new Error('at once');
    });
    await expect(throws.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('at once');
  });

  it('RES-M06 a fallbackIf or a listener that throws is reported, and the fallback answers', async () => {
    const reported: unknown[] = [];
    const broken = new Error('broken');
    const policy = fallback(() => 'cached', {
      fallbackIf: () => {
        throw broken;
      },
      onListenerError: (error) => reported.push(error),
    });
    policy.on('fallback', () => {
      throw broken;
    });
    await expect(policy.execute(() => Promise.reject(new Error('down')))).resolves.toBe('cached');
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported).toEqual([broken]);
  });

  it('stands outside a retry, and answers when that gives up', async () => {
    const clock = clockAt();
    const { calls, operation } = failing('a', 'b', 'c', 'd');
    const outcome = watch(
      pipeline(
        fallback((error) => `after ${String(error)}`),
        retry({ clock }),
      ).execute(operation),
    );
    await clock.advanceAsync(60_000);
    expect([calls.length, outcome.value]).toEqual([3, 'after c']);
  });

  it('may answer with a fallback of its own', async () => {
    const second = fallback(() => 'last resort');
    const first = fallback(() => second.execute(() => Promise.reject(new Error('replica down'))));
    await expect(first.execute(() => Promise.reject(new Error('down')))).resolves.toBe('last resort');
  });

  it('refuses what is no function, and unknown options', () => {
    expect(() => fallback('cached' as never)).toThrow(/expected a function such as \(\) => cached, got a string/);
    expect(() => fallback(() => 1, { fallbakIf: () => true } as never)).toThrow(/did you mean fallbackIf/);
  });
});
