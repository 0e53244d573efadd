import { CircuitBreakerRegistry, type KeyedBreakerOptions } from 'breakwater/circuit-breaker';
import { GracefulDegradation } from 'breakwater/error-recovery';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

const rampUp = { fromRatio: 0.1, overMs: 10_000 };

async function recovered(options: Parameters<typeof setup>[0] = {}) {
  const all = setup({ failureThreshold: 3, rampUp, ...options });
  await all.toHalfOpen();
  await all.succeed();
  expect(all.breaker.state).toBe('CLOSED');
  const admitted = (calls: number): number => {
    let count = 0;
    for (let i = 0; i < calls; i++) if (all.breaker.tryAcquire()?.success() === true) count++;
    return count;
  };
  return { ...all, admitted };
}

describe('rampUp', () => {
  it('after a recovery lets a growing share of the calls through, spread evenly', async () => {
    const { breaker, clock, admitted } = await recovered();
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', rampRatio: 0.1 });
    expect(admitted(100)).toBe(10);
    expect([admitted(9), admitted(1)]).toEqual([0, 1]);
    clock.advance(5_000);
    expect(breaker.snapshot().rampRatio).toBeCloseTo(0.55);
    expect(admitted(200)).toBe(110);
    clock.advance(5_000);
    expect(admitted(100)).toBe(100);
    expect(breaker.snapshot()).not.toHaveProperty('rampRatio');
  });

  it('a refused call is told that the circuit is closed again, and when every call goes', async () => {
    const { breaker, clock, fail } = await recovered();
    const told: unknown[] = [];
    breaker.on('rejected', (event) => told.push(event));
    clock.advance(2_000);
    const refusal = await fail();
    expect(refusal).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN', state: 'CLOSED', retryAfterMs: 8_000 });
    expect((refusal as Error).message).toContain('takes up its load step by step');
    expect(told).toEqual([{ breaker: 'default', state: 'CLOSED', retryAfterMs: 8_000 }]);
    expect(breaker.snapshot()).toMatchObject({ counts: { rejected: 1 } });
    expect(breaker.snapshot()).not.toHaveProperty('remainingMs');
  });

  it('a refusal that is made when the ramp has just ended asks for no wait', async () => {
    const { breaker, clock, fail } = await recovered();
    breaker.on('rejected', () => clock.advance(20_000));
    expect(await fail()).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN', retryAfterMs: 0 });
  });

  it('failures count as ever, and a new break ends it', async () => {
    const { breaker, clock, failTimes } = await recovered({ rampUp: { fromRatio: 1, overMs: 10_000 } });
    await failTimes(3);
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN' });
    expect(breaker.snapshot()).not.toHaveProperty('rampRatio');
    clock.advance(60_000);
    breaker.reset();
    expect(breaker.snapshot()).not.toHaveProperty('rampRatio');
  });

  it('begins after probes alone: not at the start, not after a reset or an isolation', async () => {
    const { breaker, clock, succeed } = setup({ rampUp });
    for (let i = 0; i < 20; i++) await expect(succeed()).resolves.toBe('fine');
    breaker.isolate()[Symbol.dispose]();
    await expect(succeed()).resolves.toBe('fine');
    clock.advance(1);
    breaker.reset();
    await expect(succeed()).resolves.toBe('fine');
  });

  it('a clock that is set back refuses no longer than it would have', async () => {
    const { breaker, clock, admitted } = await recovered();
    const endMs = clock.now() + 10_000;
    clock.set(-50_000);
    expect(breaker.snapshot().rampRatio).toBe(0.1);
    expect(admitted(10)).toBe(1);
    clock.set(endMs);
    expect(admitted(10)).toBe(10);
  });
});

describe('a registry', () => {
  async function ramping() {
    const clock = new ManualClock();
    const registry = new CircuitBreakerRegistry({
      clock,
      maxEntries: 1,
      defaults: { failureThreshold: 1, recoveryTimeoutMs: 1_000, rampUp: { fromRatio: 0.1, overMs: 10_000 } },
    });
    await registry.for('a').attempt(() => Promise.reject(new Error('down')));
    clock.advance(1_000);
    await registry.for('a').execute(() => 1);
    return { clock, registry };
  }

  it('keeps a breaker that takes up its load again, and lets it go afterwards', async () => {
    const { clock, registry } = await ramping();
    registry.for('b');
    expect([registry.get('a')?.snapshot().rampRatio, registry.get('b')]).toEqual([0.1, undefined]);
    clock.advance(10_000);
    registry.for('b');
    expect([registry.get('a'), registry.get('b') === undefined]).toEqual([undefined, false]);
  });

  it('is as well as its breakers: a feature linked to either recovers at the same time', async () => {
    const { clock, registry } = await ramping();
    expect(registry.get('a')?.health().status).toBe('DEGRADED');
    expect(registry.health()).toEqual({ status: 'DEGRADED', message: '1 CLOSED step by step of 1 circuits' });
    const features = new GracefulDegradation({ minDwellMs: 0, clock });
    features.register('one');
    features.register('all');
    features.link('one', registry.for('a'));
    features.link('all', registry);
    const levels = () => features.status().features.map(({ degraded }) => degraded);
    expect(levels()).toEqual([true, true]);
    clock.advance(10_000);
    expect([levels(), registry.health().status]).toEqual([[false, false], 'HEALTHY']);
    expect(registry.get('a')?.health().status).toBe('HEALTHY');
  });

  it('forgets the ramp of a breaker that it lets go', async () => {
    const { registry } = await ramping();
    registry.delete('a');
    expect(registry.health()).toEqual({ status: 'HEALTHY' });
  });
});

describe('a registry with breakers that only watch', () => {
  function mixed(options: KeyedBreakerOptions = {}) {
    const clock = new ManualClock();
    const defaults = { failureThreshold: 1, recoveryTimeoutMs: 10, ...options };
    const registry = new CircuitBreakerRegistry({ clock, defaults });
    const fail = async (key: string): Promise<void> => {
      await registry.for(key).attempt(() => Promise.reject(new Error('down')));
    };
    return { clock, registry, fail };
  }

  it('lets a feature try its circuits, whatever those say', async () => {
    const { clock, registry, fail } = mixed();
    registry.for('b', { mode: 'shadow' }).isolate('x');
    await fail('a');
    const features = new GracefulDegradation({ clock, minDwellMs: 0 });
    features.register('s', { fallback: () => 'fallback' });
    features.link('s', registry);
    clock.advance(10);
    const a = registry.for('a');
    expect(await features.run('s', () => a.execute(() => 'full'))).toMatchObject({ value: 'full' });
    expect(a.state).toBe('CLOSED');
  });

  it('is as well at the second look as at the first', async () => {
    const { clock, registry, fail } = mixed({ rampUp: { fromRatio: 0.1, overMs: 1_000 } });
    registry.for('b', { mode: 'shadow' });
    for (const [key, waitMs] of [
      ['a', 500],
      ['b', 600],
    ] as const) {
      await fail(key);
      clock.advance(10);
      await registry.for(key).execute(() => 1);
      expect(registry.health().message).toBe('1 CLOSED step by step of 2 circuits');
      clock.advance(waitMs);
    }
    expect([registry.health(), registry.health()]).toEqual([{ status: 'HEALTHY' }, { status: 'HEALTHY' }]);
  });
});
