import { ErrorRecoveryService } from 'breakwater/error-recovery';
import {
  Bulkhead,
  CircuitBreaker,
  deadline,
  fallback,
  hedge,
  pipeline,
  retry,
  retryHistory,
  timeout,
} from 'breakwater/resilience';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, held, watch } from '../setup.js';

const throwing = (): never => {
  throw new Error('unreadable');
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('an error that cannot be read', () => {
  const errors: readonly (readonly [string, () => unknown])[] = [
    ['has a name that is no text', () => ({ name: Object.create(null) as unknown })],
    ['has a code that is no text', () => Object.assign(new TypeError('x'), { code: Object.create(null) as unknown })],
    ['has a code that throws', () => Object.defineProperty(new TypeError('x'), 'code', { get: throwing })],
    ['has a message that throws', () => Object.defineProperty({ code: 'X' }, 'message', { get: throwing })],
    ['is a proxy that was revoked', revoked],
    ['is a proxy that throws', () => new Proxy({}, { isExtensible: throwing, get: throwing })],
  ];

  it.each(errors)('ends its call and frees its slot when it %s', async (_, make) => {
    const clock = clockAt();
    const error = make();
    const slots = new Bulkhead({ clock, maxConcurrent: 2 });
    const breaker = new CircuitBreaker({ clock });
    const fail = () => Promise.reject(error);
    const outcomes = [true, false].map((idempotent) =>
      watch(pipeline(slots, retry({ clock, idempotent, budget: false }), breaker).execute(fail)),
    );
    outcomes.push(watch(new ErrorRecoveryService({ clock }).execute('s', fail)));
    const controller = new AbortController();
    controller.abort(error);
    outcomes.push(watch(retry({ clock }).execute(() => 1, controller) as Promise<never>));
    await clock.advanceAsync(60_000);
    expect(outcomes.every((outcome) => outcome.done && Object.is(outcome.error, error))).toBe(true);
    expect([slots.snapshot().running, breaker.snapshot().counts.inFlight, clock.pending]).toEqual([0, 0, 0]);
    expect(() => retryHistory(error)).not.toThrow();
  });
});

describe('a clock that fails', () => {
  function broken(what: 'now' | 'wallNow' | 'schedule' | 'none') {
    const real = clockAt();
    const state = { what };
    const guard = <T>(name: string, run: () => T): T => {
      if (state.what === name) throw new Error('clock');
      return run();
    };
    return {
      real,
      state,
      clock: {
        now: () => guard('now', () => real.now()),
        wallNow: () => guard('wallNow', () => real.wallNow()),
        schedule: (fn: () => void, ms: number) => guard('schedule', () => real.schedule(fn, ms)),
      },
    };
  }

  it.each(['now', 'wallNow', 'schedule'] as const)('in %s ends every call, and leaves no slot taken', async (what) => {
    const { real, state, clock } = broken('none');
    const slots = new Bulkhead({ clock, maxConcurrent: 9 });
    const breaker = new CircuitBreaker({ clock, failureThreshold: 1 });
    const all = [
      pipeline(slots, timeout(100, { clock })),
      pipeline(slots, retry({ clock, maxAttempts: 2, delaysMs: [1], budget: false })),
      pipeline(slots, breaker),
      pipeline(slots, hedge({ clock, delayMs: 10 })),
      pipeline(
        slots,
        fallback(() => 'stale'),
      ),
    ];
    state.what = what;
    const down = Object.assign(new Error('down'), { headers: { 'retry-after': 'Wed, 21 Oct 2065 07:28:00 GMT' } });
    const outcomes = all.map((policy) => watch(policy.execute(() => Promise.reject(down))));
    await real.advanceAsync(1_000);
    expect(outcomes.map(({ done }) => done)).toEqual(all.map(() => true));
    state.what = 'none';
    expect([slots.snapshot().running, breaker.snapshot().counts.inFlight]).toEqual([0, 0]);
    if (what !== 'schedule') expect(outcomes.slice(0, 4).map(({ error }) => error)).toEqual([down, down, down, down]);
  });

  it('once is forgotten: those who wait are told in time', async () => {
    const { real, state, clock } = broken('none');
    const limit = timeout(100, { clock });
    const outcomes = [watch(limit.execute(() => held().promise))];
    await real.advanceAsync(50);
    outcomes.push(watch(limit.execute(() => held().promise)));
    await real.advanceAsync(49);
    state.what = 'now';
    await real.advanceAsync(1);
    state.what = 'none';
    outcomes.push(watch(limit.execute(() => held().promise)));
    await real.advanceAsync(1_000);
    expect(outcomes.map(({ done }) => done)).toEqual([true, true, true]);
    expect(real.pending).toBe(0);
  });
});

describe('a bulkhead', () => {
  it('ends a call once whose caller gives up when it hears of the end', async () => {
    const clock = clockAt();
    const outer = new Bulkhead({ clock, maxConcurrent: 9 });
    const breaker = new CircuitBreaker({ clock });
    const inner = new Bulkhead({ clock, maxConcurrent: 1, maxQueued: 5, maxWaitMs: 10 });
    watch(inner.execute(() => held().promise));
    const controller = new AbortController();
    inner.on('rejected', () => controller.abort('enough'));
    const call = pipeline(outer, breaker, inner);
    const outcomes = [1, 2, 3].map(() => watch(call.execute(() => 'ran', controller)));
    await clock.advanceAsync(100);
    expect(outcomes.every(({ done }) => done)).toBe(true);
    expect([outer.snapshot().running, inner.snapshot().queued]).toEqual([0, 0]);
    expect(breaker.snapshot().counts).toMatchObject({ inFlight: 0, ignored: 3 });
  });

  it('gives no slot to a further attempt of a call that has its answer', async () => {
    const clock = clockAt();
    const slots = new Bulkhead({ clock, maxConcurrent: 1, maxQueued: 5 });
    const begun: number[] = [];
    const gate = held();
    const outcome = watch(
      pipeline(hedge({ clock, delayMs: 10 }), slots).execute(({ attempt }) => (begun.push(attempt), gate.promise)),
    );
    await clock.advanceAsync(20);
    expect(slots.snapshot()).toMatchObject({ running: 1, queued: 1 });
    gate.resolve('first');
    await clock.advanceAsync(0);
    expect([outcome.value, begun, slots.snapshot().running, slots.snapshot().queued]).toEqual(['first', [1], 0, 0]);
  });
});

describe('a promise with a `then` of its own that calls back twice', () => {
  it('counts once', async () => {
    const clock = clockAt();
    const twice = (): Promise<string> => {
      const promise = Promise.resolve('once');
      promise.then = ((yes: (value: string) => unknown) => (yes('once'), yes('twice'))) as never;
      return promise;
    };
    const slots = new Bulkhead({ clock, maxConcurrent: 1 });
    const breaker = new CircuitBreaker({ clock });
    for (const policy of [slots, breaker, timeout(100, { clock })]) void policy.execute(twice);
    await clock.advanceAsync(0);
    expect([slots.snapshot().running, breaker.snapshot().counts]).toMatchObject([0, { inFlight: 0, successes: 1 }]);
  });
});

describe('retry of what must not run twice', () => {
  it('takes a refusal as proof only when the operation was not begun', async () => {
    const clock = clockAt();
    const open = new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 100 });
    const other = new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 100 });
    for (const breaker of [open, other]) await breaker.attempt(() => Promise.reject(new Error('down')));
    const insert = vi.fn();
    const once = () => retry({ clock, idempotent: false, delaysMs: [10], budget: false });
    const limit = () => deadline(10_000, { clock });
    const inside = watch(
      pipeline(limit(), once()).execute(() => {
        insert();
        return other.execute(() => 'ran');
      }),
    );
    const second = watch(
      pipeline(
        limit(),
        once(),
        fallback(() => other.execute(() => 'ran')),
      ).execute(() => {
        insert();
        return Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
      }),
    );
    const refused = watch(pipeline(limit(), once(), open).execute(() => 'ran'));
    await clock.advanceAsync(5_000);
    expect(insert).toHaveBeenCalledTimes(2);
    expect([inside.error, second.error]).toMatchObject([
      { code: 'BREAKWATER_CIRCUIT_OPEN' },
      { code: 'BREAKWATER_CIRCUIT_OPEN' },
    ]);
    expect(refused.value).toBe('ran');
  });
});
