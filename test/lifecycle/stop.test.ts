import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { isBreakwaterError } from 'breakwater/core';
import { ApplicationLifecycle } from 'breakwater/lifecycle';
import { describe, expect, it } from 'vitest';
import { held, passedUntil, setup, stepsOf, turns } from './setup.js';

describe('a stop', () => {
  it('HLD-45 ends with exit code 0 when nothing failed, once, whoever asks', async () => {
    const { lifecycle, exits } = setup();
    await lifecycle.start();
    const stop = lifecycle.stop('deploy');
    expect([lifecycle.phase, lifecycle.stop('again') === stop]).toEqual(['DRAINING', true]);
    const report = await stop;
    expect(report).toMatchObject({ reason: 'deploy', ok: true, exitCode: 0, unfinished: [], steps: [] });
    expect([exits, lifecycle.phase]).toEqual([[0], 'STOPPED']);
  });

  it('HLD-46 runs hooks phase by phase, the last registered first, one after the other', async () => {
    const { lifecycle, clock, exits } = setup();
    const order: string[] = [];
    const hook = (name: string) => async () => {
      order.push(name);
      await new Promise<void>((resolve) => clock.schedule(resolve, 10));
      order.push(`${name} done`);
    };
    lifecycle.onStop('telemetry', 'traces', hook('traces'));
    lifecycle.onStop('resources', 'database', hook('database'));
    lifecycle.onStop('resources', 'cache', hook('cache'));
    lifecycle.onStop('ingress', 'consumer', hook('consumer'));
    lifecycle.onStop('work', 'jobs', hook('jobs'));
    await lifecycle.start();
    const stop = lifecycle.stop();
    expect(await passedUntil(clock, stop)).toBe(50);
    const names = ['consumer', 'jobs', 'cache', 'database', 'traces'];
    expect(order).toEqual(names.flatMap((name) => [name, `${name} done`]));
    expect(stepsOf((await stop).steps)).toEqual(names.map((name) => `stop ${name}`));
    expect(exits).toEqual([0]);
  });

  it('HLD-47 runs the other hooks when one throws and one hangs, reports both, and exits with 1', async () => {
    const { lifecycle, clock, exits, lines } = setup();
    let reason: unknown;
    let last = false;
    lifecycle.onStop('telemetry', 'last', () => {
      last = true;
    });
    lifecycle.onStop('resources', 'hangs', ({ signal }) => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
      return new Promise(() => undefined);
    });
    lifecycle.onStop('work', 'throws', () => {
      throw new Error('broken: password=hunter22');
    });
    await lifecycle.start();
    const stop = lifecycle.stop();
    expect(await passedUntil(clock, stop)).toBe(5_000);
    const report = await stop;
    expect(stepsOf(report.steps)).toEqual(['stop throws FAILED', 'stop hangs TIMED_OUT', 'stop last']);
    expect(report.steps[0]?.message).toBe('broken: password=[secret]');
    expect(report.steps[1]?.message).toBe('took longer than 5000 ms');
    expect([last, exits, report.ok]).toEqual([true, [1], false]);
    expect(isBreakwaterError(reason, 'BREAKWATER_STEP_TIMEOUT')).toBe(true);
    expect(lines.filter(({ type }) => type === 'ERROR_EVENT').map(({ message }) => message)).toEqual([
      'stop: stop throws',
      'stop: stop hangs',
      expect.stringContaining('not everything stopped: stop() was called; stop throws: broken'),
    ]);
  });

  it('HLD-47 leaves each hook a share of the budget, however greedy those before it are', async () => {
    const { lifecycle, clock, exits } = setup({ budgetMs: 2_000 });
    const ran: string[] = [];
    for (let i = 0; i < 6; i++) {
      lifecycle.onStop('work', `greedy ${String(i)}`, () => {
        ran.push(String(i));
        return new Promise(() => undefined);
      });
    }
    await lifecycle.start();
    const stop = lifecycle.stop();
    expect(await passedUntil(clock, stop)).toBeLessThanOrEqual(2_000);
    expect([ran, exits]).toEqual([['5', '4', '3', '2', '1', '0'], [1]]);
  });

  it('waits for tracked work after the ingress is closed, and before the rest', async () => {
    const { lifecycle, clock } = setup();
    const order: string[] = [];
    const job = lifecycle.track('import of customers');
    lifecycle.onStop('ingress', 'consumer', () => {
      // A last message that was being delivered.
      const late = lifecycle.track();
      clock.schedule(() => {
        order.push('late job');
        late.done();
        late.done();
      }, 300);
      order.push('consumer');
    });
    lifecycle.onStop('work', 'jobs', () => void order.push('jobs'));
    await lifecycle.start();
    clock.schedule(() => {
      order.push('job');
      job.done();
    }, 100);
    expect(lifecycle.report().trackedWork).toBe(1);
    const stop = lifecycle.stop();
    expect(await passedUntil(clock, stop)).toBe(300);
    expect(order).toEqual(['consumer', 'job', 'late job', 'jobs']);
    expect(await stop).toMatchObject({ ok: true, trackedWork: 1 });
  });

  it('HLD-40 cuts off work that does not end, names it, keeps time for the hooks, and exits with 1', async () => {
    const { lifecycle, clock, exits } = setup({ budgetMs: 10_000 });
    lifecycle.track('import of token=abcdef123456');
    let closed = false;
    lifecycle.onStop('resources', 'database', () => {
      closed = true;
    });
    await lifecycle.start();
    const stop = lifecycle.stop();
    expect(await passedUntil(clock, stop)).toBe(8_000);
    const report = await stop;
    expect(report.unfinished).toEqual([{ what: 'import of token=[secret]', ageMs: 8_000 }]);
    expect(stepsOf(report.steps)).toEqual(['tracked work TIMED_OUT', 'stop database']);
    expect([closed, exits]).toEqual([true, [1]]);
  });

  it('HLD-35 waits out a drain delay that was asked for, and none when it never was ready', async () => {
    const ready = setup({ drainDelayMs: 1_000 });
    await ready.lifecycle.start();
    const stop = ready.lifecycle.stop();
    expect(await passedUntil(ready.clock, stop)).toBe(1_000);
    expect(stepsOf((await stop).steps)).toEqual(['drain while accepting']);
    const never = setup({ drainDelayMs: 1_000 });
    expect(await passedUntil(never.clock, never.lifecycle.stop())).toBe(0);
  });

  it('HLD-54 gives up a start: only what was started is stopped, in reverse, and start() rejects', async () => {
    const { lifecycle, clock, exits } = setup();
    const stopped: string[] = [];
    const takes = held();
    lifecycle.onStart('database', () => undefined);
    lifecycle.onStart('cache', ({ signal }) => {
      signal.addEventListener('abort', () => {
        takes.reject(new Error('given up'));
      });
      return takes.promise;
    });
    lifecycle.onStart('queue', () => undefined);
    for (const name of ['database', 'cache', 'queue']) {
      lifecycle.onStop('resources', name, () => void stopped.push(name));
    }
    const start = lifecycle.start();
    await clock.advanceAsync(50);
    const stop = lifecycle.stop('SIGTERM');
    expect(lifecycle.phase).toBe('DRAINING');
    await expect(start).rejects.toMatchObject({ code: 'BREAKWATER_START_FAILED', step: 'start cache' });
    expect([stopped, (await stop).ok, exits]).toEqual([['database'], true, [0]]);
    expect(lifecycle.phase).toBe('STOPPED');
  });

  it('HLD-17 never becomes ready again, also when the start ends just now', async () => {
    const { lifecycle } = setup();
    const phases: string[] = [];
    lifecycle.on('phaseChange', ({ from, to }) => phases.push(`${from} ${to}`));
    lifecycle.onStart('a', () => void lifecycle.stop());
    await expect(lifecycle.start()).rejects.toMatchObject({ code: 'BREAKWATER_START_FAILED' });
    expect([phases, lifecycle.phase]).toEqual([['STARTING DRAINING', 'DRAINING STOPPED'], 'STOPPED']);
  });

  it('HLD-16 says so before anything else is done', async () => {
    const { lifecycle } = setup();
    const seen: string[] = [];
    lifecycle.onStop('ingress', 'first', () => void seen.push(lifecycle.phase));
    lifecycle.signal.addEventListener('abort', () => seen.push(`signal ${lifecycle.phase}`));
    await lifecycle.start();
    expect(lifecycle.signal.aborted).toBe(false);
    void lifecycle.stop();
    expect(lifecycle.phase).toBe('DRAINING');
    await turns();
    expect(seen).toEqual(['signal DRAINING', 'DRAINING']);
  });

  it('is one stop and one start, also for those who ask again from within', async () => {
    const { lifecycle, exits } = setup({
      deployment: {
        runAllChecks: () => {
          void lifecycle.start();
          return { allPass: true };
        },
      },
    });
    let runs = 0;
    const count = (): void => {
      runs++;
    };
    lifecycle.onStart('part', count);
    lifecycle.onStop('work', 'part', count);
    lifecycle.on('phaseChange', ({ to }) => {
      if (to === 'DRAINING') void lifecycle.stop('from a listener');
    });
    lifecycle.signal.addEventListener('abort', () => void lifecycle.stop('from the signal'));
    await lifecycle.start();
    const report = await lifecycle.stop('first');
    expect([report.reason, runs, exits]).toEqual(['first', 2, [0]]);
  });

  it('writes the state of the parts first', async () => {
    const breaker = new CircuitBreaker({ name: 'rates' });
    breaker.isolate('maintenance');
    const broken = {
      kind: 'own',
      name: 'broken',
      snapshot: () => {
        throw new Error('unreadable');
      },
      subscribe: () => () => undefined,
    };
    const { lifecycle, lines } = setup({ components: [breaker, broken] });
    await lifecycle.start();
    lines.length = 0;
    await lifecycle.stop('deploy');
    expect(lines[0]).toMatchObject({
      type: 'SYSTEM_EVENT',
      message: 'stopping',
      fields: {
        lifecycle: 'default',
        reason: 'deploy',
        requestsInFlight: 0,
        trackedWork: 0,
        components: [
          { kind: 'circuit-breaker', name: 'rates', state: 'ISOLATED' },
          { kind: 'own', name: 'broken', message: 'cannot be read: unreadable' },
        ],
      },
    });
    expect(lines.at(-1)?.message).toBe('stopped');
  });

  it('waits for the logger, but not for ever, and a logger that throws stops nothing', async () => {
    const flushed = held();
    const patient = setup({ logger: { event: () => undefined, flush: () => flushed.promise } });
    await patient.lifecycle.start();
    const stop = patient.lifecycle.stop();
    await patient.clock.advanceAsync(100);
    expect(patient.exits).toEqual([]);
    flushed.resolve();
    await stop;
    expect(patient.exits).toEqual([0]);
    const hanging = setup({ logger: { event: () => undefined, flush: () => new Promise(() => undefined) } });
    await hanging.lifecycle.start();
    expect(await passedUntil(hanging.clock, hanging.lifecycle.stop())).toBe(500);
    const throwing = setup({
      logger: {
        event: () => {
          throw new Error('disk full');
        },
      },
    });
    await throwing.lifecycle.start();
    await throwing.lifecycle.stop();
    expect(throwing.exits).toEqual([0]);
    expect(throwing.reported.length).toBe(1);
  });

  it('says without a logger what went wrong, once and without secrets', async () => {
    const { lifecycle, reported } = setup({ logger: undefined });
    lifecycle.onStop('work', 'bad', () => {
      throw new Error('no access with token=abcdef123456');
    });
    await lifecycle.start();
    await lifecycle.stop();
    expect(reported.map((error) => (error as { code?: string }).code)).toEqual(['BREAKWATER_W_STOP_NOT_CLEAN']);
    expect(String(reported[0])).toContain('stop bad: no access with token=[secret]');
  });

  it('warns when stop hooks ask for more than there is', async () => {
    const { lifecycle, reported } = setup({ budgetMs: 5_000, drainDelayMs: 1_000 });
    lifecycle.onStop('work', 'a', () => undefined, { timeoutMs: 3_000 });
    lifecycle.onStop('work', 'b', () => undefined, { timeoutMs: 1_001 });
    await lifecycle.start();
    await turns(1);
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_HOOK_BUDGET' }]);
  });

  it('takes the answer of an exit that throws for nothing of its own', async () => {
    const { lifecycle } = setup({
      exit: () => {
        throw new Error('not here');
      },
    });
    await lifecycle.start();
    await expect(lifecycle.stop()).resolves.toMatchObject({ ok: true });
  });

  it('HLD-50 leaves the process to another lifecycle that ends it in the same way, and the last takes the worst code', async () => {
    const exits: number[] = [];
    const exit = (code: number): number => exits.push(code);
    const [a, b] = [setup({ name: 'a', exit }), setup({ name: 'b', exit })];
    a.lifecycle.onStop('work', 'bad', () => {
      throw new Error('bad');
    });
    await Promise.all([a.lifecycle.start(), b.lifecycle.start()]);
    await a.lifecycle.stop();
    expect([exits, b.lifecycle.phase]).toEqual([[], 'READY']);
    expect(a.lines.at(-1)?.message).toBe('the process is left to the other lifecycles');
    await b.lifecycle.stop();
    expect(exits).toEqual([1]);
  });

  it('has a report that is plain JSON at any time', async () => {
    const { lifecycle } = setup();
    const again = (): unknown => JSON.parse(JSON.stringify(lifecycle.report()));
    expect(again()).toEqual({ version: 1, name: 'default', phase: 'STARTING', requestsInFlight: 0, trackedWork: 0 });
    await lifecycle.start();
    expect(again()).toEqual(lifecycle.report());
    await lifecycle.stop();
    expect(again()).toEqual(lifecycle.report());
    expect(lifecycle.snapshot()).toEqual(lifecycle.report());
    expect(new ApplicationLifecycle().report().stop).toBeUndefined();
  });
});
