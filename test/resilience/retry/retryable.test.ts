import {
  CircuitBreaker,
  deadline,
  doNotRetry,
  pipeline,
  retry,
  retryHistory,
  type RetryOptions,
} from 'breakwater/resilience';
import { describe, expect, it } from 'vitest';
import { clockAt, failing, watch } from '../setup.js';

/** How many attempts an error leads to, and when the second one began. */
async function attemptsAfter(error: unknown, options: RetryOptions = {}) {
  const clock = clockAt();
  const startedAtMs = clock.now();
  const policy = retry({ clock, jitter: 'none', maxAttempts: 2, ...options });
  const times: number[] = [];
  const { operation } = failing(error);
  const outcome = watch(
    policy.execute((call) => {
      times.push(clock.now() - startedAtMs);
      return operation(call);
    }),
  );
  await clock.advanceAsync(3_600_000);
  return { attempts: times.length, secondAtMs: times[1], outcome, stop: retryHistory(outcome.error)?.stop };
}

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });
const wrapped = (depth: number, root: unknown): unknown => {
  let error = root;
  for (let i = 0; i < depth; i++) error = new TypeError(`layer ${String(i)}`, { cause: error });
  return error;
};

describe('which errors are retried', () => {
  it.each([
    ['an error', new Error('down'), 2],
    ['a text', 'down', 2],
    ['undefined', undefined, 2],
    ['a mistake of the program', new TypeError('x is not a function'), 1],
    ['a RangeError', new RangeError('out of range'), 1],
    ['fetch failed', new TypeError('fetch failed', { cause: withCode('ECONNRESET') }), 2],
    ['fetch failed, wrapped deeply', wrapped(8, withCode('UND_ERR_SOCKET')), 2],
    ['a network error beyond ten causes', wrapped(10, withCode('ECONNRESET')), 1],
    ['an abort', Object.assign(new Error('aborted'), { name: 'AbortError' }), 1],
    ['a time limit of the platform', Object.assign(new Error('late'), { name: 'TimeoutError' }), 2],
    ['one that is marked', doNotRetry(new Error('not found')), 1],
    ['one whose cause is marked', new Error('outer', { cause: doNotRetry(new Error('inner')) }), 1],
  ])('RES-R13 %s', async (_, error, attempts) => {
    expect((await attemptsAfter(error)).attempts).toBe(attempts);
  });

  it('RES-R12 a marked error stays the object that it was', async () => {
    class NotFound extends Error {}
    const error = new NotFound('no such user');
    const { outcome, stop } = await attemptsAfter(doNotRetry(error));
    expect([outcome.error, stop]).toEqual([error, 'not-retryable']);
    expect(outcome.error).toBeInstanceOf(NotFound);
    expect(Object.keys(error)).toEqual([]);
  });

  it('refuses to mark what takes no mark', () => {
    expect(() => doNotRetry('text' as never)).toThrow(/expected an error object/);
    expect(() => doNotRetry(Object.freeze(new Error('x')))).toThrow(/not frozen/);
  });

  it.each([
    ['ECONNREFUSED', withCode('ECONNREFUSED'), 2],
    ['ENOTFOUND in a cause', new TypeError('fetch failed', { cause: withCode('ENOTFOUND') }), 2],
    ['a connect that took too long', withCode('ETIMEDOUT', { syscall: 'connect' }), 2],
    ['an answer that took too long', withCode('ETIMEDOUT', { syscall: 'read' }), 1],
    ['no route while connecting', withCode('EHOSTUNREACH', { syscall: 'connect' }), 2],
    ['no route later', withCode('EHOSTUNREACH', { syscall: 'read' }), 1],
    ['a reset', withCode('ECONNRESET'), 1],
    [
      'a refused stream',
      Object.assign(withCode('ERR_HTTP2_STREAM_ERROR'), {
        message: 'Stream closed with error code NGHTTP2_REFUSED_STREAM',
      }),
      2,
    ],
    [
      'a cancelled stream',
      Object.assign(withCode('ERR_HTTP2_STREAM_ERROR'), { message: 'Stream closed with error code NGHTTP2_CANCEL' }),
      1,
    ],
    ['any other error', new Error('500'), 1],
  ])(
    'RES-R14 what may not run twice is retried only when it was certainly not delivered: %s',
    async (_, error, attempts) => {
      expect((await attemptsAfter(error, { idempotent: false })).attempts).toBe(attempts);
      expect((await attemptsAfter(error, { idempotent: true })).attempts).toBe(2);
    },
  );

  it('asks retryIf, but not about marked errors', async () => {
    const asked: unknown[] = [];
    const retryIf = (error: unknown, { attempt }: { attempt: number }) => {
      asked.push([error, attempt]);
      return error instanceof TypeError;
    };
    const bug = new TypeError('flaky');
    expect((await attemptsAfter(bug, { retryIf })).attempts).toBe(2);
    expect((await attemptsAfter('text', { retryIf })).attempts).toBe(1);
    expect((await attemptsAfter(doNotRetry(new TypeError('x')), { retryIf })).attempts).toBe(1);
    expect(asked).toEqual([
      [bug, 1],
      ['text', 1],
    ]);
  });

  it('reports a retryIf that answers with a promise, and goes by the default', async () => {
    const reported: unknown[] = [];
    const retryIf = (() => Promise.resolve(false)) as never;
    const { attempts } = await attemptsAfter(new Error('down'), { retryIf, onListenerError: (e) => reported.push(e) });
    expect([attempts, reported.length]).toEqual([2, 1]);
  });
});

describe('waits that the other side asks for', () => {
  const headers = (fields: Record<string, string>) => Object.assign(new Error('429'), { headers: new Headers(fields) });
  const wallNow = 1_700_000_000_000;
  const date = (inMs: number) => new Date(wallNow + inMs).toUTCString();

  it.each([
    ['seconds', headers({ 'Retry-After': '7' }), 7_000],
    ['seconds with a fraction', headers({ 'Retry-After': '1.5' }), 1_500],
    ['a date', headers({ 'Retry-After': date(9_000) }), 9_000],
    ['a date that is past', headers({ 'Retry-After': date(-9_000) }), 100],
    ['a negative number', headers({ 'Retry-After': '-5' }), 100],
    ['garbage', headers({ 'Retry-After': 'soon' }), 100],
    ['a number of days in words', headers({ 'Retry-After': '5 apples' }), 100],
    ['less than the own wait', headers({ 'Retry-After': '0.01' }), 100],
    ['milliseconds', headers({ 'x-amz-retry-after': '2500' }), 2_500],
    ['milliseconds of another service', headers({ 'retry-after-ms': '1200', 'retry-after': '60' }), 1_200],
    ['plain headers', Object.assign(new Error('429'), { headers: { 'Retry-After': 3 } }), 3_000],
    [
      'on the response',
      Object.assign(new Error('429'), { response: { headers: new Headers({ 'retry-after': '4' }) } }),
      4_000,
    ],
    ['on a cause', new Error('outer', { cause: headers({ 'Retry-After': '6' }) }), 6_000],
    ['as a field', Object.assign(new Error('busy'), { retryAfterMs: 8_000 }), 8_000],
    [
      'headers that throw',
      Object.assign(new Error('429'), {
        headers: {
          get: () => {
            throw new Error('no');
          },
        },
      }),
      100,
    ],
  ])('RES-R10 %s', async (_, error, ms) => {
    expect((await attemptsAfter(error)).secondAtMs).toBe(ms);
  });

  it('RES-R10 a wait beyond the limit ends the call, with the hint on the error', async () => {
    const error = headers({ 'Retry-After': '21' });
    const { attempts, outcome, stop } = await attemptsAfter(error);
    expect([attempts, outcome.error, stop]).toEqual([1, error, 'retry-after']);
    expect(retryHistory(outcome.error)?.retryAfterMs).toBe(21_000);
    expect((await attemptsAfter(headers({ 'Retry-After': '21' }), { retryAfter: { maxMs: 21_000 } })).secondAtMs).toBe(
      21_000,
    );
    expect((await attemptsAfter(headers({ 'Retry-After': '2' }), { retryAfter: { maxMs: 1_999 } })).attempts).toBe(1);
  });

  it('RES-X01 a refusal by an open circuit ends the call, unless its wait fits into the deadline', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 5_000 });
    await breaker.attempt(() => Promise.reject(new Error('down')));
    const policy = retry({ clock, jitter: 'none' });
    const call = () => breaker.execute(() => 'up again');
    const free = watch(policy.execute(call));
    const tight = watch(pipeline(deadline(5_000, { clock }), policy).execute(call));
    await clock.advanceAsync(0);
    for (const { error } of [free, tight]) {
      expect(error).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
      expect(retryHistory(error)).toMatchObject({ attempts: 1, retryAfterMs: 5_000 });
    }
    expect([retryHistory(free.error)?.stop, retryHistory(tight.error)?.stop]).toEqual(['retry-after', 'deadline']);
    const roomy = watch(pipeline(deadline(5_001, { clock }), policy).execute(call));
    const timed = watch(retry({ clock, jitter: 'none', maxElapsedMs: 6_000 }).execute(call));
    const asked = watch(retry({ clock, jitter: 'none', retryAfter: { maxMs: 5_000 } }).execute(call));
    await clock.advanceAsync(4_999);
    expect([roomy.done, timed.done, asked.done]).toEqual([false, false, false]);
    await clock.advanceAsync(1);
    // One of them is the probe; it closes the circuit before the others are asked again.
    await clock.advanceAsync(1_000);
    expect([roomy.value, timed.value, asked.value]).toEqual(['up again', 'up again', 'up again']);
  });

  it('a mark on the error that opened a circuit is not one on its refusals', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 500 });
    await breaker.attempt(() => Promise.reject(doNotRetry(new Error('gone'))));
    const call = pipeline(deadline(5_000, { clock }), retry({ clock, jitter: 'none' }));
    const outcome = watch(call.execute(() => breaker.execute(() => 'up again')));
    await clock.advanceAsync(1_000);
    expect(outcome.value).toBe('up again');
  });

  it('a retryIf that throws leaves refusals without a time to the default', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock });
    breaker.isolate();
    const policy = retry({
      clock,
      onListenerError: () => undefined,
      retryIf: () => {
        throw new Error('broken');
      },
    });
    const outcome = watch(policy.execute(() => breaker.execute(() => 1)));
    await clock.advanceAsync(0);
    expect(retryHistory(outcome.error)?.stop).toBe('not-retryable');
  });

  it('a refusal that says no time is not waited for', async () => {
    const clock = clockAt();
    const breaker = new CircuitBreaker({ clock });
    breaker.isolate();
    const outcome = watch(retry({ clock }).execute(() => breaker.execute(() => 'never')));
    await clock.advanceAsync(0);
    expect(retryHistory(outcome.error)?.stop).toBe('not-retryable');
  });
});

describe('a date of the oldest form', () => {
  it('R10 is in GMT, wherever the process runs', async () => {
    const zone = process.env.TZ;
    process.env.TZ = 'America/New_York';
    try {
      for (const date of [
        'Tue Nov 14 22:13:30 2023',
        'Tue, 14 Nov 2023 22:13:30 GMT',
        'Tuesday, 14-Nov-23 22:13:30 GMT',
        'Tue, 14 Nov 2023 22:13:30 UTC',
        'Tue, 14 Nov 2023 17:13:30 -0500',
      ]) {
        const policy = retry({ clock: clockAt(), retryAfter: { maxMs: 1e12 }, budget: false });
        const waits: number[] = [];
        policy.on('retry', ({ delayMs }) => waits.push(delayMs));
        const caller = new AbortController();
        const error = Object.assign(new Error('busy'), { headers: { 'retry-after': date } });
        const running = policy.execute(() => Promise.reject(error), { signal: caller.signal }).catch(() => undefined);
        await new Promise(setImmediate);
        caller.abort();
        await running;
        expect([date, waits]).toEqual([date, [10_000]]);
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});
