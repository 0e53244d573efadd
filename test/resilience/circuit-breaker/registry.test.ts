import {
  CircuitBreakerRegistry,
  type CircuitBreakerRegistryOptions,
  type CircuitStateChange,
  consecutiveFailures,
  failureRate,
} from 'breakwater/circuit-breaker';
import { HealthStatus, InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { held } from './setup.js';

function setup(options: CircuitBreakerRegistryOptions = {}) {
  const clock = new ManualClock({ now: 1_000, wallNow: 1_700_000_000_000 });
  const registry = new CircuitBreakerRegistry({ clock, onListenerError: () => undefined, ...options });
  const succeed = (key: string): Promise<unknown> => registry.for(key).execute(() => 'fine');
  const fail = async (key: string, times = 1): Promise<void> => {
    for (let i = 0; i < times; i++) await registry.for(key).attempt(() => Promise.reject(new Error(`${key} is down`)));
  };
  const evicted: string[] = [];
  registry.on('evicted', ({ key, reason }) => evicted.push(`${key} ${reason}`));
  return { registry, clock, succeed, fail, evicted };
}

describe('CircuitBreakerRegistry', () => {
  it('RES-G01 the same key is the same breaker, another key another one', async () => {
    const { registry, fail } = setup();
    const a = registry.for('a');
    expect(registry.for('a')).toBe(a);
    expect(registry.get('a')).toBe(a);
    expect(registry.get('b')).toBeUndefined();
    await fail('a', 5);
    expect([a.state, registry.for('b').state, a.name, registry.size]).toEqual(['OPEN', 'CLOSED', 'a', 2]);
  });

  it('RES-G01 options are those of the first call; others later are an error, the same ones are not', () => {
    const { registry } = setup({ defaults: { failureThreshold: 3, halfOpen: { maxCalls: 2 } } });
    const classify = () => 'success' as const;
    const options = { trip: failureRate({ minimumCalls: 2 }), rampUp: { fromRatio: 0.5, overMs: 10 }, classify };
    const a = registry.for('a', options);
    expect(registry.for('a')).toBe(a);
    expect(registry.for('a', { ...options, trip: failureRate({ minimumCalls: 2 }) })).toBe(a);
    for (const other of [
      {},
      { ...options, trip: failureRate({ minimumCalls: 3 }) },
      { ...options, rampUp: { fromRatio: 0.6, overMs: 10 } },
      { ...options, classify: () => 'success' as const },
      { ...options, mode: 'shadow' as const },
    ]) {
      expect(() => registry.for('a', other)).toThrow(InvalidArgumentError);
    }
    const b = registry.for('b');
    expect(registry.for('b', {})).toBe(b);
    expect(registry.for('b', { failureThreshold: 3 })).toBe(b);
    expect(registry.for('b', { trip: consecutiveFailures(3) })).toBe(b);
    expect(() => registry.for('b', { failureThreshold: 4 })).toThrow("the breaker 'b' exists with other options");
    registry.delete('b');
    expect(registry.for('b', { failureThreshold: 4 })).not.toBe(b);
  });

  it('options override the defaults one by one; later changes of either object change nothing', async () => {
    const defaults = { failureThreshold: 2, recoveryTimeoutMs: 5_000, halfOpen: { maxCalls: 2 } };
    const { registry, clock, fail } = setup({ defaults });
    Object.assign(defaults, { failureThreshold: 9, recoveryTimeoutMs: 1 });
    defaults.halfOpen.maxCalls = 9;
    const options = { recoveryTimeoutMs: 7_000 as number | undefined, failureThreshold: undefined };
    registry.for('a', options);
    options.recoveryTimeoutMs = 1;
    await fail('a', 2);
    expect(registry.for('a').snapshot()).toMatchObject({ state: 'OPEN', remainingMs: 7_000 });
    clock.advance(7_000);
    const probes = Array.from({ length: 5 }, () => registry.for('a').tryAcquire());
    expect(probes.filter((lease) => lease !== undefined)).toHaveLength(2);
  });

  it('takes keys of 1 to 200 characters, and says which option is wrong', () => {
    const { registry } = setup();
    for (const wrong of ['', 'x'.repeat(201), 5, undefined, null]) {
      expect(() => registry.for(wrong as string)).toThrow(InvalidArgumentError);
    }
    expect(registry.for('x'.repeat(200)).name).toHaveLength(200);
    expect(() => registry.for('a', { failureThreshold: 0 })).toThrow('options.failureThreshold must be an integer');
    expect(() => registry.for('a', { name: 'b' } as never)).toThrow(InvalidOptionsError);
    expect(registry.size).toBe(1);
    expect(() => new CircuitBreakerRegistry({ maxEntries: 0, idleMs: 0, defaults: { mode: 'x' as never } })).toThrow(
      'maxEntries must be an integer of at least 1, got 0; defaults.mode',
    );
    expect(() => new CircuitBreakerRegistry({ idleMs: 0 })).toThrow('idleMs must be more than 0');
    expect(() => new CircuitBreakerRegistry({ defaults: { halfOpen: { maxWaitMs: 0 } } })).toThrow(
      'defaults.halfOpen.maxWaitMs must be more than 0',
    );
  });

  it('RES-G02 when it is full, the one unused for longest goes, and one used lately has a second chance', async () => {
    const { registry, succeed, evicted } = setup({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await succeed(key);
    await succeed('d');
    expect([evicted, registry.size]).toEqual([['a full'], 3]);
    await succeed('b');
    await succeed('e');
    await succeed('b');
    await succeed('f');
    expect(registry.get('b')).toBeDefined();
    expect(registry.size).toBe(3);
    expect(registry.snapshot()).toMatchObject({ evicted: evicted.length, size: 3, maxEntries: 3 });
  });

  it('RES-G02 one that is used without being asked for again counts as used', async () => {
    const { registry, succeed, evicted } = setup({ maxEntries: 8 });
    const kept = registry.for('kept');
    for (let i = 0; i < 100; i++) {
      await kept.execute(() => 1);
      await succeed(`other-${String(i)}`);
    }
    expect(registry.get('kept')).toBe(kept);
    expect(evicted).toHaveLength(93);
  });

  it('RES-G02 open, half-open, isolated, disabled, busy and listened-to breakers stay; full of them, it lets through', async () => {
    const { registry, clock, succeed, fail, evicted } = setup({
      maxEntries: 6,
      defaults: { recoveryTimeoutMs: 10_000 },
    });
    const pressure: unknown[] = [];
    registry.on('pressure', (event) => pressure.push(event));
    await fail('half-open', 5);
    clock.advance(10_000);
    expect(registry.for('half-open').state).toBe('HALF_OPEN');
    await fail('open', 5);
    registry.for('isolated').isolate();
    registry.for('disabled').disable();
    const gate = held();
    const running = registry.for('busy').execute(() => gate.promise);
    const stop = registry.for('heard').on('stateChange', () => undefined);
    const stray = registry.for('stray');
    await expect(stray.execute(() => 'unguarded')).resolves.toBe('unguarded');
    expect([stray.state, registry.size, evicted]).toEqual(['DISABLED', 6, []]);
    expect(registry.get('stray')).toBeUndefined();
    expect(registry.for('another')).toBe(stray);
    expect(pressure).toEqual([{ registry: 'breakers', size: 6, maxEntries: 6, passedThrough: 1 }]);
    stop();
    clock.advance(1_000);
    await succeed('stray');
    expect(evicted).toEqual(['heard full']);
    gate.resolve('done');
    await running;
    await succeed('late');
    expect(evicted).toHaveLength(2);
    expect(registry.snapshot()).toMatchObject({ passedThrough: 2, size: 6 });
  });

  it('RES-G02 a listener that asks for more breakers makes no more of them than there may be', async () => {
    const { registry, succeed } = setup({ maxEntries: 2 });
    let asked = 0;
    registry.on('evicted', () => {
      if (asked++ < 20) registry.for(`again-${String(asked)}`);
    });
    for (let i = 0; i < 10; i++) {
      await succeed(`k${String(i)}`);
      expect(registry.size).toBeLessThanOrEqual(2);
    }
    expect(asked).toBeGreaterThan(20);
  });

  it('RES-G02 a key that comes when there is room again is guarded, and pressure is told at most once a second', async () => {
    const { registry, clock, fail } = setup({ maxEntries: 1 });
    let told = 0;
    registry.on('pressure', () => told++);
    await fail('a', 5);
    for (let i = 0; i < 10; i++) registry.for(`x${String(i)}`);
    registry.for('a').reset();
    expect([registry.for('b').state, told]).toEqual(['CLOSED', 1]);
    await fail('b', 5);
    registry.for('c');
    expect(told).toBe(1);
    clock.advance(1_000);
    registry.for('d');
    expect(told).toBe(2);
  });

  it('RES-G02 under pressure it looks at a few only, and at all of them once a second', () => {
    const { registry, clock } = setup({ maxEntries: 1_000 });
    const leases = Array.from({ length: 1_000 }, (_, i) => registry.for(`busy ${String(i)}`).tryAcquire());
    expect(registry.for('one').state).toBe('DISABLED');
    for (const lease of leases.slice(1)) lease?.success();
    const guarded = Array.from({ length: 100 }, (_, i) => registry.for(`new ${String(i)}`).state);
    expect(new Set(guarded)).toEqual(new Set(['CLOSED']));
    clock.advance(1_000);
    expect([registry.get('busy 0') === undefined, registry.size]).toEqual([false, 1_000]);
  });

  it('whatever is done to the breaker that guards nothing, it refuses nothing and hears of nothing', async () => {
    const { registry, fail } = setup({ maxEntries: 1 });
    await fail('a', 5);
    const stray = registry.for('b');
    stray.isolate('no')[Symbol.dispose]();
    stray.isolate();
    stray.reset();
    stray.enable();
    stray.disable();
    stray.on('failure', () => expect.unreachable())();
    stray.subscribe(() => expect.unreachable())();
    for (let i = 0; i < 20; i++) await fail('b');
    await expect(stray.execute(() => 'runs')).resolves.toBe('runs');
    expect(stray.snapshot()).toMatchObject({ state: 'DISABLED', counts: { failures: 0, successes: 0, inFlight: 0 } });
  });

  it('RES-G03 idle breakers leave a few at a time, without a timer, as others are asked for', async () => {
    const { registry, clock, succeed, evicted } = setup({ idleMs: 60_000 });
    for (let i = 0; i < 100; i++) await succeed(`k${String(i)}`);
    clock.advance(59_999);
    for (let i = 0; i < 50; i++) registry.for('k0');
    expect([registry.size, clock.pending]).toEqual([100, 0]);
    clock.advance(1);
    registry.for('k0');
    expect(registry.size).toBe(98);
    for (let i = 0; i < 60; i++) registry.for('k0');
    expect([registry.size, evicted[0]]).toEqual([1, expect.stringContaining('idle')]);
  });

  it('RES-G03 a breaker that is used without being asked for again is not idle', async () => {
    const { registry, clock } = setup({ idleMs: 60_000 });
    const kept = registry.for('kept');
    for (let i = 0; i < 5; i++) {
      clock.advance(30_000);
      await kept.execute(() => 1);
      registry.for('other');
    }
    expect(registry.get('kept')).toBe(kept);
  });

  it('RES-G03 what was let go leaves nothing behind: no event, no count, no metric', async () => {
    const { registry, fail } = setup();
    const changes: CircuitStateChange[] = [];
    registry.on('stateChange', (change) => changes.push(change));
    const gone = registry.for('gone');
    await fail('gone', 5);
    expect(registry.delete('gone')).toBe(true);
    expect(registry.delete('gone')).toBe(false);
    expect(registry.health()).toEqual({ status: HealthStatus.HEALTHY });
    gone.reset();
    for (let i = 0; i < 5; i++) await gone.attempt(() => Promise.reject(new Error('down')));
    expect(gone.state).toBe('OPEN');
    expect(changes).toHaveLength(1);
    expect(registry.snapshot()).toMatchObject({ size: 0, byState: { CLOSED: 0, OPEN: 0 }, notClosed: [] });
    expect(JSON.stringify([...registry.metrics()])).not.toContain('gone');
    expect(registry.for('gone')).not.toBe(gone);
  });

  it('counts states, shows at most 20 that are not closed, and no metric has a key in it', async () => {
    const { registry, clock, fail } = setup({ name: 'tenants' });
    for (let i = 0; i < 30; i++) await fail(`tenant-${String(i)}`, 5);
    registry.for('quiet');
    registry.for('off').disable();
    clock.advance(60_000);
    const snapshot = registry.snapshot();
    expect(snapshot.notClosed).toHaveLength(20);
    expect(snapshot.notClosed[0]).toMatchObject({ name: 'tenant-0', state: 'HALF_OPEN' });
    expect(snapshot).toMatchObject({
      name: 'tenants',
      size: 32,
      byState: { CLOSED: 1, OPEN: 10, HALF_OPEN: 20, ISOLATED: 0, DISABLED: 1 },
    });
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    const samples = [...registry.metrics()];
    expect(JSON.stringify(samples)).not.toContain('tenant-');
    expect(samples).toContainEqual(
      expect.objectContaining({
        name: 'breakwater_circuit_registry_breakers',
        value: 20,
        labels: { registry: 'tenants', state: 'HALF_OPEN' },
      }),
    );
  });

  it('is DEGRADED while a breaker refuses, with the counts', async () => {
    const { registry, fail } = setup();
    registry.for('fine');
    await fail('a', 5);
    registry.for('b').isolate();
    registry.for('c').disable();
    expect(registry.health()).toEqual({ status: HealthStatus.DEGRADED, message: '1 OPEN, 1 ISOLATED of 4 circuits' });
    registry.for('a').reset();
    registry.for('b').reset();
    expect(registry.health()).toEqual({ status: HealthStatus.HEALTHY });
    for (let i = 0; i < 5; i++)
      await registry.for('d', { mode: 'shadow' }).attempt(() => Promise.reject(new Error('x')));
    expect(registry.snapshot().byState.OPEN).toBe(1);
    expect(registry.health()).toEqual({ status: HealthStatus.HEALTHY });
  });

  it('tells the transitions of all, in their order, also when a listener causes the next one', async () => {
    const { registry, fail } = setup();
    const told: string[] = [];
    const events: unknown[] = [];
    const stop = registry.subscribe((event) => events.push(event));
    registry.on('stateChange', ({ breaker, from, to }) => told.push(`${breaker} ${from} ${to}`));
    registry.for('a').on('stateChange', ({ to }) => {
      if (to === 'OPEN') registry.for('a').reset();
    });
    registry.on('stateChange', ({ breaker, to }) => {
      if (breaker === 'b' && to === 'OPEN') registry.delete('b');
    });
    await fail('a', 5);
    await fail('b', 5);
    expect(told).toEqual(['a CLOSED OPEN', 'a OPEN CLOSED', 'b CLOSED OPEN']);
    expect(registry.snapshot().byState).toMatchObject({ CLOSED: 1, OPEN: 0 });
    expect(events).toMatchObject([
      { type: 'stateChange', level: 'error', data: { breaker: 'a', cause: { message: 'a is down' } } },
      { type: 'stateChange', level: 'info' },
      { type: 'stateChange', level: 'error', data: { breaker: 'b' } },
    ]);
    stop();
  });

  it('masks what looks like a secret in a key, and still tells the keys apart', async () => {
    const { registry } = setup();
    const [a, b] = [registry.for('redis://u:hunter2@a'), registry.for('redis://u:hunter3@a')];
    expect(a).not.toBe(b);
    expect(registry.for('redis://u:hunter2@a')).toBe(a);
    expect(a.name).not.toContain('hunter2');
    const handle = a.isolate();
    expect(JSON.stringify(registry.snapshot())).not.toContain('hunter2');
    handle[Symbol.dispose]();
  });

  it('a hundred thousand breakers hold no timer, and each is found again', () => {
    const { registry, clock } = setup({ maxEntries: 100_000 });
    for (let i = 0; i < 100_000; i++) registry.for(`k${String(i)}`);
    expect([registry.size, clock.pending]).toEqual([100_000, 0]);
    expect(registry.for('k77777')).toBe(registry.get('k77777'));
  });
});
