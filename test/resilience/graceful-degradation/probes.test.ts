import { CircuitBreaker, CircuitBreakerRegistry } from 'breakwater/circuit-breaker';
import type { Component } from 'breakwater/core';
import { ErrorRecoveryService, GracefulDegradation } from 'breakwater/error-recovery';
import { HealthCheckService } from 'breakwater/health';
import { pipeline, type Policy, timeout } from 'breakwater/resilience';
import { describe, expect, it } from 'vitest';
import { clockAt } from '../setup.js';

const clock = clockAt();
const breakerWith = (more: object = {}) =>
  new CircuitBreaker({ clock, failureThreshold: 1, recoveryTimeoutMs: 1_000, ...more });

interface Linked {
  readonly components: readonly Component[];
  readonly call: Policy['execute'];
}

const linked: readonly (readonly [string, () => Linked])[] = [
  ['a breaker', () => ((breaker) => ({ components: [breaker], call: breaker.execute.bind(breaker) }))(breakerWith())],
  [
    'a pipeline',
    () =>
      ((call) => ({ components: [call], call: call.execute.bind(call) }))(
        pipeline(timeout(100, { clock }), breakerWith()),
      ),
  ],
  [
    'an ErrorRecoveryService',
    () => {
      const recovery = new ErrorRecoveryService({
        clock,
        retry: false,
      });
      return {
        components: [recovery],
        call: (operation) =>
          recovery.execute('index', operation, { breaker: { failureThreshold: 1, recoveryTimeoutMs: 1_000 } }),
      };
    },
  ],
  [
    'a registry',
    () => {
      const registry = new CircuitBreakerRegistry({
        clock,
        defaults: { failureThreshold: 1, recoveryTimeoutMs: 1_000 },
      });
      return { components: [registry], call: (operation) => registry.for('index').execute(operation) };
    },
  ],
  [
    'a health check service that watches the breaker',
    () => {
      const breaker = breakerWith();
      const health = new HealthCheckService({ clock });
      health.watch(breaker);
      return { components: [health], call: breaker.execute.bind(breaker) };
    },
  ],
  [
    'the breaker and a service that watches it',
    () => {
      const breaker = breakerWith();
      const health = new HealthCheckService({ clock });
      health.watch(breaker);
      return { components: [breaker, health], call: breaker.execute.bind(breaker) };
    },
  ],
];

describe.each(linked)('a feature that is linked to %s', (_, make) => {
  it('recovers once the dependency is back, by the calls of its own users', async () => {
    const { components, call } = make();
    const degradation = new GracefulDegradation({ clock });
    degradation.register('search', { levels: ['full', 'cached'], fallback: () => 'stale' });
    for (const component of components) degradation.link('search', component);
    let down = true;
    const ask = () =>
      degradation
        .run('search', () => call(() => (down ? Promise.reject(new Error('down')) : Promise.resolve('fresh'))))
        .then(
          ({ value }) => value,
          () => 'error',
        );
    expect(await ask()).toBe('error');
    expect([await ask(), degradation.isDegraded('search')]).toEqual(['stale', true]);
    clock.advance(1_000);
    // The probe fails: whoever made it is answered degraded.
    expect(await ask()).toBe('stale');
    down = false;
    expect(await ask()).toBe('stale');
    clock.advance(10_000);
    expect(await ask()).toBe('fresh');
    clock.advance(10_000);
    expect([await ask(), degradation.isDegraded('search')]).toEqual(['fresh', false]);
  });
});

describe('a circuit that takes up its load step by step', () => {
  it('answers those whom it refuses degraded, and the feature recovers at the end', async () => {
    const breaker = breakerWith({ rampUp: { fromRatio: 0.1, overMs: 10_000 } });
    const degradation = new GracefulDegradation({ clock, minDwellMs: 0 });
    degradation.register('search', { fallback: () => 'stale' });
    degradation.link('search', breaker);
    await breaker.attempt(() => Promise.reject(new Error('down')));
    clock.advance(1_000);
    await breaker.execute(() => 'fine');
    expect(breaker.state).toBe('CLOSED');
    expect(breaker.health()).toEqual({ status: 'DEGRADED', message: 'circuit takes up its load step by step' });
    const values: unknown[] = [];
    for (let i = 0; i < 20; i++)
      values.push((await degradation.run('search', () => breaker.execute(() => 'fresh'))).value);
    expect([values.filter((value) => value === 'fresh').length, values.includes('stale')]).toEqual([2, true]);
    clock.advance(10_000);
    expect((await degradation.run('search', () => breaker.execute(() => 'fresh'))).value).toBe('fresh');
    expect([degradation.isDegraded('search'), breaker.health()]).toEqual([false, { status: 'HEALTHY' }]);
  });
});

describe('a name that is misspelt', () => {
  it.each([
    ['degrade', { reason: 'deploy', lvel: 'off' }, /lvel is not an option; did you mean level/],
    ['recover', { reson: 'deploy' }, /reson is not an option; did you mean reason/],
    ['recover', { by: 'me' }, /by is not an option; there are reason/],
  ] as const)('in %s is refused, and nothing changes: %j', (method, given, text) => {
    const degradation = new GracefulDegradation({ clock, minDwellMs: 0 });
    degradation.register('search', { levels: ['full', 'cached', 'off'] });
    degradation.degrade('search', { reason: 'incident 7' });
    expect(() => degradation[method]('search', given as never)).toThrow(text);
    expect(degradation.status()).toMatchObject({
      features: [{ level: 'cached', reasons: [{ reason: 'incident 7' }] }],
    });
  });
});
