import { ErrorRecoveryService, GracefulDegradation } from 'breakwater/error-recovery';
import {
  Bulkhead,
  type CallContext,
  CircuitBreaker,
  deadline,
  type ExecuteOptions,
  fallback,
  hedge,
  pipeline,
  retry,
  timeout,
} from 'breakwater/resilience';
import { describe, expect, it, vi } from 'vitest';
import { clockAt, failing, held, watch } from '../setup.js';

type Run = (operation: (call: CallContext) => string, options: ExecuteOptions) => Promise<unknown>;

function degradation(): GracefulDegradation {
  const service = new GracefulDegradation();
  service.register('search');
  return service;
}

const clock = clockAt();
const parts: readonly (readonly [string, Run])[] = [
  ['a breaker', (operation, call) => new CircuitBreaker({ clock }).execute(operation, call)],
  ['a retry', (operation, call) => retry({ clock }).execute(operation, call)],
  ['a timeout', (operation, call) => timeout(9_000, { clock }).execute(operation, call)],
  ['a bulkhead', (operation, call) => new Bulkhead({ clock, maxConcurrent: 1 }).execute(operation, call)],
  ['a hedge', (operation, call) => hedge({ clock, delayMs: 9_000 }).execute(operation, call)],
  ['a fallback', (operation, call) => fallback(() => 'stale').execute(operation, call)],
  ['a pipeline', (operation, call) => pipeline(retry({ clock }), timeout(9_000, { clock })).execute(operation, call)],
  ['recovery', (operation, call) => new ErrorRecoveryService({ clock }).execute('search', operation, call)],
  ['a feature', (operation, call) => degradation().run('search', operation, undefined, call)],
];

describe.each(parts)('the context of a call that is handed on to %s', (name, run) => {
  // A retry or a hedge inside counts anew; a fallback leaves nothing to retry.
  const begins = ['a retry', 'a pipeline', 'recovery', 'a hedge', 'a fallback'].includes(name);

  it('brings its deadline and its attempt along', async () => {
    const seen: [number, number][] = [];
    const outside = retry({ clock, delaysMs: [0], attemptTimeoutMs: 500 });
    const outcome = watch(
      outside.execute((call) =>
        run((inside) => {
          seen.push([inside.remainingMs(), inside.attempt]);
          if (call.attempt === 1) throw new Error('down');
          return 'fine';
        }, call),
      ),
    );
    await clock.advanceAsync(5_000);
    expect(outcome.done).toBe(true);
    const attempts = seen.map(([, attempt]) => attempt);
    expect(attempts).toEqual(expect.arrayContaining(begins ? [1] : [1, 2]));
    expect(seen.filter(([leftMs]) => !(leftMs > 0 && leftMs <= 500))).toEqual([]);
  });

  it('begins nothing once the call is over', async () => {
    const operation = vi.fn(() => 'written');
    let late: unknown;
    const outcome = watch(
      deadline(50, { clock }).execute(async (call) => {
        await new Promise<void>((resolve) => clock.schedule(resolve, 100));
        late = await run(operation, call).catch((error: unknown) => error);
      }),
    );
    await clock.advanceAsync(200);
    expect(outcome.error).toMatchObject({ code: 'BREAKWATER_DEADLINE_EXCEEDED' });
    expect([late, operation.mock.calls.length]).toEqual([outcome.error, 0]);
  });
});

describe('an attempt whose time is over', () => {
  it('writes nothing after the next one has answered', async () => {
    const writes: number[] = [];
    const policy = retry({ clock, delaysMs: [0], attemptTimeoutMs: 50 });
    const inner = timeout(1_000, { clock });
    const outcome = watch(
      policy.execute(async (call) => {
        await new Promise<void>((resolve) => clock.schedule(resolve, call.attempt === 1 ? 100 : 10));
        return inner.execute(() => writes.push(call.attempt), call);
      }),
    );
    await clock.advanceAsync(1_000);
    expect([outcome.done, writes]).toEqual([true, [2]]);
  });
});

describe('attempt', () => {
  it.each(['fused', 'nested'])('counts as the innermost policy that repeats calls does, %s', async (way) => {
    const seen: number[] = [];
    const [again, breaker] = [retry({ clock, delaysMs: [0, 0] }), new CircuitBreaker({ clock })];
    const operation = ({ attempt }: CallContext): Promise<string> => {
      seen.push(attempt);
      return Promise.reject(new Error('down'));
    };
    watch(
      way === 'fused'
        ? pipeline(again, breaker).execute(operation)
        : again.execute((call) => breaker.execute(operation, call)),
    );
    await clock.advanceAsync(100);
    const hedged = hedge({ clock, delayMs: 10, budget: false });
    const inner = retry({ clock, delaysMs: [50] });
    watch(
      way === 'fused'
        ? pipeline(hedged, inner).execute(operation)
        : hedged.execute((call) => inner.execute(operation, call)),
    );
    await clock.advanceAsync(1_000);
    expect(seen).toEqual([1, 2, 3, 1, 1, 2, 2]);
  });
});

describe('the options of a call', () => {
  it('are read once, so that the object may be used for the next', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const options: { signal: AbortSignal } = { signal: first.signal };
    const { calls, operation } = failing(...Array.from({ length: 9 }, () => new Error('down')));
    const policy = pipeline(
      fallback(() => 'stale'),
      retry({ clock, delaysMs: [100], maxAttempts: 9, budget: false }),
    );
    const mine = watch(policy.execute(operation, options));
    options.signal = second.signal;
    const others = watch(policy.execute(() => Promise.reject(new Error('down')), options));
    await clock.advanceAsync(0);
    first.abort('mine');
    await clock.advanceAsync(0);
    expect([mine, calls.length, others.done]).toEqual([{ done: true, error: 'mine' }, 1, false]);
    await clock.advanceAsync(10_000);
    expect(others.value).toBe('stale');
  });
});

describe('hooks', () => {
  it('that give the call up are the last that is heard of it', async () => {
    const down = new Error('down');
    const begun: string[] = [];
    const controllers = Array.from({ length: 6 }, () => new AbortController());
    const abort = (i: number) => () => controllers[i]?.abort('stop');
    const at = (i: number) => controllers[i] as AbortController;

    const hedged = hedge({ clock, delayMs: 10, budget: false });
    hedged.on('hedge', abort(0));
    watch(hedged.execute(({ attempt }) => (begun.push(`hedge ${String(attempt)}`), held().promise), at(0)));

    const stale = fallback(() => begun.push('handler'));
    stale.on('fallback', abort(1));
    const refused = watch(stale.execute(() => Promise.reject(down), at(1)));

    const breaker = new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 5 });
    await breaker.attempt(() => Promise.reject(down));
    const fused = new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 5 });
    await fused.attempt(() => Promise.reject(down));
    await clock.advanceAsync(5);
    breaker.on('stateChange', abort(2));
    fused.on('stateChange', abort(3));
    const probes = [
      watch(breaker.execute(() => begun.push('probe'), at(2))),
      watch(pipeline(fused).execute(() => begun.push('fused probe'), at(3))),
    ];

    const drawing = retry({ clock, jitter: 'full', random: { next: () => (abort(4)(), 0.5) } });
    const paying = { tokens: 1, deposit: () => undefined, withdraw: () => (abort(5)(), true) };
    const retries = [
      watch(drawing.execute(() => (begun.push('drawing'), Promise.reject(down)), at(4))),
      watch(retry({ clock, budget: paying }).execute(() => (begun.push('paying'), Promise.reject(down)), at(5))),
    ];
    await clock.advanceAsync(0);
    expect(retries.map(({ done }) => done)).toEqual([true, true]);
    await clock.advanceAsync(60_000);
    expect(begun).toEqual(['hedge 1', 'drawing', 'paying']);
    expect(refused.error).toBe(down);
    expect(probes.map(({ error }) => error)).toEqual(['stop', 'stop']);
    expect([breaker, fused].map((one) => one.snapshot().counts)).toMatchObject([
      { inFlight: 0, probesInFlight: 0, ignored: 1 },
      { inFlight: 0, probesInFlight: 0, ignored: 1 },
    ]);
  });

  it('that are asynchronous by mistake and fail end neither call nor process', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const fails = () => Promise.reject(new Error('late')) as never;
    const options = { clock, onListenerError: fails };
    const down = () => Promise.reject(new Error('down'));
    watch(retry({ ...options, retryIf: fails, maxAttempts: 1 }).execute(down));
    watch(retry({ ...options, budget: { tokens: 1, deposit: fails, withdraw: fails } }).execute(down));
    watch(fallback(() => 'stale', { onListenerError: fails, fallbackIf: fails }).execute(down));
    watch(new CircuitBreaker({ ...options, classify: fails }).execute(down));
    await clock.advanceAsync(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
