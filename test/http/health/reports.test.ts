import { CircuitBreaker, CircuitBreakerRegistry } from 'breakwater/circuit-breaker';
import { registerSecret } from 'breakwater/core';
import { ErrorRecoveryService } from 'breakwater/error-recovery';
import { HealthCheckService } from 'breakwater/health';
import type { HardeningOptions } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it, vi } from 'vitest';
import { exchangeOf, FakeResponse } from '../exchange.js';
import { asked, read, settle, setup } from './setup.js';

function withChecks(options: HardeningOptions = {}) {
  const clock = new ManualClock({ now: 1_000, wallNow: 1_700_000_000_000 });
  const health = new HealthCheckService({ clock });
  health.register('database', () => 'HEALTHY', { critical: true });
  health.register('mail', () => ({ status: 'DEGRADED', message: 'queue is long', details: { waiting: 12 } }));
  return { ...setup({ clock, health, ...options }), clock, health };
}

describe('/health/check', () => {
  it('HLD-6 HLD-7 is the report for whom it may concern: what was observed, when, and whether it was kept', async () => {
    const { hardening, clock, health } = withChecks();
    health.register('throws', () => {
      throw new Error('no route to host');
    });
    clock.advance(500);
    const { statusCode, json } = await read(hardening, '/health/check', { open: true });
    expect(statusCode).toBe(200);
    const observed = { responseTimeMs: 0, observedAt: 1_700_000_000_500, ageMs: 0, cached: false };
    expect(json).toEqual({
      status: 'DEGRADED',
      components: [
        { name: 'database', status: 'HEALTHY', ...observed, critical: true, consecutiveFailures: 0 },
        {
          name: 'mail',
          status: 'DEGRADED',
          message: 'queue is long',
          details: { waiting: 12 },
          ...observed,
          critical: false,
          consecutiveFailures: 1,
        },
        {
          name: 'throws',
          status: 'DEGRADED',
          message: expect.stringContaining('no route to host') as string,
          ...observed,
          critical: false,
          consecutiveFailures: 1,
        },
      ],
    });
    // Whoever asks in between is shown the same.
    clock.advance(300);
    expect((await read(hardening, '/health/check', { open: true })).json).toEqual(json);
  });

  it('in the words of health+json, and as text for a scrape', async () => {
    const { hardening } = withChecks();
    const draft = await read(hardening, '/health/check', { open: true, accept: 'application/health+json' });
    expect(draft.json).toMatchObject({
      status: 'warn',
      checks: {
        'database:responseTime': [{ componentId: 'database', status: 'pass', time: '2023-11-14T22:13:20.000Z' }],
        'mail:responseTime': [{ componentId: 'mail', status: 'warn', output: 'queue is long' }],
      },
    });
    const { body } = await read(hardening, '/health/check', { open: true, accept: 'text/plain' });
    expect(body).toContain('breakwater_health_check_status{health="default",check="mail",status="DEGRADED"} 1\n');
  });

  it('HLD-19 shows others the status alone, in every form', async () => {
    const { hardening } = withChecks();
    expect((await read(hardening, '/health/check')).json).toEqual({ status: 'DEGRADED' });
    const draft = await read(hardening, '/health/check', { accept: 'application/health+json' });
    expect(draft.json).toEqual({ status: 'warn' });
    const { body } = await read(hardening, '/health/check', { accept: 'text/plain' });
    expect(body?.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'breakwater_health_status{status="HEALTHY"} 0',
      'breakwater_health_status{status="DEGRADED"} 1',
      'breakwater_health_status{status="UNHEALTHY"} 0',
      '',
    ]);
  });

  it('HLD-20 masks what is secret, also what became one later', async () => {
    const { hardening, health, clock } = withChecks();
    health.register('cache', () => ({
      status: 'DEGRADED',
      message: 'redis://user:S3CRETPW@cache refused hunter2-hunter2',
      details: { token: 'T0KEN', note: 'Bearer abcdef0123456789' },
    }));
    await read(hardening, '/health/check', { open: true });
    clock.advance(1_000);
    using _registered = registerSecret('hunter2-hunter2');
    for (const accept of ['application/json', 'application/health+json', 'text/plain']) {
      const { body } = await read(hardening, '/health/check', { open: true, accept });
      expect(body).toContain('cache');
      expect(body).not.toMatch(/S3CRETPW|hunter2|T0KEN|abcdef0123456789/);
    }
  });

  it('10,000 requests in a second cause one run, and the next second another', async () => {
    let runs = 0;
    const count = () => {
      runs++;
      return 'HEALTHY' as const;
    };
    const clock = new ManualClock();
    const health = new HealthCheckService({ clock, defaults: { ttlMs: 0 } });
    health.register('counts', count);
    const { hardening } = setup({ clock, health });
    const answers: FakeResponse[] = [];
    for (let i = 0; i < 10_000; i++) {
      const response = new FakeResponse();
      const path = i % 2 === 0 ? '/health/check' : '/health/summary';
      void hardening.handle(exchangeOf(path, asked({ open: i % 3 === 0 }), response));
      answers.push(response);
    }
    await settle();
    expect(answers.every(({ statusCode, writableFinished }) => statusCode === 200 && writableFinished)).toBe(true);
    expect(runs).toBe(1);
    clock.advance(999);
    await read(hardening, '/health/check');
    expect(runs).toBe(1);
    clock.advance(1);
    await read(hardening, '/health/summary');
    expect(runs).toBe(2);
  });
});

it('each text of a report is made once', async () => {
  const { hardening } = withChecks();
  const written = vi.spyOn(JSON, 'stringify');
  try {
    for (let i = 0; i < 50; i++) {
      await read(hardening, '/health/check', { open: true });
      await read(hardening, '/health/summary', { open: true });
    }
    expect(written.mock.calls.filter(([value]) => 'components' in Object(value))).toHaveLength(2);
  } finally {
    written.mockRestore();
  }
});

describe('/health/summary', () => {
  it('counts for whom it may concern how many are how', async () => {
    const breaker = new CircuitBreaker({ name: 'db' });
    const { hardening } = withChecks({ components: [breaker], lifecycle: { phase: 'DRAINING' } });
    const { json, statusCode } = await read(hardening, '/health/summary', { open: true });
    expect([statusCode, json]).toEqual([
      200,
      { status: 'DEGRADED', phase: 'DRAINING', components: { HEALTHY: 2, DEGRADED: 1, UNHEALTHY: 0 } },
    ]);
    for (const [accept, body] of [
      ['application/json', '{"status":"DEGRADED"}'],
      ['application/health+json', '{"status":"warn"}'],
    ] as const) {
      expect((await read(hardening, '/health/summary', { accept })).body).toBe(body);
    }
  });

  it('tells the phase as it is now, though the counts are of this second', async () => {
    const lifecycle: { phase: 'READY' | 'DRAINING' } = { phase: 'READY' };
    const { hardening } = withChecks({ lifecycle });
    expect((await read(hardening, '/health/summary', { open: true })).json).toMatchObject({ phase: 'READY' });
    lifecycle.phase = 'DRAINING';
    expect((await read(hardening, '/health/summary', { open: true })).json).toMatchObject({ phase: 'DRAINING' });
  });
});

describe('a registry among the components', () => {
  const details = async (components: HardeningOptions['components'], clock: ManualClock) => {
    const { hardening } = setup({ clock, ...(components === undefined ? {} : { components }) });
    const { json } = await read(hardening, '/health/check', { open: true });
    return (json as { components: object[] }).components;
  };

  it('lists its own breakers: those that are not closed, and how many there are', async () => {
    const clock = new ManualClock();
    const registry = new CircuitBreakerRegistry({ name: 'tenants', clock });
    registry.for('quiet');
    expect(await details([registry], clock)).toMatchObject([
      {
        name: 'circuit-breaker-registry:tenants',
        status: 'HEALTHY',
        details: { breakersByState: { CLOSED: 1 }, notClosed: [] },
      },
    ]);
    registry.for('acme').isolate('by hand');
    registry.for('globex').disable();
    expect(await details([registry], clock)).toMatchObject([
      {
        status: 'DEGRADED',
        message: '1 ISOLATED of 3 circuits',
        details: {
          breakersByState: { CLOSED: 1, ISOLATED: 1, DISABLED: 1 },
          notClosed: [
            { name: 'acme', state: 'ISOLATED' },
            { name: 'globex', state: 'DISABLED' },
          ],
        },
      },
    ]);
  });

  it('lists no more than 20 of a great many, and no secret', async () => {
    const clock = new ManualClock();
    using _registered = registerSecret('tenant-of-secrets');
    const registry = new CircuitBreakerRegistry({ name: 'tenants', clock });
    for (let i = 0; i < 500; i++) registry.for(`tenant-of-secrets ${'x'.repeat(150)} ${String(i)}`).isolate();
    const [component] = (await details([registry], clock)) as { details: { notClosed: object[] } }[];
    expect(component?.details.notClosed).toHaveLength(20);
    expect(JSON.stringify(component)).not.toContain('tenant-of-secrets');
  });

  it('so does a service of error recovery', async () => {
    const clock = new ManualClock();
    const recovery = new ErrorRecoveryService({ name: 'outside', clock, retry: { maxAttempts: 1 } });
    await recovery.execute('mail', () => 1);
    const fail = () => Promise.reject(new Error('down'));
    for (let i = 0; i < 5; i++) await recovery.execute('billing', fail).catch(() => undefined);
    expect(await details([recovery], clock)).toMatchObject([
      {
        name: 'error-recovery-service:outside',
        status: 'DEGRADED',
        details: { breakersByState: { CLOSED: 1, OPEN: 1 }, notClosed: [{ name: 'billing', state: 'OPEN' }] },
      },
    ]);
  });

  it('which lists no more than 20 of its services', async () => {
    const clock = new ManualClock();
    const recovery = new ErrorRecoveryService({ name: 'outside', clock, retry: { maxAttempts: 1 } });
    const fail = () => Promise.reject(new Error('down'));
    for (let i = 0; i < 25 * 5; i++) await recovery.execute(`s${String(i % 25)}`, fail).catch(() => undefined);
    const [component] = (await details([recovery], clock)) as { details: { notClosed: object[] } }[];
    expect(component).toMatchObject({ details: { breakersByState: { OPEN: 25 } } });
    expect(component?.details.notClosed).toHaveLength(20);
  });

  it('that says nonsense, or nothing, is shown as it can be', async () => {
    const clock = new ManualClock();
    const own = (name: string, health: () => unknown, snapshot: () => unknown) => ({
      kind: 'circuit-breaker-registry',
      name,
      health: health as () => { status: 'HEALTHY' },
      snapshot: snapshot as () => object,
      subscribe: () => () => undefined,
    });
    const fine = () => ({ status: 'HEALTHY' });
    const boom = () => {
      throw new Error('boom');
    };
    const components = [
      own('null', fine, () => ({ notClosed: [null, { name: 1, state: 'OPEN' }, { name: 'a', state: 'OPEN' }] })),
      own('throws', fine, boom),
      own(
        'asynchronous',
        () => Promise.reject(new Error('later')),
        () => ({}),
      ),
      own('list', fine, () => []),
    ];
    expect(await details(components, clock)).toMatchObject([
      { status: 'HEALTHY', details: { notClosed: [{ name: 'a', state: 'OPEN' }] } },
      { status: 'DEGRADED', message: expect.stringContaining('boom') as string },
      { status: 'DEGRADED', message: 'invalid result' },
      { status: 'HEALTHY' },
    ]);
  });
});
