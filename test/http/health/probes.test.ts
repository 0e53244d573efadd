import { HealthCheckService, type HealthOutcome } from 'breakwater/health';
import type { HardeningOptions, Phase } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { ask } from '../exchange.js';
import { read, settle, setup, TOKEN } from './setup.js';

function withChecks(
  register: (health: HealthCheckService) => void,
  options: HardeningOptions = {},
  phase: { phase: Phase } = { phase: 'READY' },
) {
  const clock = new ManualClock({ now: 1_000, wallNow: 1_700_000_000_000 });
  const health = new HealthCheckService({ clock });
  register(health);
  return { ...setup({ clock, health, lifecycle: phase, ...options }), clock, phase, health };
}

const PASSES = (): HealthOutcome => 'HEALTHY';

describe('/health/live', () => {
  it('HLD-12 HLD-15 HLD-16 is 200 whatever depends on it is, and in every phase', async () => {
    const { hardening, phase } = withChecks((health) => {
      health.register('database', () => 'UNHEALTHY', { critical: true });
    });
    for (const now of ['STARTING', 'READY', 'DRAINING', 'STOPPED'] as const) {
      phase.phase = now;
      const { statusCode, json } = await read(hardening, '/health/live', { open: true });
      expect([now, statusCode, json]).toEqual([now, 200, { status: 'HEALTHY' }]);
    }
  });

  it('is 503 when a check of the process itself fails', async () => {
    const { hardening } = withChecks((health) => {
      health.register('event loop', () => 'UNHEALTHY', { critical: true, kinds: ['liveness'] });
    });
    const { statusCode, json, sent } = await read(hardening, '/health/live');
    expect([statusCode, json, sent.get('retry-after')]).toEqual([503, { status: 'UNHEALTHY' }, '5']);
    expect((await read(hardening, '/health/live', { accept: 'application/health+json' })).json).toEqual({
      status: 'fail',
    });
  });
});

describe('/health/ready', () => {
  it.each([
    ['STARTING', 503],
    ['READY', 200],
    ['DRAINING', 503],
    ['STOPPED', 503],
  ] as const)('HLD-13 HLD-16 while the service is %s it is %i, in every form', async (phase, code) => {
    let runs = 0;
    const { hardening } = withChecks(
      (health) => {
        health.register('database', () => {
          runs++;
          return 'HEALTHY';
        });
      },
      {},
      { phase },
    );
    const status = code === 200 ? 'HEALTHY' : 'UNHEALTHY';
    const json = await read(hardening, '/health/ready');
    expect([json.statusCode, json.json]).toEqual([code, { status, phase }]);
    const draft = await read(hardening, '/health/ready', { accept: 'application/health+json' });
    expect([draft.statusCode, draft.json]).toEqual([code, { status: code === 200 ? 'pass' : 'fail' }]);
    const text = await read(hardening, '/health/ready', { accept: 'text/plain' });
    expect([text.statusCode, text.body]).toEqual([
      code,
      expect.stringContaining(`breakwater_health_status{status="${status}"} 1\n`),
    ]);
    // A service that gets no traffic anyway has nothing to find out.
    expect(runs).toBe(code === 200 ? 1 : 0);
  });

  it('HLD-10 a critical component is 503, any other is 200', async () => {
    for (const [critical, code, status] of [
      [true, 503, 'UNHEALTHY'],
      [false, 200, 'DEGRADED'],
    ] as const) {
      const { hardening } = withChecks((health) => {
        health.register('fine', PASSES);
        health.register('broken', () => 'UNHEALTHY', { critical });
      });
      const { statusCode, json } = await read(hardening, '/health/ready');
      expect([statusCode, json]).toEqual([code, { status, phase: 'READY' }]);
    }
  });

  it('HLD-14 without any check it is 200 once started, and that is warned of once', async () => {
    const { hardening, reported } = setup();
    for (let i = 0; i < 5; i++) expect((await read(hardening, '/health/ready')).statusCode).toBe(200);
    await settle();
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_NO_CHECKS' }]);
    const starting = setup({ lifecycle: { phase: 'STARTING' } });
    expect((await read(starting.hardening, '/health/ready')).statusCode).toBe(503);
  });

  it('HLD-1 answers in time when a check never settles', async () => {
    const { hardening, clock } = withChecks((health) => {
      health.register('hangs', () => new Promise<never>(() => undefined), { critical: true });
    });
    const response = await ask(hardening, '/health/ready');
    await clock.advanceAsync(799);
    expect(response.headersSent).toBe(false);
    await clock.advanceAsync(1);
    await settle();
    expect([response.statusCode, response.json]).toMatchObject([200, { status: 'DEGRADED' }]);
  });

  it('HLD-4 fifty probes at once run a check once', async () => {
    let runs = 0;
    const { hardening } = withChecks((health) => {
      health.register('database', async () => {
        runs++;
        await settle(3);
        return true;
      });
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => read(hardening, '/health/ready')));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(runs).toBe(1);
  });

  it('a lifecycle that throws is not ready', async () => {
    let broken = false;
    const lifecycle = {
      get phase(): Phase {
        if (broken) throw new Error('no phase');
        return 'READY';
      },
    };
    const { hardening, reported } = setup({ lifecycle });
    broken = true;
    const { statusCode, json } = await read(hardening, '/health/ready');
    expect([statusCode, json]).toEqual([503, { status: 'UNHEALTHY' }]);
    expect(reported).toMatchObject([{ message: 'no phase' }]);
    expect((await read(hardening, '/health/live')).statusCode).toBe(200);
  });
});

it('probes ask nobody who may see details: they wait for nothing else and see no more', async () => {
  let asked = 0;
  const { hardening } = setup({
    authorize: () => {
      asked++;
      return new Promise<boolean>(() => undefined);
    },
  });
  for (const route of ['live', 'ready']) {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const { json } = await read(hardening, `/health/${route}`, { headers });
    expect(json).toMatchObject({ status: 'HEALTHY' });
    expect(json).not.toHaveProperty('components');
  }
  expect(asked).toBe(0);
});
