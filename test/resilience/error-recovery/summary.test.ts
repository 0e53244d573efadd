import { type Component, registerSecret } from 'breakwater/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, setup } from './setup.js';

describe('ErrorRecoveryService: summary, health and metrics', () => {
  it('lists services by their errors, then by name, as plain JSON', async () => {
    const { recovery, fail, told } = setup({ name: 'main' });
    await recovery.execute('b', () => 1);
    await recovery.execute('a', () => 1);
    await fail('c');
    recovery.recordError('d', 'x');
    recovery.recordError('d', 'x');
    const summary = recovery.summary();
    expect(summary).toMatchObject({ version: 1, name: 'main', errors: 3 });
    expect(summary.services.map(({ service }) => service)).toEqual(['d', 'c', 'a', 'b']);
    expect(summary.services[2]).toEqual({
      service: 'a',
      calls: 1,
      errors: 0,
      rejections: 0,
      aborted: 0,
      retries: 0,
      fallbacks: 0,
      fallbackFailures: 0,
      perMinute: 0,
      trend: 'STEADY',
      topGroups: [],
      breaker: 'CLOSED',
    });
    expect(summary.services[1]).toMatchObject({ firstSeenAt: 1_700_000_000_000, lastSeenAt: 1_700_000_000_000 });
    expect(recovery.snapshot()).toEqual(summary);
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(told.length).toBeGreaterThan(0);
  });

  it('is degraded while a circuit is broken', async () => {
    const { recovery, fail, clock } = setup();
    expect(recovery.health()).toEqual({ status: 'HEALTHY' });
    for (let i = 0; i < 5; i++) await fail('db');
    expect(recovery.health()).toEqual({ status: 'DEGRADED', message: 'circuit of db is OPEN' });
    clock.advance(MINUTE);
    expect(recovery.health()).toEqual({ status: 'DEGRADED', message: 'circuit of db is HALF_OPEN' });
    await recovery.execute('db', () => 1);
    expect(recovery.health()).toEqual({ status: 'HEALTHY' });
  });

  it('names ten broken circuits at most', async () => {
    const { recovery } = setup();
    for (let i = 0; i < 12; i++) {
      await recovery
        .execute(`s${String(i)}`, () => Promise.reject(new Error('x')), { breaker: { failureThreshold: 1 } })
        .catch(() => undefined);
    }
    const { message = '' } = recovery.health();
    expect(message).toContain('circuit of s9 is OPEN and 2 more');
    expect(message).not.toContain('s10');
  });

  it('has five counters for each service', async () => {
    const { recovery, fail } = setup({ name: 'main' });
    await fail('db');
    const samples = [...recovery.metrics()]
      .filter(({ name }) => name.startsWith('breakwater_recovery_'))
      .map(({ name, type, value, labels }) => [name, type, value, labels]);
    const labels = { recovery: 'main', service: 'db' };
    expect(samples).toEqual([
      ['breakwater_recovery_calls_total', 'counter', 1, labels],
      ['breakwater_recovery_errors_total', 'counter', 1, labels],
      ['breakwater_recovery_rejections_total', 'counter', 0, labels],
      ['breakwater_recovery_retries_total', 'counter', 0, labels],
      ['breakwater_recovery_fallbacks_total', 'counter', 0, labels],
    ]);
  });

  it('is a component like all others', () => {
    const component: Component = setup().recovery;
    expect([component.kind, component.name]).toEqual(['error-recovery-service', 'default']);
  });
});

describe('ErrorRecoveryService with many services', () => {
  it('counts services beyond maxServices as other, and still guards each with its own breaker', async () => {
    const { recovery, fail, of } = setup({ maxServices: 2 });
    recovery.recordError('a', 'x');
    recovery.recordError('b', 'x');
    for (let i = 0; i < 5; i++) await fail('c');
    expect(await fail('c')).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
    expect(await recovery.execute('d', () => 1)).toBe(1);
    expect(recovery.summary().services.map(({ service }) => service)).toEqual(['other', 'a', 'b']);
    expect(of('other')).toMatchObject({ calls: 7, errors: 5, rejections: 1 });
    expect(of('other')).not.toHaveProperty('breaker');
    expect(recovery.errors('c')).toEqual([]);
    expect(recovery.errors('other')).toHaveLength(5);
  });

  it('each of the others has the breaker options of its own first call, and none is warned about', async () => {
    const { recovery, reported } = setup({ maxServices: 1 });
    recovery.recordError('a', 'x');
    const fail = (service: string, failureThreshold: number): Promise<unknown> =>
      recovery
        .execute(service, () => Promise.reject(new Error('down')), { breaker: { failureThreshold } })
        .catch((error: unknown) => error);
    await fail('b', 1);
    await fail('c', 2);
    expect(await fail('b', 1)).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
    expect(await fail('c', 2)).toMatchObject({ message: 'down' });
    expect(await fail('c', 2)).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
    expect(reported).toEqual([]);
  });

  it('a service without errors of the last 65 minutes makes room, the one that was not used for longest first', async () => {
    const { recovery, clock } = setup({ maxServices: 3 });
    recovery.recordError('noisy', 'x');
    await recovery.execute('first', () => 1);
    await recovery.execute('second', () => 1);
    await recovery.execute('first', () => 1);
    await recovery.execute('third', () => 1);
    const names = (): string[] => recovery.summary().services.map(({ service }) => service);
    expect(names()).toEqual(['noisy', 'first', 'third']);
    clock.advance(65 * MINUTE - 1);
    recovery.recordError('first', 'x');
    recovery.recordError('third', 'x');
    recovery.recordError('fourth', 'x');
    expect(names()).toEqual(['first', 'noisy', 'other', 'third']);
    clock.advance(1);
    recovery.recordError('fourth', 'x');
    expect(names()).toEqual(['first', 'fourth', 'other', 'third']);
  });

  it('a service with a call that is running does not make room', async () => {
    const { recovery } = setup({ maxServices: 1 });
    let release = (): void => undefined;
    const running = recovery.execute('slow', () => new Promise<void>((resolve) => (release = resolve)));
    await recovery.execute('next', () => 1);
    release();
    await running;
    expect(recovery.summary().services.map(({ service, calls }) => [service, calls])).toEqual([
      ['other', 1],
      ['slow', 1],
    ]);
  });

  it('keeps its bounds whatever names come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.tuple(fc.nat(30), fc.boolean(), fc.constantFrom(0, 1, 66)), { maxLength: 80 }),
        async (maxServices, steps) => {
          const { recovery, clock } = setup({ maxServices });
          for (const [service, fails, minutes] of steps) {
            clock.advance(minutes * MINUTE);
            const name = `s${String(service)}`;
            if (fails) recovery.recordError(name, 'x');
            else expect(await recovery.execute(name, () => service)).toBe(service);
          }
          const { services } = recovery.summary();
          expect(services.filter(({ service }) => service !== 'other').length).toBeLessThanOrEqual(maxServices);
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('ErrorRecoveryService and secrets', () => {
  it('shows none: not in messages, codes, names, contexts, causes, nor places', async () => {
    const handle = registerSecret('correct-horse-battery');
    const { recovery, told } = setup();
    const heard: unknown[] = [];
    recovery.subscribe((event) => heard.push(event));
    const cause = new Error('cause correct-horse-battery');
    const errors = [
      new Error('correct-horse-battery is wrong', { cause }),
      new Error('connect postgres://app:pa55word@db.local:5432/main failed'),
      new Error('401 for Authorization: Bearer abcdef123456'),
      new Error('config {"password": "pa55word", "apiKey": "pa55word"}'),
      Object.assign(new Error('x'), { code: 'correct-horse-battery', name: 'correct-horse-battery' }),
      Object.assign(new Error('y'), { stack: 'Error: y\n    at f (/srv/correct-horse-battery/x.js:1:1)' }),
      new AggregateError([cause], 'all of postgres://app:pa55word@db failed'),
      'thrown correct-horse-battery',
    ];
    recovery.recordError('service correct-horse-battery', 'x');
    await recovery.execute('service correct-horse-battery', () => 1);
    const context = {
      url: 'https://user:pa55word@host/x',
      password: 'pa55word',
      nested: [{ note: 'correct-horse-battery', cause }],
      headers: { authorization: 'Bearer abcdef123456', cookie: 'sid=abcdef123456' },
    };
    for (const error of errors) {
      recovery.recordError('a', error, context);
      await recovery.execute('b', () => Promise.reject(error)).catch(() => undefined);
    }
    const shown = JSON.stringify([
      recovery.summary(),
      recovery.snapshot(),
      recovery.errors('a'),
      recovery.errors('b'),
      recovery.health(),
      [...recovery.metrics()],
      told,
      heard,
    ]);
    expect(shown).toContain('[secret]');
    expect(shown).not.toMatch(/correct-horse|pa55word|abcdef123456/);
    handle[Symbol.dispose]();
  });
});
