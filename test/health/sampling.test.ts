import { describe, expect, it } from 'vitest';
import { held, setup, takes } from './setup.js';

const never = (): Promise<never> => new Promise(() => undefined);

describe('intervalMs', () => {
  it('runs from the registration on, whoever asks or not, and never within register itself', async () => {
    const { health, clock } = setup();
    const ranAtMs: number[] = [];
    health.register('db', () => void ranAtMs.push(clock.now()), { intervalMs: 500 });
    expect(ranAtMs).toEqual([]);
    await clock.advanceAsync(1_499);
    expect(ranAtMs).toEqual([1_000, 1_500, 2_000]);
    await clock.advanceAsync(1);
    expect(ranAtMs).toHaveLength(4);
  });

  it('HLD-4 reports serve the latest sample and start no run', async () => {
    const { health, clock } = setup();
    let runs = 0;
    health.register(
      'db',
      takes(clock, 50, () => {
        runs++;
        return true;
      }),
      { intervalMs: 10_000 },
    );
    await clock.advanceAsync(50);
    for (const ms of [0, 9_000, 950]) {
      clock.advance(ms);
      const [component] = (await health.check()).components;
      expect(component).toMatchObject({ status: 'HEALTHY', cached: true, responseTimeMs: 50 });
    }
    // The next run is going on, and nobody waits for it.
    expect([runs, (await health.check()).components[0]?.ageMs]).toEqual([1, 9_950]);
    await clock.advanceAsync(50);
    expect((await health.check()).components[0]?.ageMs).toBe(0);
    expect(runs).toBe(2);
  });

  it('before the first sample a report joins its run, or starts it', async () => {
    const { health, clock } = setup();
    let runs = 0;
    const call = held();
    health.register(
      'db',
      () => {
        runs++;
        return call.promise;
      },
      { intervalMs: 10_000 },
    );
    const first = health.check();
    await clock.advanceAsync(0);
    const second = health.check();
    call.resolve();
    for (const report of [await first, await second]) {
      expect(report.components[0]).toMatchObject({ status: 'HEALTHY', cached: false });
    }
    expect(runs).toBe(1);
  });

  it('a first sample that a report got is not taken twice', async () => {
    const { health, clock } = setup();
    const ranAtMs: number[] = [];
    health.register('db', () => void ranAtMs.push(clock.now()), { intervalMs: 500 });
    expect((await health.check()).status).toBe('HEALTHY');
    await clock.advanceAsync(500);
    expect(ranAtMs).toEqual([1_000, 1_500]);
  });

  it('HLD-5 one that hangs after a success is not healthy any more, and no second run begins', async () => {
    const { health, clock } = setup();
    let runs = 0;
    health.register('db', () => (++runs === 1 ? true : never()), { intervalMs: 5_000, timeoutMs: 2_000 });
    await clock.advanceAsync(6_999);
    expect((await health.check()).components[0]?.status).toBe('HEALTHY');
    await clock.advanceAsync(1);
    expect((await health.check()).components[0]).toMatchObject({ status: 'DEGRADED', consecutiveFailures: 1 });
    await clock.advanceAsync(3_000);
    expect((await health.check()).components[0]).toMatchObject({
      message: 'timed out and is still running after 5000 ms',
      consecutiveFailures: 2,
    });
    expect(runs).toBe(2);
  });

  it('HLD-5 with a failAfter that would hide it, it is stale after maxAgeMs at the latest', async () => {
    const { health, clock } = setup();
    let runs = 0;
    health.register('db', () => (++runs === 1 ? true : never()), {
      intervalMs: 20_000,
      timeoutMs: 60_000,
      maxAgeMs: 30_000,
      failAfter: 5,
    });
    await clock.advanceAsync(30_000);
    expect(health.snapshot().components[0]?.status).toBe('HEALTHY');
    await clock.advanceAsync(1);
    expect(health.snapshot().components[0]).toMatchObject({
      status: 'DEGRADED',
      message: 'stale: the last result is 30001 ms old',
    });
    // A report wants to know now, waits for the run that hangs, and answers in time.
    const asked = health.check();
    await clock.advanceAsync(800);
    expect((await asked).status).toBe('DEGRADED');
    expect(runs).toBe(2);
  });

  it('HLD-5 when its timer is lost with a clock that was set back, a report runs it', async () => {
    const { health, clock } = setup();
    let runs = 0;
    health.register(
      'db',
      () => {
        runs++;
      },
      { intervalMs: 5_000, maxAgeMs: 6_000 },
    );
    await clock.advanceAsync(0);
    clock.set(-100_000);
    health.snapshot();
    clock.advance(5_999);
    await health.check();
    expect(runs).toBe(1);
    clock.advance(2);
    await health.check();
    expect(runs).toBe(2);
  });

  it('HLD-34 unregistering stops it, aborts its run and leaves no timer', async () => {
    const { health, clock } = setup();
    let signal: AbortSignal | undefined;
    const unregister = health.register(
      'db',
      (context) => {
        signal = context.signal;
        return never();
      },
      { intervalMs: 500 },
    );
    await clock.advanceAsync(0);
    expect(clock.pending).toBe(2);
    unregister();
    expect([signal?.aborted, clock.pending]).toEqual([true, 0]);
  });

  it('HLD-34 no timer of sampling or of a run holds the process: only that of a report that somebody waits for', async () => {
    const { health: _, clock } = setup();
    const holds: [number, boolean][] = [];
    const { health } = setup({
      clock: {
        now: () => clock.now(),
        wallNow: () => clock.wallNow(),
        schedule: (fn, ms, options) => {
          holds.push([ms, options?.hold === true]);
          return clock.schedule(fn, ms);
        },
      },
    });
    health.register('sampled', never, { intervalMs: 500 });
    await clock.advanceAsync(0);
    health.register('asked', never);
    void health.check();
    expect(holds).toEqual([
      [0, false],
      [500, false],
      [2_000, false],
      [2_000, false],
      [800, true],
    ]);
  });
});

describe('stop', () => {
  it('HLD-34 ends sampling, aborts runs, answers who waits, and leaves no timer and no run ever after', async () => {
    const { health, clock } = setup();
    let runs = 0;
    const signals: AbortSignal[] = [];
    const hang = ({ signal }: { signal: AbortSignal }): Promise<never> => {
      runs++;
      signals.push(signal);
      return never();
    };
    const told: unknown[] = [];
    health.on('statusChange', (change) => told.push(change));
    health.register('fine', () => true, { intervalMs: 500 });
    health.register('sampled', hang, { intervalMs: 500 });
    health.register('asked', hang, { critical: true });
    await clock.advanceAsync(10);
    const waiting = health.check();
    health.stop();
    expect((await waiting).components.map(({ status, message }) => [status, message])).toEqual([
      ['HEALTHY', undefined],
      ['DEGRADED', 'pending'],
      ['DEGRADED', 'pending'],
    ]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(clock.pending).toBe(0);
    await clock.advanceAsync(60_000);
    health.register('late', hang, { intervalMs: 500 });
    using _ = health.maintain('over', { check: 'sampled' });
    await clock.advanceAsync(1_000);
    expect((await health.check()).status).toBe('DEGRADED');
    expect([runs, clock.pending, told]).toEqual([2, 0, []]);
  });

  it('is what disposing does, and may come twice', async () => {
    const { health, clock } = setup();
    health.register('db', () => true, { intervalMs: 500 });
    {
      using _ = health;
    }
    health.stop();
    await clock.advanceAsync(10_000);
    expect([clock.pending, (await health.check()).components[0]?.message]).toEqual([0, 'pending']);
  });
});

describe('settings of one check', () => {
  it('HLD-18 failAfter and recoverAfter are those of the check, not of the service', async () => {
    const { health, clock } = setup();
    let answer = true;
    health.register('shaky', () => answer, { critical: true, failAfter: 3, recoverAfter: 2, ttlMs: 0 });
    health.register('strict', () => answer, { ttlMs: 0 });
    const shown: string[] = [];
    for (const now of [true, false, true, false, false, false, true, true]) {
      answer = now;
      clock.advance(1);
      shown.push((await health.check()).components.map(({ status }) => status[0]).join(''));
    }
    expect(shown).toEqual(['HH', 'HU', 'HH', 'HU', 'HU', 'UU', 'UH', 'HH']);
  });

  it('HLD-18 one failure between passes does not flip the whole, and shows in consecutiveFailures', async () => {
    const { health, clock } = setup();
    const answers = [true, false, true];
    health.register('db', () => answers.shift() as boolean, { critical: true, failAfter: 3, ttlMs: 0 });
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      clock.advance(1);
      const { status, components } = await health.check();
      seen.push([status, components[0]?.consecutiveFailures]);
    }
    expect(seen).toEqual([
      ['HEALTHY', 0],
      ['HEALTHY', 1],
      ['HEALTHY', 0],
    ]);
  });

  it('maxAgeMs and onError are those of the check', async () => {
    const { health, clock } = setup();
    health.register('old', () => true, { maxAgeMs: 1_000 });
    health.register('broken', () => Promise.reject(new Error('down')), { onError: 'UNHEALTHY' });
    const report = await health.check();
    expect(report.components.map(({ status }) => status)).toEqual(['HEALTHY', 'UNHEALTHY']);
    clock.advance(1_001);
    expect(health.snapshot().components[0]?.message).toBe('stale: the last result is 1001 ms old');
  });

  it('HLD-32 listeners are told although what fails is the database', async () => {
    const { health, clock } = setup();
    const told: unknown[] = [];
    health.on('statusChange', ({ component, to, message }) => told.push([component, to, message]));
    const database = { query: () => Promise.reject(new Error('connect ECONNREFUSED')) };
    health.register('database', () => database.query(), { critical: true, intervalMs: 1_000 });
    await clock.advanceAsync(0);
    expect(told).toEqual([['database', 'UNHEALTHY', 'failed: connect ECONNREFUSED']]);
    expect(health.history().changes.map(({ component, to }) => [component, to])).toEqual([
      ['database', 'UNHEALTHY'],
      [undefined, 'UNHEALTHY'],
    ]);
  });
});
