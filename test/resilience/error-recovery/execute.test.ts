import { type CallContext, CircuitBreaker, type CircuitBreakerOptions } from 'breakwater/circuit-breaker';
import { InvalidArgumentError, InvalidOptionsError, isBreakwaterError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { ErrorRecoveryService } from 'breakwater/error-recovery';
import { RETRY, setup } from './setup.js';

const failing = (error: unknown) => () => Promise.reject(error);
const caught = (error: unknown): unknown => error;

/** A registry as simple as can be. */
function registry(common: CircuitBreakerOptions = {}) {
  const breakers = new Map<string, CircuitBreaker>();
  const asked: [string, unknown][] = [];
  return {
    breakers,
    asked,
    for(key: string, options?: object): CircuitBreaker {
      asked.push([key, options]);
      const breaker = breakers.get(key) ?? new CircuitBreaker({ ...common, ...options, name: key });
      breakers.set(key, breaker);
      return breaker;
    },
  };
}

describe('ErrorRecoveryService.execute', () => {
  it('answers what the operation answers', async () => {
    const { recovery, of } = setup();
    expect(await recovery.execute('db', async () => 7)).toBe(7);
    for (const value of [undefined, null, 0, '']) expect(await recovery.execute('db', () => value)).toBe(value);
    expect(of()).toMatchObject({ service: 'db', calls: 5, errors: 0, breaker: 'CLOSED', trend: 'STEADY' });
  });

  it('rejects with what the operation rejects with, and records it', async () => {
    const { recovery, of, told } = setup();
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    await expect(recovery.execute('db', failing(error))).rejects.toBe(error);
    await expect(
      recovery.execute('db', () => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(of()).toMatchObject({ calls: 2, errors: 2, rejections: 0 });
    expect(told[0]).toMatchObject([
      'error',
      { recovery: 'default', service: 'db', error: { name: 'Error', code: 'ECONNREFUSED' }, at: 1_700_000_000_000 },
    ]);
  });

  it('each service has a breaker of its own, which opens after failures of that service alone', async () => {
    const { recovery, fail, of } = setup();
    for (let i = 0; i < 5; i++) await fail('db');
    expect(isBreakwaterError(await fail('db'), 'BREAKWATER_CIRCUIT_OPEN')).toBe(true);
    expect(await recovery.execute('mail', () => 'sent')).toBe('sent');
    expect(of('db')).toMatchObject({ calls: 6, errors: 5, rejections: 1, breaker: 'OPEN' });
    expect(of('mail')).toMatchObject({ errors: 0, breaker: 'CLOSED' });
  });

  it('the breaker is made with the options of the first call', async () => {
    const { recovery, of, clock } = setup();
    const breaker = { failureThreshold: 1, recoveryTimeoutMs: 500 };
    await recovery.execute('db', failing('down'), { breaker }).catch(caught);
    expect(of().breaker).toBe('OPEN');
    clock.advance(500);
    expect(await recovery.execute('db', () => 1, { breaker: { ...breaker } })).toBe(1);
    expect(of().breaker).toBe('CLOSED');
  });

  it('retry stands outside of the breaker: each attempt counts with it', async () => {
    const { recovery, of, settle } = setup({ retry: RETRY });
    const breaker = { failureThreshold: 2 };
    let attempts = 0;
    const operation = (): Promise<never> => {
      attempts++;
      return Promise.reject(new Error('down'));
    };
    const error = await settle(recovery.execute('db', operation, { breaker })).catch(caught);
    // The circuit opened after the second attempt, and is not back within what a retry would wait for.
    expect(attempts).toBe(2);
    expect(isBreakwaterError(error, 'BREAKWATER_CIRCUIT_OPEN')).toBe(true);
    expect(of()).toMatchObject({ calls: 1, retries: 2, breaker: 'OPEN' });
  });

  it('a refusal after attempts that failed is recorded as both', async () => {
    const { recovery, of, settle } = setup({ retry: RETRY });
    const options = { breaker: { failureThreshold: 2 } };
    await settle(recovery.execute('db', failing(new Error('down')), options)).catch(caught);
    expect(of()).toMatchObject({ errors: 1, rejections: 1, topGroups: [{ name: 'Error', message: 'down', count: 1 }] });
    await settle(recovery.execute('db', failing(new Error('down')), options)).catch(caught);
    expect(of()).toMatchObject({ calls: 2, errors: 1, rejections: 2 });
  });

  it('a call that succeeds at a later attempt is no error', async () => {
    const { recovery, of, settle, told } = setup({ retry: RETRY });
    let attempts = 0;
    const operation = ({ attempt }: CallContext) => (++attempts < 3 ? Promise.reject(new Error('down')) : attempt);
    expect(await settle(recovery.execute('db', operation))).toBe(3);
    expect(of()).toMatchObject({ calls: 1, errors: 0, retries: 2 });
    expect(told).toEqual([]);
  });

  it('a call that fails for good is one error, however many attempts', async () => {
    const { recovery, of, settle } = setup({ retry: RETRY });
    const errors = ['first', 'second', 'last'].map((text) => new Error(text));
    await expect(settle(recovery.execute('db', () => Promise.reject(errors.shift())))).rejects.toThrow('last');
    expect(of()).toMatchObject({ errors: 1, retries: 2, topGroups: [{ message: 'last' }] });
  });

  it('by default only what did not reach the other side is tried again', async () => {
    const { recovery, settle, of } = setup({ retry: undefined });
    const run = async (error: unknown): Promise<number> => {
      let attempts = 0;
      const operation = (): Promise<never> => {
        attempts++;
        return Promise.reject(error);
      };
      await settle(recovery.execute('db', operation)).catch(caught);
      return attempts;
    };
    expect(await run(new Error('timeout while reading'))).toBe(1);
    expect(await run(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))).toBe(3);
    expect(of().retries).toBe(2);
  });

  it('a call may go without retries', async () => {
    const { recovery, settle, of } = setup({ retry: RETRY });
    const error = new Error('down');
    await expect(recovery.execute('db', failing(error), { retry: false })).rejects.toBe(error);
    expect(of()).toMatchObject({ retries: 0 });
    await settle(recovery.execute('db', failing(error))).catch(caught);
    expect(of()).toMatchObject({ retries: 2 });
  });

  it('a call may bring the retries of its service, where the default says none', async () => {
    const { recovery, settle, of, reported } = setup();
    await recovery.execute('db', failing('down'), { breaker: { failureThreshold: 100 } }).catch(caught);
    await settle(recovery.execute('db', failing(new Error('down')), { retry: RETRY })).catch(caught);
    expect(of()).toMatchObject({ retries: 2 });
    await settle(recovery.execute('db', failing(new Error('down')))).catch(caught);
    expect(of()).toMatchObject({ retries: 4 });
    expect(reported).toEqual([]);
  });

  it('options that come later and say something else are warned about once, and left aside', async () => {
    const { recovery, reported, settle, of } = setup();
    await recovery.execute('db', () => 1, { retry: RETRY, breaker: { failureThreshold: 9 } });
    await recovery.execute('db', () => 1, { retry: { ...RETRY }, breaker: { failureThreshold: 9 } });
    expect(reported).toEqual([]);
    await settle(recovery.execute('db', failing(new Error('down')), { retry: { maxAttempts: 1 } })).catch(caught);
    await recovery.execute('db', () => 1, { breaker: { failureThreshold: 1 } });
    expect(of().retries).toBe(2);
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_SERVICE_OPTIONS' }]);
    expect((reported[0] as Error).message).toContain("'db' is called with other retry options");
  });

  it('functions that are written in the call count as the same options', async () => {
    const { recovery, reported } = setup();
    for (let i = 0; i < 2; i++) {
      await recovery.execute('db', () => 1, { retry: { retryIf: () => true }, breaker: { classify: () => 'success' } });
    }
    await Promise.resolve();
    expect(reported).toEqual([]);
  });

  it('options that cannot work reject, and do not stick', async () => {
    const { recovery } = setup();
    const wrong = { retry: { maxAttempts: 0 } };
    await expect(recovery.execute('db', () => 1, wrong)).rejects.toThrow(InvalidOptionsError);
    await expect(recovery.execute('x', () => 1, { breaker: { failureThreshold: -1 } })).rejects.toThrow(
      'failureThreshold',
    );
    await expect(recovery.execute('db', () => 1, { fallbak: () => 1 } as never)).rejects.toThrow(
      'did you mean fallback?',
    );
    await expect(recovery.execute('db', () => 1, { retry: true } as never)).rejects.toThrow('retry options or false');
    await expect(recovery.execute('db', () => 1, { signal: 'x' } as never)).rejects.toThrow('signal must be an object');
    expect(await recovery.execute('db', () => 1, { retry: RETRY })).toBe(1);
    expect(await recovery.execute('x', () => 1, { breaker: { failureThreshold: 1 } })).toBe(1);
  });

  it('takes its breakers from a registry, also when that makes a new one meanwhile', async () => {
    const around = setup();
    const source = registry({ clock: around.clock, failureThreshold: 1 });
    const recovery = new ErrorRecoveryService({ clock: around.clock, registry: source, retry: false });
    const breaker = { recoveryTimeoutMs: 1_000 };
    await recovery.execute('db', () => 1, { breaker });
    await recovery.execute('db', () => 1);
    expect(source.asked).toEqual([
      ['db', breaker],
      ['db', breaker],
    ]);
    await source.for('db').execute(failing('elsewhere')).catch(caught);
    expect(isBreakwaterError(await recovery.execute('db', () => 1).catch(caught), 'BREAKWATER_CIRCUIT_OPEN')).toBe(
      true,
    );
    source.breakers.delete('db');
    expect(await recovery.execute('db', () => 2)).toBe(2);
  });

  it('refuses a registry, a name and an operation that are none', async () => {
    const { recovery, of } = setup();
    expect(() => new ErrorRecoveryService({ registry: {} as never })).toThrow('registry must have the method for()');
    expect(() => new ErrorRecoveryService({ maxServices: 0 })).toThrow(InvalidOptionsError);
    expect(() => new ErrorRecoveryService({ retry: { maxAttempts: 0 } })).toThrow(InvalidOptionsError);
    for (const name of ['', 'a\nb', 'x'.repeat(201), 5 as never]) {
      await expect(recovery.execute(name, () => 1)).rejects.toThrow(InvalidArgumentError);
      expect(() => recovery.recordError(name, 'x')).toThrow(InvalidArgumentError);
    }
    await expect(recovery.execute('db', Promise.resolve(1) as never)).rejects.toThrow(InvalidArgumentError);
    expect(recovery.summary().services).toEqual([]);
    expect(() => of()).toThrow('no service');
  });
});

describe('ErrorRecoveryService and fallbacks', () => {
  it('RES-F01 the fallback answers for an error and for a refusal, once, and learns what it was', async () => {
    const { recovery, of } = setup();
    const error = new Error('down');
    const seen: unknown[] = [];
    const options = {
      breaker: { failureThreshold: 1 },
      fallback: (reason: unknown, call: CallContext) => {
        seen.push(reason);
        expect(call.signal.aborted).toBe(false);
        return 'cached';
      },
    };
    expect(await recovery.execute('db', failing(error), options)).toBe('cached');
    expect(await recovery.execute('db', failing(error), options)).toBe('cached');
    expect(seen).toEqual([error, expect.objectContaining({ code: 'BREAKWATER_CIRCUIT_OPEN', cause: error })]);
    expect(of()).toMatchObject({ calls: 2, errors: 1, rejections: 1, fallbacks: 2, fallbackFailures: 0 });
  });

  it('the fallback stands outside of the retry', async () => {
    const { recovery, settle, of } = setup({ retry: RETRY });
    let fallbacks = 0;
    const running = recovery.execute('db', failing(new Error('down')), { fallback: () => ++fallbacks });
    expect(await settle(running)).toBe(1);
    expect(of()).toMatchObject({ retries: 2, fallbacks: 1 });
  });

  it('a fallback that fails is what the call rejects with, and counted apart from the errors of the service', async () => {
    const { recovery, of } = setup();
    const fallback = () => {
      throw new Error('no cache');
    };
    await expect(recovery.execute('db', failing(new Error('down')), { fallback })).rejects.toThrow('no cache');
    expect(of()).toMatchObject({
      errors: 1,
      fallbacks: 0,
      fallbackFailures: 1,
      topGroups: [{ message: 'down', count: 1 }],
    });
  });

  it('RES-F01 RES-C20 a caller that gives up gets its reason and no fallback, and there is no error', async () => {
    const { recovery, of, told } = setup({ retry: RETRY });
    const controller = new AbortController();
    let fallbacks = 0;
    const running = recovery.execute(
      'db',
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('cancelled')));
        }),
      { signal: controller.signal, fallback: () => fallbacks++ },
    );
    await Promise.resolve();
    controller.abort('gone');
    await expect(running).rejects.toBeDefined();
    expect(fallbacks).toBe(0);
    expect(of()).toMatchObject({ calls: 1, errors: 0, rejections: 0, aborted: 1, retries: 0 });
    expect(told).toEqual([]);
  });

  it('RES-C21 with an aborted signal nothing is run and nothing is counted', async () => {
    const { recovery } = setup();
    let runs = 0;
    const options = { signal: AbortSignal.abort('gone'), fallback: () => runs++ };
    await expect(recovery.execute('db', () => runs++, options)).rejects.toBe('gone');
    expect(runs).toBe(0);
    expect(recovery.summary().services).toEqual([]);
  });

  it('tells when a service is back, and how long it was not', async () => {
    const { recovery, clock, fail, told } = setup();
    await fail();
    clock.advance(2_000);
    await fail();
    clock.advance(1_000);
    await recovery.execute('db', () => 1);
    await recovery.execute('db', () => 1);
    expect(told.filter(([type]) => type === 'recovered')).toEqual([
      ['recovered', { recovery: 'default', service: 'db', failures: 2, durationMs: 3_000 }],
    ]);
  });

  it('a listener that throws is reported, and the call goes on', async () => {
    const { recovery, reported } = setup();
    const broken = new Error('listener');
    recovery.on('error', () => {
      throw broken;
    });
    await expect(recovery.execute('db', failing('down'))).rejects.toBe('down');
    expect(reported).toEqual([broken]);
  });
});
