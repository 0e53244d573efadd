import { type HealthCheckDefaults, type HealthStatusChange } from 'breakwater/health';
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import type { ComponentEvent, HealthStatus } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

/** A service whose only check, critical, answers what the test says next. */
function one(defaults: HealthCheckDefaults = {}) {
  const made = setup({ defaults: { ttlMs: 0, ...defaults } });
  let next: HealthStatus = 'HEALTHY';
  made.health.register('db', () => next, { critical: true });
  const changes: HealthStatusChange[] = [];
  made.health.on('statusChange', (change) => changes.push(change));
  const run = async (status: HealthStatus) => {
    next = status;
    const report = await made.health.check();
    return report.components[0]?.status;
  };
  const runAll = async (answers: readonly HealthStatus[]) => {
    const shown = [];
    for (const answer of answers) shown.push(await run(answer));
    return shown;
  };
  return { ...made, changes, run, runAll };
}

const [H, D, U] = ['HEALTHY', 'DEGRADED', 'UNHEALTHY'] as const;

describe('failAfter and recoverAfter', () => {
  it('HLD-18 with failAfter 3 one failure between passes flips nothing and is counted', async () => {
    const { health, run, changes } = one({ failAfter: 3 });
    await run(H);
    expect(await run(U)).toBe(H);
    expect(health.snapshot()).toMatchObject({ status: H, components: [{ consecutiveFailures: 1 }] });
    expect(await run(H)).toBe(H);
    expect(health.snapshot().components[0]?.consecutiveFailures).toBe(0);
    expect(changes).toEqual([]);
  });

  it.each([
    ['falls at the third in a row, not the second', { failAfter: 3 }, [H, U, U, U], [H, H, H, U]],
    ['a pass starts the count anew', { failAfter: 2 }, [H, U, H, U, U], [H, H, H, H, U]],
    ['falls to the mildest of them', { failAfter: 2 }, [H, U, D, U, U], [H, H, D, D, U]],
    ['one timeout more does not turn DEGRADED to UNHEALTHY', { failAfter: 2 }, [D, U, D, U], [D, D, D, D]],
    ['rises at the second in a row', { recoverAfter: 2 }, [U, H, H], [U, U, H]],
    ['rises to the worst of them', { recoverAfter: 2 }, [U, H, D, H, H], [U, U, D, D, H]],
    ['worse and better by turns move nothing', { failAfter: 2, recoverAfter: 2 }, [D, U, H, U, H], [D, D, D, D, D]],
    ['falls at once by default', {}, [H, U, H, D], [H, U, H, D]],
    ['a first failure is shown at once: nothing good is known', { failAfter: 5 }, [U, U], [U, U]],
    ['a first success is shown at once', { recoverAfter: 5 }, [H], [H]],
  ] as const)('HLD-18 %s', async (_, defaults, answers, shown) => {
    expect(await one(defaults).runAll(answers)).toEqual(shown);
  });

  it('HLD-18 a status too old to be known does not shield the next failure', async () => {
    const { run, clock } = one({ failAfter: 3 });
    await run(H);
    clock.advance(30_001);
    expect(await run(U)).toBe(U);
  });
});

describe('statusChange', () => {
  it('tells changes only, after the fact, with names and reason', async () => {
    const { health, changes, runAll } = one();
    const seen: unknown[] = [];
    health.on('statusChange', () => seen.push(health.snapshot().status));
    await runAll([H, H, U, U, D, H]);
    expect(changes).toEqual([
      { service: 'default', component: 'db', from: H, to: U, critical: true },
      { service: 'default', component: 'db', from: U, to: D, critical: true },
      { service: 'default', component: 'db', from: D, to: H, critical: true },
    ]);
    expect(seen).toEqual([U, D, H]);
  });

  it('a first result is a change when it is not HEALTHY', async () => {
    const { changes, run } = one();
    await run(U);
    expect(changes).toEqual([{ service: 'default', component: 'db', to: U, critical: true }]);
  });

  it('a hung check is told at its timeout, without anybody asking again', async () => {
    const { health, clock } = setup();
    const changes: HealthStatusChange[] = [];
    health.on('statusChange', (change) => changes.push(change));
    health.register('hung', () => new Promise<never>(() => undefined));
    const asked = health.check();
    await clock.advanceAsync(800);
    await asked;
    expect(changes).toEqual([]);
    await clock.advanceAsync(1_200);
    expect(changes).toMatchObject([{ component: 'hung', to: 'DEGRADED', message: 'timed out after 2000 ms' }]);
  });

  it('a watched component is told when a report finds it changed', async () => {
    const { health, clock } = setup();
    const changes: HealthStatusChange[] = [];
    health.on('statusChange', (change) => changes.push(change));
    const breaker = new CircuitBreaker({ clock });
    health.watch(breaker);
    await health.check();
    using _ = breaker.isolate('deploy');
    health.snapshot();
    expect(changes).toEqual([]);
    await health.check();
    expect(changes).toMatchObject([
      { component: 'circuit-breaker:default', from: 'HEALTHY', to: 'DEGRADED', message: 'circuit is ISOLATED: deploy' },
    ]);
  });

  it('subscribe hears the same as plain JSON with a level, until it is stopped', async () => {
    const { health, runAll } = one();
    const events: ComponentEvent[] = [];
    const stop = health.subscribe((event) => events.push(event));
    await runAll([H, D, U, H]);
    stop();
    await runAll([U]);
    expect(events.map(({ type, level, data }) => [type, level, (data as HealthStatusChange).to])).toEqual([
      ['statusChange', 'warn', D],
      ['statusChange', 'error', U],
      ['statusChange', 'info', H],
    ]);
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });

  it('a listener that throws is reported and reaches no report', async () => {
    const { health, reported, run } = one();
    health.on('statusChange', () => {
      throw new Error('listener');
    });
    expect(await run(U)).toBe(U);
    await Promise.resolve();
    expect(reported).toMatchObject([{ message: 'listener' }]);
  });

  it('health() and snapshot() say what is known and run nothing', async () => {
    const { health, run } = one();
    expect(health.health()).toEqual({ status: D, message: 'db is DEGRADED' });
    expect(health.snapshot()).toMatchObject({
      version: 1,
      name: 'default',
      status: D,
      components: [{ message: 'pending' }],
    });
    await run(U);
    expect(health.health()).toEqual({ status: U, message: 'db is UNHEALTHY' });
    await run(H);
    expect(health.health()).toEqual({ status: H });
    const snapshot = health.snapshot();
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });
});
