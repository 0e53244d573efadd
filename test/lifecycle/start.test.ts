import { HealthStatus, isBreakwaterError } from 'breakwater/core';
import { HealthCheckService } from 'breakwater/health';
import { StartFailedError } from 'breakwater/lifecycle';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { held, passedUntil, setup, stepsOf, turns } from './setup.js';

const PASS = { runAllChecks: () => Promise.resolve({ allPass: true, results: [] }) };

async function failure(start: Promise<unknown>): Promise<StartFailedError> {
  const error = await start.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(isBreakwaterError(error, 'BREAKWATER_START_FAILED')).toBe(true);
  if (error instanceof StartFailedError) return error;
  throw new Error(`not a failed start: ${String(error)}`);
}

describe('a start', () => {
  it('runs checks, verdict, hooks and health in this order, times each, logs each, and is ready last', async () => {
    const order: string[] = [];
    const { lifecycle, clock, lines, exits } = setup({
      deployment: {
        runAllChecks: async () => {
          order.push('checks');
          await new Promise<void>((resolve) => clock.schedule(resolve, 30));
          return { allPass: true };
        },
      },
      health: {
        startup: () => {
          order.push('health');
          return { status: HealthStatus.HEALTHY };
        },
      },
    });
    lifecycle.onStart('database', () => void order.push('database'));
    lifecycle.onStart('cache', () => void order.push('cache'));
    expect([lifecycle.phase, lifecycle.health()]).toEqual(['STARTING', { status: 'UNHEALTHY', message: 'starting' }]);
    const start = lifecycle.start();
    await passedUntil(clock, start);
    const report = await start;
    expect(order).toEqual(['checks', 'database', 'cache', 'health']);
    expect(stepsOf(report.steps)).toEqual([
      'deployment checks',
      'verdict',
      'start database',
      'start cache',
      'health initialised',
      'health confirmed',
      'ready',
    ]);
    expect(report.steps[0]).toEqual({ name: 'deployment checks', status: 'DONE', atMs: 0, durationMs: 30 });
    expect(report).toMatchObject({ ok: true, durationMs: 30, startedAt: 1_700_000_000_000 });
    expect(lines.map(({ message }) => message)).toEqual([
      'starting',
      ...report.steps.map(({ name }) => `start: ${name}`),
    ]);
    expect([lifecycle.phase, lifecycle.health(), exits]).toEqual(['READY', { status: 'HEALTHY' }, []]);
    expect(lifecycle.start()).toBe(start);
  });

  it('HLD-45 does not go on when the verdict is no, names what failed, and exits with 1', async () => {
    const { lifecycle, exits, lines } = setup({
      deployment: {
        runAllChecks: () => ({
          allPass: false,
          results: [
            { id: 'env', status: 'FAIL', message: 'DATABASE_URL is missing' },
            { id: 'files', status: 'PASS', message: 'all there' },
          ],
        }),
      },
    });
    let started = false;
    lifecycle.onStart('database', () => {
      started = true;
    });
    const error = await failure(lifecycle.start());
    expect([error.step, error.message]).toEqual([
      'verdict',
      'the start failed at verdict: failed: env (DATABASE_URL is missing)',
    ]);
    expect([started, exits, lifecycle.phase]).toEqual([false, [1], 'STOPPED']);
    expect(error.report.stop).toMatchObject({ reason: 'start failed', exitCode: 1, ok: false });
    expect(lines.find(({ type }) => type === 'ERROR_EVENT')?.message).toBe('start: verdict');
  });

  it.each([
    [[null, 3, 'x', { status: 'FAIL' }], 'failed: one without a name'],
    ['none', 'the deployment checks did not pass'],
    [undefined, 'the deployment checks did not pass'],
  ])('bears results that are none: %o', async (results, message) => {
    const { lifecycle, exits } = setup({ deployment: { runAllChecks: () => ({ allPass: false, results }) as never } });
    expect((await failure(lifecycle.start())).message).toBe(`the start failed at verdict: ${message}`);
    expect(exits).toEqual([1]);
  });

  it('HLD-58 does not go on when a result fails, whatever the verdict says', async () => {
    const results = [
      { id: 'env', status: 'PASS' },
      { id: 'files', status: 'FAIL', message: 'gone' },
    ];
    const { lifecycle, exits } = setup({ deployment: { runAllChecks: () => ({ allPass: true, results }) } });
    expect((await failure(lifecycle.start())).message).toBe('the start failed at verdict: failed: files (gone)');
    expect(exits).toEqual([1]);
  });

  it('HLD-57 says that the deployment checks hang', async () => {
    const hang = { runAllChecks: () => new Promise<never>(() => undefined) };
    const { lifecycle, clock, exits } = setup({ deployment: hang, startTimeoutMs: 100 });
    const start = lifecycle.start();
    await passedUntil(clock, start);
    expect((await failure(start)).message).toBe(
      'the start failed at deployment checks: took longer than 100 ms; runAllChecks() has not answered',
    );
    expect(exits).toEqual([1]);
  });

  it('bears answers that cannot be looked at', async () => {
    const verdict = {
      get allPass(): boolean {
        throw new Error('not now');
      },
    };
    const { lifecycle } = setup({ deployment: { runAllChecks: () => verdict } });
    expect((await failure(lifecycle.start())).message).toMatch(/deployment checks: its answer cannot be read: not now/);
    const health = { startup: () => ({ status: HealthStatus.UNHEALTHY, components: [null, {}] }) as never };
    const ailing = setup({ health, startTimeoutMs: 100 });
    const start = ailing.lifecycle.start();
    await passedUntil(ailing.clock, start);
    expect((await failure(start)).message).toMatch(/took longer than 100 ms; UNHEALTHY/);
  });

  it('HLD-13 is not confirmed by a critical check of which nothing is known yet', async () => {
    const clock = new ManualClock();
    const health = new HealthCheckService({ clock, reportTimeoutMs: 100, defaults: { timeoutMs: 900 } });
    health.register('database', () => new Promise<void>((resolve) => clock.schedule(resolve, 700)), { critical: true });
    const { lifecycle } = setup({ clock, health });
    const start = lifecycle.start();
    expect(await passedUntil(clock, start)).toBeGreaterThanOrEqual(700);
    expect((await start).ok).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['a word', 'PASS'],
    ['no verdict', { results: [] }],
    ['a verdict that is text', { allPass: 'yes' }],
  ])('takes %s for no verdict', async (_, answer) => {
    const { lifecycle, exits } = setup({ deployment: { runAllChecks: () => answer as never } });
    expect((await failure(lifecycle.start())).step).toBe('deployment checks');
    expect(exits).toEqual([1]);
  });

  it('HLD-45 HLD-54 stops what was started, and only that, in reverse, when a hook fails', async () => {
    const { lifecycle, exits } = setup({ deployment: PASS });
    const stopped: string[] = [];
    for (const name of ['database', 'cache', 'queue']) {
      lifecycle.onStart(name, () => {
        if (name === 'queue') throw new Error('no queue at amqp://user:secret-word@host/');
      });
      lifecycle.onStop('resources', name, () => void stopped.push(name));
    }
    lifecycle.onStop('telemetry', 'traces', () => void stopped.push('traces'));
    const error = await failure(lifecycle.start());
    expect(stopped).toEqual(['cache', 'database', 'traces']);
    expect(stepsOf(error.report.stop?.steps)).toEqual([
      'stop queue SKIPPED',
      'stop cache',
      'stop database',
      'stop traces',
    ]);
    expect(JSON.stringify(error.report)).not.toContain('secret-word');
    expect(error.message).not.toContain('secret-word');
    expect(error.cause).toBeInstanceOf(Error);
    expect(exits).toEqual([1]);
  });

  it('gives up a hook that takes too long, and tells it', async () => {
    const { lifecycle, clock, exits } = setup();
    let reason: unknown;
    lifecycle.onStart(
      'slow',
      ({ signal }) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
        });
        return new Promise(() => undefined);
      },
      { timeoutMs: 300 },
    );
    const start = lifecycle.start();
    expect(await passedUntil(clock, start)).toBe(300);
    expect((await failure(start)).message).toBe('the start failed at start slow: took longer than 300 ms');
    expect(isBreakwaterError(reason, 'BREAKWATER_STEP_TIMEOUT')).toBe(true);
    expect(exits).toEqual([1]);
  });

  it('is bounded as a whole', async () => {
    const { lifecycle, clock } = setup({ startTimeoutMs: 2_000, hookTimeoutMs: 100 });
    lifecycle.onStart('a', () => new Promise<void>((resolve) => clock.schedule(resolve, 1_500)));
    lifecycle.onStart('b', () => new Promise(() => undefined));
    const start = lifecycle.start();
    expect(await passedUntil(clock, start)).toBe(2_000);
    expect((await failure(start)).step).toBe('start b');
  });

  it('runs hooks that do not need each other at the same time', async () => {
    const { lifecycle, clock } = setup();
    const takes = (ms: number) => () => new Promise<void>((resolve) => clock.schedule(resolve, ms));
    lifecycle.onStart('a', takes(100));
    lifecycle.onStart('b', takes(100), { needs: [] });
    lifecycle.onStart('c', takes(50), { needs: ['a', 'b'] });
    const start = lifecycle.start();
    expect(await passedUntil(clock, start)).toBe(150);
    expect(stepsOf((await start).steps)).toEqual(['start a', 'start b', 'start c', 'ready']);
  });

  it('gives up the hooks that still run when another fails, and waits for them to end in order', async () => {
    const { lifecycle, clock } = setup({ hookTimeoutMs: 1_000 });
    const stopped: string[] = [];
    lifecycle.onStart('slow', ({ signal }) => {
      return new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => clock.schedule(resolve, 200));
      });
    });
    lifecycle.onStart('deaf', () => new Promise(() => undefined), { needs: [] });
    lifecycle.onStart(
      'bad',
      () => {
        throw new Error('bad');
      },
      { needs: [] },
    );
    for (const name of ['slow', 'deaf', 'bad']) lifecycle.onStop('resources', name, () => void stopped.push(name));
    const start = lifecycle.start();
    expect(await passedUntil(clock, start)).toBe(1_000);
    const error = await failure(start);
    expect([error.step, stopped]).toEqual(['start bad', ['slow']]);
  });

  it('refuses hooks that wait for each other before anything has begun', async () => {
    const { lifecycle, exits } = setup({ deployment: PASS });
    lifecycle.onStart('a', () => undefined, { needs: ['b'] });
    lifecycle.onStart('b', () => undefined, { needs: ['a'] });
    await expect(lifecycle.start()).rejects.toThrow("start: 'a', 'b' wait for each other");
    expect([exits, lifecycle.phase, lifecycle.report().start]).toEqual([[], 'STARTING', undefined]);
  });

  it('refuses start hooks that come too late, and a start after a stop', async () => {
    const { lifecycle } = setup();
    await lifecycle.start();
    expect(() => lifecycle.onStart('late', () => undefined)).toThrow(/too late, the start has begun/);
    await lifecycle.stop();
    expect(() => lifecycle.onStop('work', 'late', () => undefined)).toThrow(/too late, the stop has begun/);
    expect(() => lifecycle.attach({} as never)).toThrow(/too late/);
    const other = setup().lifecycle;
    await other.stop();
    await expect(other.start()).rejects.toThrow(/stopped already/);
  });
});

describe('health during a start', () => {
  it('HLD-13 HLD-15 is not ready while the start is unfinished, but live', async () => {
    const gate = held();
    const clock = new ManualClock();
    const health = new HealthCheckService({ clock });
    const started = setup({ clock, health });
    started.lifecycle.onStart('slow', () => gate.promise);
    const start = started.lifecycle.start();
    await clock.advanceAsync(0);
    expect((await health.readiness()).status).toBe('UNHEALTHY');
    expect((await health.readiness()).components.at(-1)?.message).toBe('starting');
    expect((await health.liveness()).status).toBe('HEALTHY');
    gate.resolve();
    await start;
    expect((await health.readiness()).status).toBe('HEALTHY');
    await started.lifecycle.stop();
    expect((await health.readiness()).status).toBe('UNHEALTHY');
    expect((await health.liveness()).status).toBe('HEALTHY');
  });

  it('HLD-13 waits until what is critical is well, and asks again meanwhile', async () => {
    let asked = 0;
    const { lifecycle, clock } = setup({
      health: {
        startup: () => ({ status: ++asked < 4 ? HealthStatus.UNHEALTHY : HealthStatus.DEGRADED }),
      },
    });
    const start = lifecycle.start();
    expect(await passedUntil(clock, start)).toBe(1_500);
    expect([asked, (await start).ok]).toEqual([4, true]);
  });

  it('fails when that never comes, and says what ails', async () => {
    const { lifecycle, clock, exits } = setup({
      startTimeoutMs: 1_200,
      health: {
        startup: () => ({
          status: HealthStatus.UNHEALTHY,
          components: [{ name: 'database', status: HealthStatus.UNHEALTHY, message: 'query failed' }],
        }),
      },
    });
    const start = lifecycle.start();
    await passedUntil(clock, start);
    expect((await failure(start)).message).toMatch(/health confirmed: .*UNHEALTHY: database \(query failed\)/);
    expect(exits).toEqual([1]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('broken'))],
    ['answers nonsense', () => ({ status: 'FINE' }) as never],
    ['answers nothing', () => undefined as never],
  ])('fails when a health service %s', async (_, startup) => {
    const { lifecycle, exits } = setup({ health: { startup } });
    expect((await failure(lifecycle.start())).step).toBe('health initialised');
    await turns();
    expect(exits).toEqual([1]);
  });
});
