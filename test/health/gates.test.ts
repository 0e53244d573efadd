import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import type { HealthGateState, HealthStatusChange } from 'breakwater/health';
import { describe, expect, it } from 'vitest';
import { held, setup, statuses } from './setup.js';

/** A service with one critical check that counts its runs, and a gate that can be set. */
function gated() {
  const { health, clock, reported } = setup();
  const seen = { runs: 0 };
  health.register(
    'db',
    () => {
      seen.runs++;
    },
    { critical: true },
  );
  let state: HealthGateState | undefined;
  const open = health.gate('lifecycle', () => state);
  const set = (next?: HealthGateState) => {
    state = next;
  };
  return { health, clock, reported, seen, set, open };
}

describe('gate', () => {
  it('HLD-13 HLD-15 closed while starting: readiness says so at once and runs no check, liveness and startup do not care', async () => {
    const { health, seen, set } = gated();
    set({ status: 'UNHEALTHY', message: 'starting' });
    const report = await health.readiness();
    expect(report).toMatchObject({
      status: 'UNHEALTHY',
      components: [
        { name: 'db', status: 'DEGRADED', message: 'pending' },
        { name: 'lifecycle', status: 'UNHEALTHY', message: 'starting', critical: true, responseTimeMs: 0 },
      ],
    });
    expect(seen.runs).toBe(0);
    expect(await health.liveness()).toEqual({ status: 'HEALTHY', components: [] });
    expect(statuses(await health.startup())).toEqual({ db: 'HEALTHY' });
    set();
    expect(statuses(await health.readiness())).toEqual({ db: 'HEALTHY', lifecycle: 'HEALTHY' });
  });

  it('HLD-13 without one the first probe runs the checks', async () => {
    const { health } = setup();
    let runs = 0;
    health.register('db', () => {
      runs++;
    });
    expect((await health.readiness()).status).toBe('HEALTHY');
    expect(runs).toBe(1);
  });

  it('HLD-16 closed while checks run: the report that waited shows it', async () => {
    const { health, set } = gated();
    const call = held();
    health.register('slow', () => call.promise);
    const asked = health.readiness();
    set({ status: 'UNHEALTHY', message: 'draining' });
    call.resolve();
    expect((await asked).status).toBe('UNHEALTHY');
  });

  it('is in check, summary, snapshot and metrics under its name, and the checks run there', async () => {
    const { health, seen, set } = gated();
    set({ status: 'UNHEALTHY', message: 'draining' });
    expect((await health.check()).status).toBe('UNHEALTHY');
    expect(seen.runs).toBe(1);
    expect(statuses(await health.summary())).toEqual({ db: 'HEALTHY', lifecycle: 'UNHEALTHY' });
    expect(health.snapshot().status).toBe('UNHEALTHY');
    expect(health.health()).toEqual({ status: 'UNHEALTHY', message: 'lifecycle is UNHEALTHY' });
    const samples = [...health.metrics()].filter(
      ({ labels, value }) => labels?.['check'] === 'lifecycle' && value === 1,
    );
    expect(samples.map(({ labels }) => labels?.['status'])).toContain('UNHEALTHY');
  });

  it('one that is DEGRADED lets traffic pass, and the checks run', async () => {
    const { health, seen, set } = gated();
    set({ status: 'DEGRADED', message: 'warming up' });
    expect((await health.readiness()).status).toBe('DEGRADED');
    expect(seen.runs).toBe(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('token=abcdef');
      },
      'gate failed: token=[secret]',
    ],
    ['answers true', () => true, 'gate failed: it must answer nothing or { status, message }'],
    ['answers null', () => null, 'gate failed: it must answer nothing or { status, message }'],
    ['answers a promise', () => Promise.reject(new Error('late')), 'gate failed: it must answer nothing or'],
    ['has no such status', () => ({ status: 'OK' }), 'gate failed: it must answer nothing or { status, message }'],
    ['cannot be read', () => revoked(), 'gate failed: it must answer nothing or { status, message }'],
  ])('fails safe when it %s', async (_, condition, message) => {
    const { health } = setup();
    health.gate('odd', condition as never);
    const report = await health.readiness();
    expect(report.status).toBe('UNHEALTHY');
    expect(report.components[0]?.message).toContain(message);
  });

  it('one that asks for a report itself does not recurse, and is closed', async () => {
    const { health } = setup();
    health.gate('self', () => ({ status: health.health().status }));
    expect((await health.readiness()).components[0]?.status).toBe('UNHEALTHY');
  });

  it('is gone when it is taken out, twice as well, and its name is free', async () => {
    const { health, set, open } = gated();
    set({ status: 'UNHEALTHY' });
    open();
    open();
    expect(statuses(await health.readiness())).toEqual({ db: 'HEALTHY' });
    health.gate('lifecycle', () => undefined);
    open();
    expect(statuses(await health.readiness())).toEqual({ db: 'HEALTHY', lifecycle: 'HEALTHY' });
  });

  it('HLD-14 makes no warning about missing checks go away', async () => {
    const { health, reported } = setup();
    health.gate('lifecycle', () => undefined);
    expect((await health.readiness()).status).toBe('HEALTHY');
    await Promise.resolve();
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_NO_CHECKS' }]);
  });

  it('HLD-30 refuses a name in use, one that stands for the service, and what is no function', () => {
    const { health } = gated();
    expect(() => health.gate('db', () => undefined)).toThrow(/'db' is in use/);
    expect(() => health.gate('lifecycle', () => undefined)).toThrow(/'lifecycle' is in use/);
    expect(() => health.register('lifecycle', () => true)).toThrow(/'lifecycle' is in use/);
    expect(() => health.register('maintenance', () => true)).toThrow(/stands for the whole service/);
    expect(() => health.gate('x', {} as never)).toThrow(/must be a function, got an object/);
  });

  it('tells when a report finds it changed', async () => {
    const { health, set } = gated();
    const told: HealthStatusChange[] = [];
    health.on('statusChange', (change) => told.push(change));
    await health.readiness();
    set({ status: 'UNHEALTHY', message: 'draining' });
    await health.readiness();
    await health.readiness();
    expect(told).toEqual([
      {
        service: 'default',
        component: 'lifecycle',
        from: 'HEALTHY',
        to: 'UNHEALTHY',
        critical: true,
        message: 'draining',
      },
    ]);
  });
});

describe('maintain, the whole service', () => {
  it('takes it out of traffic until every handle is disposed, and shows the latest reason that holds', async () => {
    const { health, seen } = gated();
    const told: string[] = [];
    health.on('statusChange', ({ component, to }) => told.push(`${component} ${to}`));
    const first = health.maintain('disk swap, password=hunter2');
    const second = health.maintain('network');
    const message = async () =>
      (await health.readiness()).components.find(({ name }) => name === 'maintenance')?.message;
    expect(await message()).toBe('network');
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    expect(await message()).toBe('disk swap, password=[secret]');
    expect((await health.readiness()).status).toBe('UNHEALTHY');
    expect(seen.runs).toBe(0);
    expect((await health.liveness()).status).toBe('HEALTHY');
    expect(statuses(await health.startup())).toEqual({ db: 'HEALTHY' });
    expect(health.snapshot().status).toBe('UNHEALTHY');
    expect((await health.summary()).status).toBe('UNHEALTHY');
    first[Symbol.dispose]();
    expect(statuses(await health.readiness())).toEqual({ db: 'HEALTHY', lifecycle: 'HEALTHY' });
    expect(told).toEqual(['maintenance UNHEALTHY', 'maintenance HEALTHY']);
    expect(health.history().changes.filter(({ component }) => component === undefined)).toMatchObject([
      { to: 'UNHEALTHY' },
      { from: 'UNHEALTHY', to: 'HEALTHY' },
    ]);
  });

  it('beginning while a report waits, it is in that report', async () => {
    const { health } = gated();
    const call = held();
    health.register('slow', () => call.promise);
    const asked = [health.readiness(), health.check()];
    using _ = health.maintain('now');
    call.resolve();
    for (const { status, components } of await Promise.all(asked)) {
      expect([status, components[0]?.name]).toEqual(['UNHEALTHY', 'maintenance']);
    }
  });

  it('begins again as often as it is asked for', async () => {
    const { health } = gated();
    for (let i = 0; i < 3; i++) {
      using _ = health.maintain('again');
      expect((await health.readiness()).status).toBe('UNHEALTHY');
    }
    expect((await health.readiness()).status).toBe('HEALTHY');
  });

  it.each([[undefined], [5], ['']])('refuses the reason %j', (reason) => {
    expect(() => setup().health.maintain(reason as never)).toThrow(InvalidArgumentError);
  });
});

describe('maintain, one check', () => {
  it.each([
    ['UNHEALTHY', false],
    ['HEALTHY', true],
  ])('of a critical check that was %s: it is not run, and DEGRADED with the reason', async (before, answer) => {
    const { health, clock } = setup();
    let runs = 0;
    health.register(
      'db',
      () => {
        runs++;
        return answer;
      },
      { critical: true },
    );
    expect((await health.readiness()).status).toBe(before);
    using _ = health.maintain('upgrade to 17', { check: 'db' });
    clock.advance(60_000);
    const report = await health.readiness();
    expect(report).toMatchObject({
      status: 'DEGRADED',
      components: [{ message: 'in maintenance: upgrade to 17', consecutiveFailures: 0, ageMs: 0 }],
    });
    expect(runs).toBe(1);
  });

  it('ending it forgets the old result: nothing is claimed until the check has run', async () => {
    const { health, clock } = setup();
    const answers: unknown[] = [true, 'later'];
    const call = held();
    health.register('db', () => (answers.shift() === true ? true : (call.promise as never)), { critical: true });
    await health.check();
    const told: string[] = [];
    health.on('statusChange', ({ from, to }) => told.push(`${String(from)} ${to}`));
    const handle = health.maintain('upgrade', { check: 'db' });
    handle[Symbol.dispose]();
    expect(health.snapshot().components[0]).toMatchObject({ status: 'DEGRADED', message: 'pending' });
    const asked = health.check();
    await clock.advanceAsync(800);
    expect((await asked).components[0]?.message).toBe('pending');
    call.resolve();
    await clock.advanceAsync(0);
    expect((await health.check()).status).toBe('HEALTHY');
    expect(told).toEqual(['HEALTHY DEGRADED', 'DEGRADED HEALTHY']);
  });

  it('HLD-2 a run that goes on when it begins is aborted, never counts, and none begins beside it afterwards', async () => {
    const { health, clock } = setup();
    let [runs, running, most] = [0, 0, 0];
    const call = held<boolean>();
    const signals: AbortSignal[] = [];
    health.register(
      'db',
      async ({ signal }) => {
        runs++;
        signals.push(signal);
        most = Math.max(most, ++running);
        const answer = runs === 1 ? await call.promise : true;
        running--;
        return answer;
      },
      { critical: true, timeoutMs: 2_000 },
    );
    const asked = health.check();
    const handle = health.maintain('upgrade', { check: 'db' });
    expect((await asked).components[0]?.message).toBe('in maintenance: upgrade');
    expect(signals[0]?.aborted).toBe(true);
    handle[Symbol.dispose]();
    // It ignores its signal: nothing is known meanwhile, and at its timeout it hangs.
    expect((await health.check()).components[0]?.message).toBe('pending');
    clock.advance(2_000);
    expect((await health.check()).components[0]).toMatchObject({ status: 'UNHEALTHY' });
    call.resolve(false);
    await clock.advanceAsync(1_000);
    expect((await health.check()).status).toBe('HEALTHY');
    expect([runs, most, clock.pending]).toEqual([2, 1, 0]);
  });

  it('of a sampled check stops sampling, which goes on at once when it ends', async () => {
    const { health, clock } = setup();
    let runs = 0;
    health.register(
      'db',
      () => {
        runs++;
      },
      { intervalMs: 1_000 },
    );
    await clock.advanceAsync(0);
    const handle = health.maintain('upgrade', { check: 'db' });
    await clock.advanceAsync(30_000);
    expect([runs, clock.pending]).toEqual([1, 0]);
    handle[Symbol.dispose]();
    await clock.advanceAsync(0);
    expect([runs, (await health.check()).status]).toEqual([2, 'HEALTHY']);
  });

  it('HLD-30 refuses what is no check that is there, and says which was probably meant', () => {
    const { health, clock } = setup();
    health.register('database', () => true);
    health.watch(new CircuitBreaker({ name: 'db', clock }));
    expect(() => health.maintain('x', { check: 'datbase' })).toThrow(/did you mean 'database'/);
    expect(() => health.maintain('x', { check: 'circuit-breaker:db' })).toThrow(/is no check/);
    for (const wrong of ['database', { chek: 'database' }, { check: 5 }]) {
      expect(() => health.maintain('x', wrong as never)).toThrow(InvalidOptionsError);
    }
    // Above all it is not the service instead.
    expect(health.snapshot().components).toHaveLength(2);
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
