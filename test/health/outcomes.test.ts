import { type HealthCheck, HealthCheckService } from 'breakwater/health';
import { registerSecret } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { setup, statuses, takes, WALL_START } from './setup.js';

async function found(check: HealthCheck, options = {}) {
  const { health } = setup();
  health.register('one', check, options);
  const report = await health.check();
  return { overall: report.status, one: report.components[0] };
}

const as = (value: unknown): HealthCheck => (() => value) as HealthCheck;

describe('what a check may answer', () => {
  it.each([
    ['nothing', undefined, 'HEALTHY'],
    ['true', true, 'HEALTHY'],
    ['false', false, 'UNHEALTHY'],
    ['a status', 'DEGRADED', 'DEGRADED'],
    ['a finding', { status: 'UNHEALTHY' }, 'UNHEALTHY'],
    ['a promise of one', Promise.resolve('UNHEALTHY'), 'UNHEALTHY'],
  ])('HLD-9 %s', async (_, value, status) => {
    expect((await found(as(value))).one?.status).toBe(status);
  });

  it.each([
    ['an unknown status', 'down'],
    ['a status in lower case', 'healthy'],
    ['a number', 1],
    ['null', null],
    ['an object without status', { up: true }],
    ['a finding with an unknown status', { status: 'OK' }],
    ['a status that every object has', { status: 'constructor' }],
    ['a finding whose message is no text', { status: 'HEALTHY', message: 5 }],
    ['an array', ['HEALTHY']],
    ['a function', () => 'HEALTHY'],
    [
      'a finding that cannot be read',
      {
        get status(): string {
          throw new Error('no');
        },
      },
    ],
  ])('HLD-9 %s is an invalid result, never HEALTHY, also for a critical check', async (_, value) => {
    const { overall, one } = await found(as(value), { critical: true });
    expect(one).toMatchObject({ status: 'DEGRADED', message: 'invalid result', consecutiveFailures: 1 });
    expect(overall).toBe('DEGRADED');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
      'failed: broken',
    ],
    ['rejects', () => Promise.reject(new Error('broken')), 'failed: broken'],
    [
      'throws text',
      () => {
        throw 'broken' as unknown as Error;
      },
      'failed: broken',
    ],
    [
      'throws nothing',
      () => {
        throw undefined as unknown as Error;
      },
      'failed: undefined',
    ],
    [
      'throws an error with a code alone',
      () => {
        throw Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
      },
      'failed: ECONNREFUSED',
    ],
    [
      'throws something unreadable',
      () => {
        throw revoked();
      },
      'failed: unreadable error',
    ],
    [
      'returns a thenable that throws',
      () => ({
        get then(): never {
          throw new Error('broken');
        },
      }),
      'failed: broken',
    ],
  ])('HLD-7 a check that %s is DEGRADED, UNHEALTHY when critical, and hides no other', async (_, check, message) => {
    const { health } = setup();
    health.register('plain', check as HealthCheck);
    health.register('vital', check as HealthCheck, { critical: true });
    health.register('sound', () => 'HEALTHY');
    const report = await health.check();
    expect(statuses(report)).toEqual({ plain: 'DEGRADED', vital: 'UNHEALTHY', sound: 'HEALTHY' });
    expect(report.components[0]?.message).toBe(message);
    expect(report.status).toBe('UNHEALTHY');
  });

  it('HLD-7 onError UNHEALTHY makes a failing check UNHEALTHY that is not critical, the whole still DEGRADED', async () => {
    const { health } = setup({ defaults: { onError: 'UNHEALTHY' } });
    health.register('cache', () => Promise.reject(new Error('gone')));
    const report = await health.check();
    expect(statuses(report)).toEqual({ cache: 'UNHEALTHY' });
    expect(report.status).toBe('DEGRADED');
  });

  it.each([
    [
      [
        ['a', 'UNHEALTHY', false],
        ['b', 'HEALTHY', true],
      ],
      'DEGRADED',
    ],
    [
      [
        ['a', 'UNHEALTHY', true],
        ['b', 'HEALTHY', false],
      ],
      'UNHEALTHY',
    ],
    [[['a', 'DEGRADED', true]], 'DEGRADED'],
    [
      [
        ['a', 'DEGRADED', false],
        ['b', 'HEALTHY', true],
      ],
      'DEGRADED',
    ],
    [
      [
        ['a', 'HEALTHY', true],
        ['b', 'HEALTHY', false],
      ],
      'HEALTHY',
    ],
  ] as const)(
    'HLD-10 the whole is its worst part, one that is not critical at most DEGRADED: %j is %s',
    async (parts, status) => {
      const { health } = setup();
      for (const [name, answer, critical] of parts) health.register(name, () => answer, { critical });
      expect((await health.readiness()).status).toBe(status);
      expect((await health.check()).status).toBe(status);
    },
  );

  it('has every field of a component, and none that is not asked for', async () => {
    const { health, clock } = setup();
    health.register(
      'db',
      takes(clock, 30, () => ({ status: 'DEGRADED' as const, message: 'slow', details: { pool: 3 } })),
      { critical: true },
    );
    const asked = health.check();
    await clock.advanceAsync(30);
    const first = await asked;
    expect(first.components).toEqual([
      {
        name: 'db',
        status: 'DEGRADED',
        message: 'slow',
        details: { pool: 3 },
        responseTimeMs: 30,
        observedAt: WALL_START + 30,
        ageMs: 0,
        cached: false,
        critical: true,
        consecutiveFailures: 1,
      },
    ]);
    clock.advance(100);
    expect((await health.check()).components[0]).toEqual({ ...first.components[0], ageMs: 100, cached: true });
    const summary = await health.summary();
    expect(summary.status).toBe('DEGRADED');
    expect(Object.keys(summary.components[0] ?? {}).sort()).toEqual([
      'ageMs',
      'cached',
      'consecutiveFailures',
      'critical',
      'name',
      'observedAt',
      'responseTimeMs',
      'status',
    ]);
  });

  it('masks secrets in messages, errors and details, and bounds all of them', async () => {
    using _ = registerSecret('hunter2-hunter2');
    const { health } = setup();
    health.register('throws', () => Promise.reject(new Error('connect postgres://app:pa55w0rd@db/x')));
    health.register('says', () => ({
      status: 'HEALTHY' as const,
      message: 'hunter2-hunter2 password=abc',
      details: { password: 'abc', url: 'redis://u:pa55w0rd@r', big: 12n, at: new Date(0), fn: () => 1 },
    }));
    health.register('long', () => ({
      status: 'HEALTHY' as const,
      message: 'x'.repeat(5_000),
      details: 'y'.repeat(50_000),
    }));
    health.register('huge', () => ({
      status: 'HEALTHY' as const,
      details: Array.from({ length: 200 }, () => 'y'.repeat(1_000)),
    }));
    const { components } = await health.check();
    const text = JSON.stringify(components);
    for (const secret of ['hunter2', 'pa55w0rd', 'abc']) expect(text).not.toContain(secret);
    const [, says, long, huge] = components;
    expect(says?.details).toEqual({
      password: '[secret]',
      url: 'redis://[secret]@r',
      big: '12',
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(long?.message).toHaveLength(200);
    expect(huge?.details).toBe('[too large]');
    expect(text.length).toBeLessThan(20_000);
  });

  it('HLD-23 two services, and two reports of one, share nothing that could mix', async () => {
    const first = new HealthCheckService();
    const second = new HealthCheckService();
    let details: unknown = { from: 'first', deep: { list: [1] } };
    first.register('db', () => ({ status: 'HEALTHY', details }), { ttlMs: 0 });
    second.register('db', () => 'DEGRADED');
    const [one, two] = await Promise.all([first.check(), second.check()]);
    expect(one.components[0]?.details).toEqual({ from: 'first', deep: { list: [1] } });
    expect(two.components[0]).not.toHaveProperty('details');
    expect(() => (one.components[0]?.details as { deep: { list: number[] } }).deep.list.push(2)).toThrow(TypeError);
    (one.components as unknown[]).length = 0;
    details = undefined;
    expect((await first.check()).components).toHaveLength(1);
    expect((await first.check()).components[0]).not.toHaveProperty('details');
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
