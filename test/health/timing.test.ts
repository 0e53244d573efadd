import { describe, expect, it } from 'vitest';
import { isBreakwaterError } from 'breakwater/core';
import { held, settledAfterMs, setup, statuses, takes } from './setup.js';

const never = (): Promise<never> => new Promise(() => undefined);

describe('timeouts', () => {
  it('HLD-1 a check that never settles: the report comes with its timeout, its signal aborts, its entry says so', async () => {
    const { health, clock } = setup();
    let signal: AbortSignal | undefined;
    health.register(
      'hung',
      (context) => {
        signal = context.signal;
        return never();
      },
      { timeoutMs: 300 },
    );
    const asked = health.readiness();
    await clock.advanceAsync(299);
    expect(signal?.aborted).toBe(false);
    await clock.advanceAsync(1);
    expect(signal?.aborted).toBe(true);
    expect(isBreakwaterError(signal?.reason, 'BREAKWATER_CHECK_TIMEOUT')).toBe(true);
    expect(await asked).toMatchObject({
      status: 'DEGRADED',
      components: [
        {
          status: 'DEGRADED',
          message: 'timed out after 300 ms',
          responseTimeMs: 300,
          consecutiveFailures: 1,
          cached: false,
        },
      ],
    });
    expect(clock.pending).toBe(0);
  });

  it('HLD-1 a critical check that times out is UNHEALTHY', async () => {
    const { health, clock } = setup();
    health.register('hung', never, { timeoutMs: 300, critical: true });
    const asked = health.readiness();
    await clock.advanceAsync(300);
    expect((await asked).status).toBe('UNHEALTHY');
  });

  it.each([
    [299, 'HEALTHY'],
    [301, 'DEGRADED'],
  ])('HLD-1 a check of %i ms under a timeout of 300 is %s', async (ms, status) => {
    const { health, clock } = setup();
    health.register(
      'slow',
      takes(clock, ms, () => true),
      { timeoutMs: 300 },
    );
    const asked = health.check();
    await clock.advanceAsync(300);
    expect((await asked).status).toBe(status);
  });

  it('HLD-2 no second run starts until the first has settled, and that it hangs is booked meanwhile', async () => {
    const { health, clock } = setup();
    const runs: ReturnType<typeof held<void>>[] = [];
    health.register(
      'hung',
      () => {
        const run = held<void>();
        runs.push(run);
        return run.promise;
      },
      { timeoutMs: 300, critical: true },
    );
    const first = health.check();
    await clock.advanceAsync(300);
    await first;
    for (let i = 1; i <= 5; i++) {
      clock.advance(1_000);
      expect((await health.check()).components[0]).toMatchObject({
        status: 'UNHEALTHY',
        consecutiveFailures: 1 + i,
        ageMs: 0,
        message: expect.stringContaining('still running') as string,
      });
    }
    expect(runs).toHaveLength(1);
    runs[0]?.resolve();
    await clock.advanceAsync(1_000);
    void health.check();
    expect(runs).toHaveLength(2);
  });

  it('HLD-2 the late result of a timed-out run never counts, neither a good nor a bad one', async () => {
    const { health, clock } = setup();
    const run = held<boolean>();
    let calls = 0;
    health.register('late', () => (++calls === 1 ? run.promise : Promise.reject(new Error('down'))), {
      timeoutMs: 300,
    });
    const first = health.check();
    await clock.advanceAsync(300);
    await first;
    run.resolve(true);
    await clock.advanceAsync(0);
    expect(health.snapshot().components[0]).toMatchObject({ status: 'DEGRADED', message: 'timed out after 300 ms' });
    clock.advance(1_000);
    expect((await health.check()).components[0]).toMatchObject({ message: 'failed: down', consecutiveFailures: 2 });
  });

  it("HLD-2 a late rejection is nobody's unhandled rejection", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const { health, clock } = setup();
      const run = held<void>();
      health.register('late', () => run.promise, { timeoutMs: 300 });
      const first = health.check();
      await clock.advanceAsync(300);
      await first;
      run.reject(new Error('late'));
      await clock.advanceAsync(0);
      await clock.advanceAsync(0);
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('the report answers by reportTimeoutMs: pending first, then the last result with its age', async () => {
    const { health, clock } = setup();
    let ms = 1_500;
    health.register('slow', () => takes(clock, ms, () => true)(), { critical: true });
    health.register('fast', () => true);
    const first = health.check();
    expect(await settledAfterMs(clock, first)).toBe(800);
    expect((await first).components).toMatchObject([
      { name: 'slow', status: 'DEGRADED', message: 'pending', responseTimeMs: 800, consecutiveFailures: 0 },
      { name: 'fast', status: 'HEALTHY' },
    ]);
    await clock.advanceAsync(700);
    expect(health.snapshot().status).toBe('HEALTHY');
    clock.advance(1_000);
    ms = 1_900;
    const second = health.check();
    expect(await settledAfterMs(clock, second)).toBe(800);
    expect((await second).components[0]).toMatchObject({
      status: 'HEALTHY',
      cached: true,
      ageMs: 1_800,
      responseTimeMs: 1_500,
    });
  });

  it('a report that joins a run late still has its own deadline', async () => {
    const { health, clock } = setup();
    health.register('hung', never);
    const first = health.check();
    await clock.advanceAsync(500);
    const second = health.check();
    expect(await settledAfterMs(clock, first)).toBe(300);
    expect(await settledAfterMs(clock, second)).toBe(500);
  });

  it('HLD-5 a check that hangs after one success is not healthy once its result is older than maxAgeMs', async () => {
    const { health, clock } = setup({ defaults: { maxAgeMs: 5_000, timeoutMs: 60_000 } });
    let calls = 0;
    health.register('hangs', () => (++calls === 1 ? true : never()), { critical: true });
    expect((await health.check()).status).toBe('HEALTHY');
    clock.advance(5_000 - 800);
    const atLimit = health.check();
    await clock.advanceAsync(800);
    expect((await atLimit).components[0]).toMatchObject({ status: 'HEALTHY', ageMs: 5_000, cached: true });
    const beyond = health.check();
    await clock.advanceAsync(800);
    expect((await beyond).components[0]).toMatchObject({
      status: 'DEGRADED',
      message: 'stale: the last result is 5800 ms old',
    });
    expect(calls).toBe(2);
    expect(health.health().status).toBe('DEGRADED');
  });

  it('HLD-5 a stale UNHEALTHY stays UNHEALTHY: not knowing makes nothing better', async () => {
    const { health, clock } = setup();
    health.register('down', () => false, { critical: true });
    await health.check();
    clock.advance(30_001);
    expect(health.snapshot().components[0]).toMatchObject({
      status: 'UNHEALTHY',
      message: 'stale: the last result is 30001 ms old',
    });
  });

  it('HLD-26 age and durations are monotonic: a stepped wall clock changes neither', async () => {
    const { health, clock } = setup();
    health.register(
      'db',
      takes(clock, 50, () => true),
    );
    const asked = health.check();
    clock.stepWall(-3_600_000);
    await clock.advanceAsync(50);
    await asked;
    clock.stepWall(7_200_000);
    clock.advance(400);
    expect((await health.check()).components[0]).toMatchObject({ ageMs: 400, responseTimeMs: 50, cached: true });
  });

  it('a clock that goes back makes no negative age', async () => {
    const { health, clock } = setup();
    health.register('db', () => true);
    await health.check();
    clock.set(0);
    expect((await health.check()).components[0]).toMatchObject({ ageMs: 0 });
  });

  it.each([
    [50, 'HEALTHY'],
    [51, 'DEGRADED'],
  ])('degradedAboveMs 50: a run of %i ms is %s', async (ms, status) => {
    const { health, clock } = setup();
    health.register(
      'slow',
      takes(clock, ms, () => ({ status: 'HEALTHY' as const, details: { n: 1 } })),
      { degradedAboveMs: 50 },
    );
    const asked = health.check();
    await clock.advanceAsync(ms);
    expect((await asked).components[0]).toMatchObject({ status, details: { n: 1 } });
  });
});

describe('caching', () => {
  it('HLD-4 fifty concurrent probes of a cold cache run the check once', async () => {
    const { health, clock } = setup();
    let runs = 0;
    health.register('db', () => {
      runs++;
      return takes(clock, 20, () => true)();
    });
    const probes = Array.from({ length: 50 }, () => health.readiness());
    await clock.advanceAsync(20);
    for (const report of await Promise.all(probes))
      expect(report).toMatchObject({ status: 'HEALTHY', components: [{ cached: false }] });
    expect(runs).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [true, 999, 1],
    [true, 1_000, 2],
    [false, 499, 1],
    [false, 500, 2],
  ])(
    'HLD-6 a result of %s is served for its time, a bad one for half of it: after %i ms %i runs',
    async (good, ms, expected) => {
      const { health, clock } = setup();
      let runs = 0;
      health.register('db', () => {
        runs++;
        return good;
      });
      await health.check();
      clock.advance(ms);
      const report = await health.check();
      expect(runs).toBe(expected);
      expect(report.components[0]?.cached).toBe(expected === 1);
    },
  );

  it('serves for the ttlMs of the check instead of the default', async () => {
    const { health, clock } = setup({ defaults: { ttlMs: 10 } });
    let runs = 0;
    health.register(
      'db',
      () => {
        runs++;
      },
      { ttlMs: 100 },
    );
    await health.check();
    clock.advance(99);
    await health.check();
    expect(runs).toBe(1);
    clock.advance(1);
    await health.check();
    expect(runs).toBe(2);
  });

  it('a check that asks for a report itself does not run itself again', async () => {
    const { health, clock } = setup();
    let runs = 0;
    health.register('self', async () => {
      runs++;
      return (await health.check()).status;
    });
    health.register('other', () => true);
    const asked = health.check();
    await clock.advanceAsync(1_000);
    expect(statuses(await asked)).toEqual({ self: 'DEGRADED', other: 'HEALTHY' });
    expect(runs).toBe(1);
  });
});
