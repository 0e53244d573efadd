import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { type Component, InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { HealthCheckService } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { setup, statuses } from './setup.js';

describe('kinds', () => {
  it('HLD-12 liveness runs no check of a dependency: HEALTHY whatever is down', async () => {
    const { health } = setup();
    let runs = 0;
    health.register(
      'db',
      () => {
        runs++;
        return false;
      },
      { critical: true },
    );
    expect(await health.liveness()).toEqual({ status: 'HEALTHY', components: [] });
    expect(runs).toBe(0);
  });

  it('HLD-12 liveness runs those registered for it, and no other', async () => {
    const { health } = setup();
    health.register('db', () => false, { critical: true });
    health.register('loop', () => false, { critical: true, kinds: ['liveness'] });
    expect(statuses(await health.liveness())).toEqual({ loop: 'UNHEALTHY' });
    expect(statuses(await health.readiness())).toEqual({ db: 'UNHEALTHY' });
    expect(statuses(await health.startup())).toEqual({ db: 'UNHEALTHY' });
    expect(statuses(await health.check())).toEqual({ db: 'UNHEALTHY', loop: 'UNHEALTHY' });
  });

  it('a check of no kind is in check() and summary() alone', async () => {
    const { health } = setup();
    health.register('info', () => false, { critical: true, kinds: [] });
    expect((await health.readiness()).status).toBe('HEALTHY');
    expect((await health.startup()).components).toEqual([]);
    expect((await health.check()).status).toBe('UNHEALTHY');
    expect((await health.summary()).status).toBe('UNHEALTHY');
  });

  it('HLD-14 without any check everything is HEALTHY, and readiness warns once', async () => {
    const { health, reported } = setup();
    for (const ask of ['check', 'summary', 'liveness', 'startup'] as const) {
      expect(await health[ask]()).toEqual({ status: 'HEALTHY', components: [] });
    }
    expect(reported).toEqual([]);
    expect((await health.readiness()).status).toBe('HEALTHY');
    await health.readiness();
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_NO_CHECKS' }]);
  });
});

describe('watch', () => {
  const component = (health: Component['health'], name = 'part'): Component => ({
    kind: 'thing',
    name,
    snapshot: () => ({}),
    subscribe: () => () => undefined,
    ...(health ? { health } : {}),
  });

  it('shows a breaker by what its health() says, as it is at that moment', async () => {
    const { health, clock } = setup();
    const breaker = new CircuitBreaker({ name: 'db', failureThreshold: 1, clock });
    health.register('db', () => true, { critical: true });
    const unwatch = health.watch(breaker);
    expect(statuses(await health.check())).toEqual({ db: 'HEALTHY', 'circuit-breaker:db': 'HEALTHY' });
    breaker.tryAcquire()?.failure(new Error('down'));
    const report = await health.check();
    expect(report.status).toBe('DEGRADED');
    expect(report.components[1]).toMatchObject({
      status: 'DEGRADED',
      message: 'circuit is OPEN',
      critical: false,
      ageMs: 0,
      cached: false,
      consecutiveFailures: 1,
    });
    expect((await health.readiness()).status).toBe('HEALTHY');
    unwatch();
    unwatch();
    expect((await health.check()).status).toBe('HEALTHY');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('token=abcdef');
      },
      'health() failed: token=[secret]',
    ],
    ['answers nonsense', (() => 'fine') as never, 'invalid result'],
    ['answers nothing', (() => undefined) as never, 'invalid result'],
    ['answers a promise', (() => Promise.reject(new Error('late'))) as never, 'invalid result'],
  ])('HLD-7 a component whose health() %s is DEGRADED and hides no other', async (_, answer, message) => {
    const { health } = setup();
    health.watch(component(answer));
    health.watch(component(() => ({ status: 'HEALTHY' }), 'other'));
    const report = await health.check();
    expect(report.components).toMatchObject([{ status: 'DEGRADED', message }, { status: 'HEALTHY' }]);
    expect(health.snapshot().status).toBe('DEGRADED');
  });

  it('HLD-10 an UNHEALTHY component makes the whole DEGRADED, since it is not critical', async () => {
    const { health } = setup();
    health.watch(component(() => ({ status: 'UNHEALTHY' })));
    expect((await health.check()).status).toBe('DEGRADED');
  });

  it('a component without health() does not appear, and that is said', async () => {
    const { health, reported } = setup();
    health.watch(component(undefined))();
    expect((await health.check()).components).toEqual([]);
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_NO_HEALTH' }]);
  });

  it('HLD-30 refuses what is no component, the same one twice, and itself', () => {
    const { health } = setup();
    for (const wrong of [undefined, null, 'breaker', {}, { kind: 'x' }]) {
      expect(() => health.watch(wrong as never)).toThrow(InvalidArgumentError);
    }
    health.watch(component(() => ({ status: 'HEALTHY' })));
    expect(() => health.watch(component(() => ({ status: 'HEALTHY' })))).toThrow(/'thing:part' is in use/);
    expect(() => health.watch(health)).toThrow(/cannot watch itself/);
  });

  it('two services that watch each other still answer', async () => {
    const one = new HealthCheckService({ name: 'one' });
    const two = new HealthCheckService({ name: 'two' });
    one.watch(two);
    two.watch(one);
    expect((await one.check()).status).toBe('DEGRADED');
  });
});

describe('register', () => {
  it('HLD-30 a name used twice throws, and is free again once unregistered', () => {
    const { health } = setup();
    const unregister = health.register('db', () => true);
    expect(() => health.register('db', () => true)).toThrow(/'db' is in use/);
    unregister();
    health.register('db', () => true);
    unregister();
    expect(() => health.register('db', () => true)).toThrow(InvalidArgumentError);
  });

  it.each([[''], ['x'.repeat(201)], ['a\nb'], ['a\u2028b'], [5], [undefined]])('HLD-30 refuses the name %j', (name) => {
    expect(() => setup().health.register(name as string, () => true)).toThrow(InvalidArgumentError);
  });

  it.each([['x'], ['x'.repeat(200)], ['Datenbank ü 1']])('takes the name %j', (name) => {
    expect(() => setup().health.register(name, () => true)).not.toThrow();
  });

  it('refuses a check that is no function', () => {
    expect(() => setup().health.register('db', 'select 1' as never)).toThrow(/'db' must be a function, got a string/);
  });

  it('HLD-30 names every option that is wrong, and registers nothing then', async () => {
    const { health } = setup();
    let caught: unknown;
    try {
      health.register('db', () => true, {
        critical: 1,
        kinds: ['readyness'],
        timeoutMs: 0,
        ttlMs: -1,
        degradedAboveMs: NaN,
        intervalMs: 0,
        maxAgeMs: 0,
        failAfter: 0,
        recoverAfter: 1.5,
        onError: 'HEALTHY',
      } as never);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InvalidOptionsError);
    expect((caught as InvalidOptionsError).issues.map(({ path }) => path).sort()).toEqual([
      'critical',
      'degradedAboveMs',
      'failAfter',
      'intervalMs',
      'kinds[0]',
      'maxAgeMs',
      'onError',
      'recoverAfter',
      'timeoutMs',
      'ttlMs',
    ]);
    expect((caught as Error).message).toContain("did you mean 'readiness'?");
    expect((await health.check()).components).toEqual([]);
  });

  it.each([
    [{ kinds: 'readiness' }],
    [{ kinds: [undefined] }],
    [{ ttlMs: 30_001 }],
    [{ maxAgeMs: 999 }],
    [{ intervalMs: 30_000 }],
    [{ intervalMs: 500, maxAgeMs: 500 }],
  ])('refuses %j', (options) => {
    expect(() => setup().health.register('db', () => true, options as never)).toThrow(InvalidOptionsError);
  });

  it('takes ttlMs as long as maxAgeMs, and does not look at it where a check is sampled', () => {
    expect(() => setup().health.register('db', () => true, { ttlMs: 30_000, timeoutMs: undefined })).not.toThrow();
    expect(() => setup().health.register('db', () => true, { intervalMs: 99, maxAgeMs: 100 })).not.toThrow();
  });

  it('the service names every option that is wrong', () => {
    expect(() => new HealthCheckService({ timeoutMs: 5 } as never)).toThrow(/timeoutMs is not an option/);
    expect(() => new HealthCheckService({ reportTimeoutMs: 0, name: '' })).toThrow(/name must.*reportTimeoutMs must/);
    expect(
      () =>
        new HealthCheckService({
          defaults: { failAfter: 0, recoverAfter: 1.5, onError: 'HEALTHY' as never, timeoutMs: 0 },
        }),
    ).toThrow(/defaults\.timeoutMs.*defaults\.failAfter.*defaults\.recoverAfter.*defaults\.onError/);
    expect(() => new HealthCheckService({ defaults: { ttlMs: 11, maxAgeMs: 10 } })).toThrow(
      /defaults\.ttlMs must be at most maxAgeMs/,
    );
  });

  it('unregistering aborts the run, lets the report answer without it, and leaves no timer', async () => {
    const { health, clock } = setup();
    let signal: AbortSignal | undefined;
    const unregister = health.register('hung', (context) => {
      signal = context.signal;
      return new Promise<never>(() => undefined);
    });
    health.register('other', () => true);
    const asked = health.check();
    unregister();
    expect(signal?.aborted).toBe(true);
    expect(statuses(await asked)).toEqual({ other: 'HEALTHY' });
    expect(clock.pending).toBe(0);
  });
});
