import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { type Component, InvalidArgumentError } from 'breakwater/core';
import { HealthCheckService } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { Ailing, setup } from './setup.js';

describe('GracefulDegradation.link', () => {
  it('degrades and recovers with the component, at its events', () => {
    const { degradation, told, of } = setup();
    const part = new Ailing();
    degradation.link('search', part, { level: 'off' });
    expect(told).toEqual([]);
    part.status = 'UNHEALTHY';
    part.message = 'no answer';
    part.tell();
    expect(told).toMatchObject([{ level: 'off', reasons: ['part:a'] }]);
    expect(of().reasons).toEqual([{ reason: 'part:a', level: 'off', sinceMs: 0, by: 'link', message: 'no answer' }]);
    part.status = 'HEALTHY';
    part.tell();
    expect(told).toHaveLength(2);
  });

  it.each(['isDegraded', 'run', 'status', 'snapshot', 'health', 'metrics'] as const)(
    'asks the component when %s looks, without any event',
    async (method) => {
      const { degradation, told } = setup();
      const part = new Ailing();
      degradation.link('search', part);
      part.status = 'DEGRADED';
      const look = async (): Promise<void> => {
        if (method === 'run')
          await degradation.run(
            'search',
            () => 1,
            () => 2,
          );
        else if (method === 'isDegraded') degradation.isDegraded('search');
        else void degradation[method]();
      };
      await look();
      expect(told).toHaveLength(1);
      part.status = 'HEALTHY';
      await look();
      expect(told).toHaveLength(2);
    },
  );

  it('a component that ails already degrades the feature at once', () => {
    const { degradation, told } = setup();
    const part = new Ailing();
    part.status = 'DEGRADED';
    degradation.link('search', part);
    expect(told).toMatchObject([{ level: 'cached' }]);
  });

  it('shows what the component says now, and how long it has ailed', () => {
    const { degradation, clock, of, told } = setup();
    const part = new Ailing();
    part.status = 'DEGRADED';
    part.message = 'first';
    degradation.link('search', part);
    clock.advance(500);
    part.status = 'UNHEALTHY';
    part.message = 'second';
    expect(of().reasons).toMatchObject([{ message: 'second', sinceMs: 500 }]);
    expect(told).toHaveLength(1);
  });

  it('a recovery by hand leaves the reasons of components alone, and the other way round', () => {
    const { degradation, level } = setup();
    const part = new Ailing();
    part.status = 'DEGRADED';
    degradation.link('search', part, { level: 'off' });
    degradation.degrade('search', { reason: 'part:a' });
    degradation.recover('search');
    expect(level()).toBe('off');
    degradation.recover('search', { reason: 'part:a' });
    expect(level()).toBe('off');
    degradation.degrade('search', { reason: 'by hand' });
    part.status = 'HEALTHY';
    expect(level()).toBe('cached');
  });

  it('unlinking takes the reason along and stops listening; twice is harmless', () => {
    const { degradation, level } = setup();
    const part = new Ailing();
    part.status = 'DEGRADED';
    const unlink = degradation.link('search', part);
    expect(level()).toBe('cached');
    unlink();
    unlink();
    expect(part.listeners.size).toBe(0);
    expect(level()).toBe('full');
    const { asked } = part;
    degradation.status();
    expect(part.asked).toBe(asked);
  });

  it('a component may be unlinked while it is asked', () => {
    const { degradation, level } = setup();
    const part = new Ailing();
    const unlink = degradation.link('search', part);
    part.health = () => {
      unlink();
      return { status: 'UNHEALTHY' };
    };
    expect(level()).toBe('full');
    expect(part.listeners.size).toBe(0);
  });

  it('a component that fails to answer ails, with its message', () => {
    const { degradation, of } = setup();
    const part = new Ailing();
    part.health = () => {
      throw new Error('lost postgres://app:pa55word@db/x');
    };
    degradation.link('search', part);
    expect(of()).toMatchObject({ level: 'cached', reasons: [{ reason: 'part:a' }] });
    expect(of().reasons[0]?.message).toBe('could not be asked: lost postgres://[secret]@db/x');
  });

  it.each([
    ['a promise', () => Promise.reject(new Error('late'))],
    ['nothing', () => undefined],
    ['an unknown status', () => ({ status: 'FINE' })],
  ])('a component that answers %s ails', (_, health) => {
    const { degradation, of } = setup();
    const part = new Ailing();
    part.health = health as never;
    degradation.link('search', part);
    expect(of().reasons).toMatchObject([{ reason: 'part:a', message: 'invalid answer' }]);
  });

  it('a component that throws at subscribe is still asked', async () => {
    const { degradation, reported, level } = setup();
    const part = new Ailing();
    const broken = new Error('no events');
    part.subscribe = () => {
      throw broken;
    };
    const unlink = degradation.link('search', part);
    part.status = 'DEGRADED';
    expect(level()).toBe('cached');
    unlink();
    expect(level()).toBe('full');
    await Promise.resolve();
    expect(reported).toEqual([broken]);
  });

  it('goes by one component of a health check service, when told which', async () => {
    const { degradation, clock, of } = setup();
    const health = new HealthCheckService({ clock, defaults: { ttlMs: 0 } });
    let database = true;
    health.register('database', () => database);
    health.register('mail', () => false);
    degradation.link('search', health, {
      reason: 'database check',
      when: (service) =>
        service.snapshot().components.some(({ name, status }) => name === 'database' && status !== 'HEALTHY'),
    });
    await health.check();
    expect(degradation.isDegraded('search')).toBe(false);
    database = false;
    clock.advance(1);
    await health.check();
    expect(of().reasons).toMatchObject([{ reason: 'database check', by: 'link' }]);
    database = true;
    clock.advance(1);
    await health.check();
    expect(degradation.isDegraded('search')).toBe(false);
  });

  it('without a rule of its own a health check service counts as a whole', async () => {
    const { degradation, clock, of } = setup();
    const health = new HealthCheckService({ clock });
    health.register('mail', () => false);
    degradation.link('search', health);
    await health.check();
    expect(of().reasons).toMatchObject([{ reason: 'health-check-service:default', message: 'mail is UNHEALTHY' }]);
  });

  it.each([
    ['throws', () => assertNever(), 'could not be asked: never'],
    ['answers with a promise', () => Promise.resolve(false), 'invalid answer'],
  ])('a rule that %s counts as ailing', (_, when, message) => {
    const { degradation, of } = setup();
    degradation.link('search', new Ailing(), { when: when as never });
    expect(of().reasons).toMatchObject([{ message }]);
  });

  it('a circle of components that ask each other ends', () => {
    const { degradation } = setup();
    const other: Component = {
      kind: 'part',
      name: 'circle',
      snapshot: () => ({}),
      subscribe: () => () => undefined,
      health: () => degradation.health(),
    };
    degradation.link('search', other);
    expect(degradation.isDegraded('search')).toBe(false);
    degradation.register('other');
    degradation.degrade('other', { reason: 'x' });
    expect(degradation.isDegraded('search')).toBe(true);
  });

  it('links count with the reasons, so that none is refused when its component ails', () => {
    const { degradation, of } = setup();
    for (let i = 0; i < 60; i++) degradation.link('search', new Ailing(String(i)));
    for (let i = 0; i < 40; i++) degradation.degrade('search', { reason: String(i) });
    expect(() => degradation.degrade('search', { reason: 'more' })).toThrow('100 reasons and links');
    expect(() => degradation.link('search', new Ailing())).toThrow('100 reasons and links');
    expect(of().reasons).toHaveLength(40);
  });

  it('refuses what cannot be linked', () => {
    const { degradation } = setup();
    const part = new Ailing();
    const mute = { kind: 'part', name: 'mute', snapshot: () => ({}), subscribe: () => () => undefined };
    expect(() => degradation.link('serach', part)).toThrow("did you mean 'search'?");
    expect(() => degradation.link('search', {} as never)).toThrow('expected a component');
    expect(() => degradation.link('search', degradation)).toThrow(InvalidArgumentError);
    expect(() => degradation.link('search', mute)).toThrow("'part:mute' has no health()");
    expect(() => degradation.link('search', part, { level: 'of' })).toThrow("did you mean 'off'?");
    expect(() => degradation.link('search', part, { levle: 'off' } as never)).toThrow('did you mean level?');
    expect(part.listeners.size).toBe(0);
    degradation.link('search', mute, { when: () => true });
    expect(degradation.isDegraded('search')).toBe(true);
  });
});

describe('GracefulDegradation and a circuit breaker', () => {
  function withBreaker() {
    const around = setup();
    const breaker = new CircuitBreaker({ name: 'index', clock: around.clock, failureThreshold: 2 });
    around.degradation.link('search', breaker);
    let down = true;
    const search = () => breaker.execute(() => (down ? Promise.reject(new Error('down')) : 'found'));
    const run = () => around.degradation.run('search', search, () => 'cached').catch((error: unknown) => error);
    return { ...around, breaker, run, repair: () => (down = false) };
  }

  it('an open circuit degrades the feature, and closing it recovers it', async () => {
    const { breaker, run, told, of } = withBreaker();
    await run();
    await run();
    expect(breaker.state).toBe('OPEN');
    expect(of().reasons).toMatchObject([{ reason: 'circuit-breaker:index', message: 'circuit is OPEN' }]);
    expect(await run()).toMatchObject({ value: 'cached', degraded: true });
    breaker.reset();
    expect(told.map((event) => 'durationMs' in event)).toEqual([false, true]);
  });

  it('a half-open circuit gets its probe through the feature, which would stay degraded otherwise', async () => {
    const { breaker, clock, run, repair, degradation } = withBreaker();
    await run();
    await run();
    clock.advance(60_000);
    repair();
    expect(await run()).toEqual({ value: 'found', degraded: false, level: 'full', reasons: [] });
    expect(breaker.state).toBe('CLOSED');
    expect(degradation.isDegraded('search')).toBe(false);
  });

  it('a probe that fails, and calls beside it, are answered degraded', async () => {
    const { breaker, clock, run } = withBreaker();
    await run();
    await run();
    clock.advance(60_000);
    const answers = await Promise.all([run(), run(), run()]);
    expect(answers).toEqual(
      Array.from({ length: 3 }, () => ({
        value: 'cached',
        degraded: true,
        level: 'cached',
        reasons: ['circuit-breaker:index'],
      })),
    );
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', counts: { failures: 3, rejected: 2 } });
  });

  it('no probe is sent while there is another reason, or the circuit is isolated', async () => {
    const { breaker, clock, run, repair, degradation } = withBreaker();
    await run();
    await run();
    clock.advance(60_000);
    repair();
    degradation.degrade('search', { reason: 'by hand' });
    expect(await run()).toMatchObject({ value: 'cached' });
    degradation.recover('search');
    const handle = breaker.isolate('maintenance');
    expect(await run()).toMatchObject({ value: 'cached' });
    handle[Symbol.dispose]();
    expect(await run()).toMatchObject({ value: 'found' });
  });
});

function assertNever(): never {
  throw new Error('never');
}
