import { CircuitBreaker, CircuitBreakerRegistry, classifyDatabaseError } from 'breakwater/circuit-breaker';
import { ErrorRecoveryService } from 'breakwater/error-recovery';
import * as presets from 'breakwater/presets';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

const { CIRCUIT_BREAKER_PRESETS, ...breakers } = presets;

describe('presets', () => {
  it.each([
    ['DB', 'DB_CIRCUIT_BREAKER', 'database', 5, 30_000],
    ['ALGORITHM', 'ALGORITHM_CIRCUIT_BREAKER', 'algorithm', 3, 60_000],
    ['NOTIFICATION', 'NOTIFICATION_CIRCUIT_BREAKER', 'notification', 10, 120_000],
  ] as const)('%s opens after its failures, for its time', async (preset, ready, name, failures, ms) => {
    expect(breakers[ready].snapshot()).toMatchObject({ name, state: 'CLOSED' });
    const clock = new ManualClock();
    const breaker = new CircuitBreaker({ ...CIRCUIT_BREAKER_PRESETS[preset], clock });
    const fail = () => breaker.attempt(() => Promise.reject(new Error('down')));
    for (let i = 1; i < failures; i++) await fail();
    expect(breaker.state).toBe('CLOSED');
    await fail();
    expect(breaker.state).toBe('OPEN');
    clock.advance(ms - 1);
    expect(breaker.state).toBe('OPEN');
    clock.advance(1);
    expect(breaker.state).toBe('HALF_OPEN');
  });

  it('takes what a database says about a statement for an answer', () => {
    expect(CIRCUIT_BREAKER_PRESETS.DB.classify).toBe(classifyDatabaseError);
  });

  it('are options for a registry and for a service as well', async () => {
    const registry = new CircuitBreakerRegistry({ defaults: CIRCUIT_BREAKER_PRESETS.ALGORITHM });
    for (let i = 0; i < 3; i++) await registry.for('a').attempt(() => Promise.reject(new Error('down')));
    expect(registry.for('a').state).toBe('OPEN');
    const service = new ErrorRecoveryService();
    expect(await service.execute('db', () => 1, { breaker: CIRCUIT_BREAKER_PRESETS.DB })).toBe(1);
  });

  it('cannot be changed', () => {
    expect(() => {
      (CIRCUIT_BREAKER_PRESETS.DB as { failureThreshold: number }).failureThreshold = 1;
    }).toThrow(TypeError);
    expect(Object.isFrozen(CIRCUIT_BREAKER_PRESETS)).toBe(true);
  });
});
