import { CircuitBreakerRegistry } from 'breakwater/circuit-breaker';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it, vi } from 'vitest';
import { ErrorRecoveryService, GracefulDegradation } from 'breakwater/error-recovery';
import { setup } from './setup.js';

const caught = (error: unknown): unknown => error;
const failing = (): Promise<never> => Promise.reject(new Error('down'));

describe('ErrorRecoveryService and its breakers', () => {
  function shared() {
    const clock = new ManualClock();
    const registry = new CircuitBreakerRegistry({ clock, defaults: { failureThreshold: 2 } });
    return { clock, registry, recovery: new ErrorRecoveryService({ clock, registry, retry: false }) };
  }

  it('shares breakers with whoever uses the same registry', async () => {
    const { registry, recovery } = shared();
    await recovery.execute('db', failing).catch(caught);
    await registry.for('db').attempt(failing);
    expect(await recovery.execute('db', () => 1).catch(caught)).toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
    expect(registry.size).toBe(1);
  });

  it('leaves the transitions and figures of a registry that was given to that', async () => {
    const { recovery } = shared();
    const heard: unknown[] = [];
    recovery.subscribe((event) => heard.push(event));
    for (let i = 0; i < 2; i++) await recovery.execute('db', failing).catch(caught);
    expect(heard).toEqual([]);
    expect([...recovery.metrics()].filter(({ name }) => name.startsWith('breakwater_circuit'))).toEqual([]);
    expect(recovery.health()).toEqual({ status: 'DEGRADED', message: 'circuit of db is OPEN' });
  });

  it('shows the transitions and figures of breakers of its own', async () => {
    const { recovery, fail } = setup();
    const heard: unknown[] = [];
    const stop = recovery.subscribe(({ type, level }) => heard.push([type, level]));
    for (let i = 0; i < 5; i++) await fail('db');
    stop();
    recovery.execute('db', () => 1).catch(caught);
    expect(heard).toEqual([
      ['stateChange', 'error'],
      ['trend', 'warn'],
    ]);
    const open = [...recovery.metrics()].filter(({ labels }) => labels?.['state'] === 'OPEN');
    expect(open).toMatchObject([{ name: 'breakwater_circuit_registry_breakers', value: 1 }]);
  });

  it('is degraded for a broken circuit of a service that it counts with the others', async () => {
    const { recovery, fail } = setup({ maxServices: 1 });
    recovery.recordError('a', 'x');
    for (let i = 0; i < 5; i++) await fail('b');
    expect(recovery.health()).toMatchObject({ status: 'DEGRADED' });
  });

  it('keeps the options of the first call when the registry lets an idle breaker go', async () => {
    const clock = new ManualClock();
    const registry = new CircuitBreakerRegistry({ clock });
    const recovery = new ErrorRecoveryService({ clock, registry, retry: false });
    await recovery.execute('db', () => 1, { breaker: { failureThreshold: 1 } });
    registry.delete('db');
    await recovery.execute('db', failing).catch(caught);
    expect(recovery.summary().services).toMatchObject([{ service: 'db', breaker: 'OPEN' }]);
  });

  it('leaves options aside for a breaker that the registry has with others, and says so once', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { registry, recovery } = shared();
    const breaker = registry.for('db');
    const options = { breaker: { failureThreshold: 1 } };
    expect(await recovery.execute('db', () => 1, options)).toBe(1);
    await recovery.execute('db', () => Promise.reject(new Error('down')), { ...options, retry: false }).catch(() => 0);
    expect([breaker.state, registry.get('db')]).toEqual(['CLOSED', breaker]);
    await Promise.resolve();
    expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/'db' is called with other breaker options than before/),
    ]);
    warn.mockRestore();
    await expect(recovery.execute('mail', () => 1, { breaker: { failureThreshold: 0 } })).rejects.toThrow(
      /failureThreshold/,
    );
  });

  it('more services than are told apart run all the same, whatever their breakers were made with', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const recovery = new ErrorRecoveryService({ maxServices: 2 });
    for (let round = 0; round < 3; round++) {
      for (const service of ['a', 'b', 'c', 'd']) {
        const answer = recovery.execute(service, () => 'fine', { breaker: { classify: () => 'success' } });
        await expect(answer).resolves.toBe('fine');
      }
    }
    warn.mockRestore();
  });
});

describe('options that must agree', () => {
  it('a registry with another clock is refused at once', () => {
    expect(
      () => new ErrorRecoveryService({ clock: new ManualClock(), registry: new CircuitBreakerRegistry() }),
    ).toThrow('registry has another clock; give both the same');
  });

  it('so is a retry with another clock, in the constructor and in a call', async () => {
    const clock = new ManualClock();
    expect(() => new ErrorRecoveryService({ clock, retry: { clock: new ManualClock() } })).toThrow(
      'retry.clock is another one',
    );
    const service = new ErrorRecoveryService({ clock, retry: { clock, name: 'mine' } });
    await expect(service.execute('a', () => 1, { retry: { clock: new ManualClock() } })).rejects.toThrow('retry.clock');
    expect(await service.execute('a', () => 1)).toBe(1);
  });

  it('M09 options that change later change nothing', async () => {
    const clock = new ManualClock();
    const options = { delaysMs: [1], maxAttempts: 2, budget: false as const };
    const service = new ErrorRecoveryService({ clock, retry: options });
    options.delaysMs[0] = -5;
    Object.assign(options, { foo: 1, maxAttempts: 0 });
    let calls = 0;
    const running = service.execute('a', () => (++calls === 1 ? Promise.reject(new Error('x')) : 'fine'));
    await clock.advanceAsync(1);
    expect([await running, calls]).toEqual(['fine', 2]);
  });

  it('a call whose options are refused pins none for the service', async () => {
    const service = new ErrorRecoveryService();
    const broken = { retry: { maxAttempts: 0 }, breaker: { failureThreshold: 7 } };
    await expect(service.execute('a', () => 1, broken)).rejects.toThrow('maxAttempts');
    const misspelt = { breaker: { failureTreshold: 1 } as object };
    await expect(service.execute('a', () => 1, misspelt)).rejects.toThrow('failureTreshold');
    const fail = (): Promise<never> => Promise.reject(new Error('down'));
    await expect(service.execute('a', fail, { breaker: { failureThreshold: 1 }, retry: false })).rejects.toThrow(
      'down',
    );
    expect(service.summary().services[0]?.breaker).toBe('OPEN');
  });
});

describe('the health of a service', () => {
  const down = (): Promise<never> => Promise.reject(new Error('down'));

  it.each([true, false])(
    'is what its breaker says: one that only watches refuses nobody (registry given: %s)',
    async (given) => {
      const clock = new ManualClock();
      const registry = given ? { registry: new CircuitBreakerRegistry({ clock }) } : {};
      const service = new ErrorRecoveryService({ clock, retry: false, ...registry });
      await service.execute('x', down, { breaker: { failureThreshold: 1, mode: 'shadow' } }).catch(caught);
      expect(service.summary().services[0]?.breaker).toBe('OPEN');
      expect(service.health().status).toBe('HEALTHY');
    },
  );

  it.each([true, false])('is DEGRADED while a breaker takes up its load again (registry given: %s)', async (given) => {
    const clock = new ManualClock();
    const registry = given ? { registry: new CircuitBreakerRegistry({ clock }) } : {};
    const service = new ErrorRecoveryService({ clock, retry: false, ...registry });
    const breaker = { failureThreshold: 1, recoveryTimeoutMs: 10, rampUp: { fromRatio: 0.1, overMs: 1_000 } };
    await service.execute('x', down, { breaker }).catch(caught);
    expect(service.health().message).toBe('circuit of x is OPEN');
    clock.advance(10);
    await service.execute('x', () => 1);
    expect(service.health()).toEqual({ status: 'DEGRADED', message: 'circuit of x takes up its load step by step' });
    const features = new GracefulDegradation({ clock, minDwellMs: 0 });
    features.register('f', { fallback: () => 'fallback' });
    features.link('f', service);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => features.run('f', () => service.execute('x', () => 'full'))),
    );
    expect(answers.filter(({ value }) => value === 'full')).toHaveLength(2);
    clock.advance(1_000);
    expect(service.health().status).toBe('HEALTHY');
  });
});
