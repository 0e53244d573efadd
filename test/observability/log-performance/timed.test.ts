import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { setup, timed } from './setup.js';

describe('timed', () => {
  it('tells of a call, and the monitor how long it took', () => {
    const { clock, told, durations, options } = setup();
    const add = timed(function add(a: number, b: number) {
      clock.advance(12.3456);
      return a + b;
    }, options);
    expectTypeOf(add).toEqualTypeOf<(a: number, b: number) => number>();
    expect(add(1, 2)).toBe(3);
    const fields = { operation: 'add', durationMs: 12.346, outcome: 'success' };
    expect(told).toEqual([['PERFORMANCE_EVENT', 'add took 12.3 ms', fields]]);
    expect(durations).toEqual([['add', 12.3456]]);
  });

  it.each([new Error('down'), 'down', undefined, null, 0, Symbol('s')])(
    'OBS-L15 a throw of %o is an ERROR_EVENT with the duration, and is thrown on',
    async (thrown) => {
      const { clock, told, durations, options } = setup({ name: 'job' });
      const fail = timed(() => {
        clock.advance(5);
        throw thrown;
      }, options);
      const reject = timed(async () => {
        clock.advance(7);
        return Promise.reject(thrown);
      }, options);
      const caught: unknown[] = [];
      try {
        fail();
      } catch (error) {
        caught.push(error);
      }
      await reject().catch((error: unknown) => caught.push(error));
      expect(caught).toEqual([thrown, thrown]);
      // A field without a value would not be in a line.
      const err = thrown === undefined ? 'undefined' : thrown;
      expect(told).toEqual([
        ['ERROR_EVENT', 'job failed after 5.0 ms', { operation: 'job', durationMs: 5, outcome: 'failure', err }],
        ['ERROR_EVENT', 'job failed after 7.0 ms', { operation: 'job', durationMs: 7, outcome: 'failure', err }],
      ]);
      expect(told.every(([, , fields]) => 'err' in fields)).toBe(true);
      expect(durations.map(([, ms]) => ms)).toEqual([5, 7]);
    },
  );

  it('OBS-L16 what is synchronous stays so, and a promise is told of once, when it has settled', async () => {
    const { clock, told, options } = setup();
    class Special<T> extends Promise<T> {}
    const now = timed(() => ({ a: 1 }), options);
    expect(now()).toEqual({ a: 1 });
    expect(told.length).toBe(1);
    const later = timed(() => Special.resolve(4), { ...options, name: 'later' });
    const promise = later();
    expect([promise instanceof Special, told.length]).toEqual([true, 1]);
    clock.advance(2);
    await expect(promise).resolves.toBe(4);
    await promise;
    expect(told.slice(1).map(([, message]) => message)).toEqual(['later took 2.0 ms']);
  });

  it('OBS-L16 what is no promise and can be waited for is never awaited but by the caller', async () => {
    const { clock, told, options } = setup({ name: 'query' });
    let started = 0;
    const lazy = {
      then(done: (value: number) => void) {
        started++;
        clock.advance(6);
        done(5);
      },
    };
    const query = timed(() => lazy, options);
    const result = query();
    await Promise.resolve();
    expect([started, told]).toEqual([0, []]);
    expect(await result).toBe(5);
    expect([started, told.map(([, message]) => message)]).toEqual([1, ['query took 6.0 ms']]);
  });

  it('OBS-L16 keeps this, the arguments, name, length, own fields and the kind of function', () => {
    const { options } = setup();
    const method = Object.assign(
      function method(this: { base: number }, a: number, _b?: string) {
        return this.base + a;
      },
      { tag: 'own' },
    );
    const wrapped = timed(method, options);
    expectTypeOf(wrapped).toEqualTypeOf(method);
    expect(wrapped.call({ base: 40 }, 2)).toBe(42);
    expect([wrapped.name, wrapped.length, wrapped.tag]).toEqual(['method', 2, 'own']);
    const asynchronous = async (_: number) => undefined;
    expect(Object.getPrototypeOf(timed(asynchronous, options))).toBe(Object.getPrototypeOf(asynchronous));
    expect(timed(asynchronous, options).constructor.name).toBe('AsyncFunction');
  });

  it.each([
    [9.999, 0],
    [10, 0],
    [10.001, 1],
  ])(
    'with slowMs 10 a call of %d ms is told of %d times, a failure always, and the monitor hears of all',
    (ms, times) => {
      const { clock, told, durations, options } = setup({ slowMs: 10 });
      const run = timed((fails: boolean) => {
        clock.advance(ms);
        if (fails) throw new Error('x');
      }, options);
      run(false);
      expect(told.length).toBe(times);
      expect(() => {
        run(true);
      }).toThrow('x');
      expect([told.length, durations.length]).toEqual([times + 1, 2]);
    },
  );

  it('a logger or monitor that throws or rejects is reported, and does not touch the call', async () => {
    const broken: (() => unknown)[] = [
      () => {
        throw new Error('broken');
      },
      () => Promise.reject(new Error('broken')),
    ];
    for (const fail of broken) {
      for (const part of [{ logger: { event: fail }, monitor: undefined }, { monitor: { record: fail } }]) {
        const { told, reported, options } = setup(part as never);
        expect(timed(() => 5, options)()).toBe(5);
        await expect(timed(() => Promise.resolve(6), options)()).resolves.toBe(6);
        await new Promise((resolve) => setImmediate(resolve));
        expect(reported.map(String)).toEqual(['Error: broken', 'Error: broken']);
        expect(told.length).toBe('logger' in part ? 0 : 2);
      }
    }
  });

  it('a clock that fails or goes back makes no negative duration and no failed call', () => {
    const { clock, durations, options } = setup();
    const back = timed(() => clock.set(-500), options);
    back();
    const now = () => {
      throw new Error('no time');
    };
    const broken = { now, wallNow: () => 0, schedule: () => () => undefined };
    expect(timed(() => 1, { ...options, clock: broken })()).toBe(1);
    expect(durations.map(([, ms]) => ms)).toEqual([0, 0]);
  });

  it('a logger that calls what is timed is told of the first call only', () => {
    const { clock, told, options } = setup();
    const size = timed(() => 1, {
      ...options,
      logger: { event: (...event) => void (told.push(event as never), size()) },
    });
    size();
    size();
    clock.advance(1);
    expect(told.length).toBe(2);
  });

  it('logs nothing with logger: false, and has a logger of its own without', () => {
    const { clock, durations, told, options } = setup({ logger: false, name: 'quiet' });
    timed(() => clock.advance(1), options)();
    expect([durations, told]).toEqual([[['quiet', 1]], []]);
    expect(timed(() => 5, { clock })()).toBe(5);
  });

  it('names an operation without its secrets', () => {
    const { told, options } = setup({ name: 'GET https://ann:s3cr3tpass@host/' });
    timed(() => 1, options)();
    const fn = { 'https://ann:s3cr3tpass@host/': () => 1 }['https://ann:s3cr3tpass@host/'];
    timed(fn, { ...options, name: undefined })();
    expect(told.length).toBe(2);
    expect(JSON.stringify(told)).not.toContain('s3cr3t');
    timed(() => 1, { ...options, name: undefined })();
    expect(told[2]?.[1]).toBe('anonymous took 0.0 ms');
  });

  it('refuses what is no function, a class, and options that cannot be, all at once', () => {
    for (const wrong of [undefined, null, 5, 'x', {}])
      expect(() => timed(wrong as never)).toThrow(InvalidArgumentError);
    expect(() => timed(class A {} as never)).toThrow('a class cannot be timed');
    const make = () => timed(() => 1, { name: '', logger: {}, monitor: 5, slowMs: -1, slow: 1, clock: 5 } as never);
    expect(make).toThrow(InvalidOptionsError);
    for (const name of ['name', 'logger', 'monitor', 'slowMs', 'slow', 'clock']) expect(make).toThrow(name);
    // @ts-expect-error a class cannot be timed
    expect(() => timed(class A {})).toThrow();
    // @ts-expect-error only functions can be timed
    expect(() => timed({})).toThrow();
    // @ts-expect-error a logger has event
    expect(() => timed(() => 1, { logger: { log: () => undefined } })).toThrow();
    // @ts-expect-error the function keeps its parameters
    expect(timed((a: number) => a, setup().options)('1')).toBe('1');
  });
});
