import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { databaseCheck, HealthCheckService } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { takes } from '../setup.js';

async function answer(ms: number, then: () => unknown = () => [{ one: 1 }], healthyBelowMs?: number) {
  const clock = new ManualClock();
  const check = databaseCheck(takes(clock, ms, then), { clock, healthyBelowMs });
  const health = new HealthCheckService({ clock });
  health.register('database', check, { critical: true });
  const asked = health.check();
  await clock.advanceAsync(ms);
  return (await asked).components[0];
}

describe('databaseCheck', () => {
  it.each([
    [0, 'HEALTHY'],
    [99, 'HEALTHY'],
    [99.999, 'HEALTHY'],
    [100, 'DEGRADED'],
    [700, 'DEGRADED'],
  ])('HLD-26 a query of %d ms is %s', async (ms, status) => {
    expect(await answer(ms)).toMatchObject({ status, responseTimeMs: ms, critical: true });
  });

  it('HLD-26 says what it took; another limit moves the boundary', async () => {
    expect((await answer(100))?.message).toBe('query took 100 ms; healthy is below 100 ms');
    expect((await answer(19, undefined, 20))?.status).toBe('HEALTHY');
    expect((await answer(20, undefined, 20))?.status).toBe('DEGRADED');
  });

  it('HLD-26 measures monotonic time', async () => {
    const clock = new ManualClock();
    const check = databaseCheck(
      takes(clock, 50, () => undefined),
      { clock },
    );
    const running = check({ signal: new AbortController().signal });
    clock.stepWall(3_600_000);
    await clock.advanceAsync(50);
    expect(await running).toEqual({ status: 'HEALTHY' });
  });

  it('HLD-7 a failing query is UNHEALTHY, its reason redacted', async () => {
    const failing = await answer(5, () => {
      throw new Error('no route to postgres://app:pa55w0rd@db/x');
    });
    expect(failing).toMatchObject({
      status: 'UNHEALTHY',
      message: 'query failed: no route to postgres://[secret]@db/x',
    });
  });

  it('a query that throws at once is UNHEALTHY too', async () => {
    const check = databaseCheck(() => {
      throw new Error('no pool');
    });
    expect(await check({ signal: new AbortController().signal })).toMatchObject({ status: 'UNHEALTHY' });
  });

  it('what the query answers does not matter, and it gets the signal', async () => {
    const { signal } = new AbortController();
    let got: unknown;
    const check = databaseCheck((context) => {
      got = context.signal;
      return false;
    });
    expect((await check({ signal })).status).toBe('HEALTHY');
    expect(got).toBe(signal);
  });

  it('HLD-1 a query that hangs times out: UNHEALTHY when critical', async () => {
    const clock = new ManualClock();
    const health = new HealthCheckService({ clock });
    health.register(
      'database',
      databaseCheck(() => new Promise(() => undefined), { clock }),
      { critical: true, timeoutMs: 500 },
    );
    const asked = health.readiness();
    await clock.advanceAsync(500);
    expect(await asked).toMatchObject({ status: 'UNHEALTHY', components: [{ message: 'timed out after 500 ms' }] });
  });

  it('refuses what cannot work', () => {
    expect(() => databaseCheck('select 1' as never)).toThrow(InvalidArgumentError);
    expect(() => databaseCheck(() => 1, { healthyBelowMs: 0 })).toThrow(InvalidOptionsError);
    expect(() => databaseCheck(() => 1, { healthyBelow: 5 } as never)).toThrow(/did you mean healthyBelowMs/);
  });
});
