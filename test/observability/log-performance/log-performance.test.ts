import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { logPerformance, setup } from './setup.js';

type Decorate = (...args: unknown[]) => unknown;
type Method = (this: unknown, ...args: unknown[]) => unknown;

describe('logPerformance', () => {
  it('tells the logger of the object, else one of its own, unless one is named', () => {
    const { told, clock, logger } = setup();
    const own = logPerformance({ clock })(
      function run() {
        return 5;
      },
      { kind: 'method', name: 'run' },
    ) as Method;
    class Rates {
      logger = logger;
    }
    expect(own.call(new Rates())).toBe(5);
    expect(told.map(([, message]) => message)).toEqual(['Rates.run took 0.0 ms']);
    const unreadable = {
      get logger(): never {
        throw new Error('hidden');
      },
    };
    for (const self of [undefined, null, 5, {}, { logger: {} }, { logger: null }, unreadable])
      expect(own.call(self)).toBe(5);
    expect(told.length).toBe(1);
    const other = setup();
    const named = logPerformance(other.options)(() => 6, { kind: 'method', name: 'run' }) as Method;
    named.call(new Rates());
    expect([told.length, other.told.length]).toEqual([1, 1]);
  });

  it('OBS-L16 names the operation by class and member, or by the option', () => {
    const { told, options } = setup();
    const decorate = (kind: string, name: string | symbol) =>
      (logPerformance(options) as Decorate)(() => 1, { kind, name }) as Method;
    class Base {}
    class Derived extends Base {}
    const [run, get, set, symbol] = [
      decorate('method', '#run'),
      decorate('getter', 'size'),
      decorate('setter', 'size'),
      decorate('method', Symbol('s')),
    ];
    for (const self of [new Base(), new Derived(), new Base(), Derived, Object.create(null), undefined]) run.call(self);
    for (const method of [get, set, symbol]) method.call(new Base());
    run.call(
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('hidden');
          },
        },
      ),
    );
    expect(told.map(([, , { operation }]) => operation)).toEqual([
      'Base.#run',
      'Derived.#run',
      'Base.#run',
      'Derived.#run',
      '#run',
      '#run',
      'Base.get size',
      'Base.set size',
      'Base.[s]',
      '#run',
    ]);
    class Odd {
      static readonly name = { toString: () => 5 } as never;
    }
    run.call(new Odd());
    expect(told.at(-1)?.[2].operation).toBe('#run');
    const { told: other, options: named } = setup({ name: 'rates.latest' });
    (logPerformance(named)(() => 1, { kind: 'method', name: 'x' }) as Method).call(new Base());
    expect(other[0]?.[2].operation).toBe('rates.latest');
  });

  it('OBS-L16 a getter that gives the logger, and a logger that times itself, have no endless loop', () => {
    const { told, clock, logger } = setup();
    const get = logPerformance({ clock })(() => logger, { kind: 'getter', name: 'logger' });
    const self = Object.defineProperty({}, 'logger', { get }) as { logger: unknown };
    expect(self.logger).toBe(logger);
    expect(told.map(([, message]) => message)).toEqual(['Object.get logger took 0.0 ms']);
  });

  it('OBS-L16 the older form keeps the rest of the property', () => {
    const { told, options } = setup();
    const decorate = logPerformance(options) as Decorate;
    const add = { value: (a: number) => a + 1, enumerable: false, configurable: true, writable: false };
    const size = { get: () => 7, set: undefined, configurable: true };
    // What it returned would take the place of the descriptor, or be refused of an accessor.
    expect([decorate({}, 'add', add), decorate({}, 'size', size)]).toEqual([undefined, undefined]);
    expect(add).toMatchObject({ enumerable: false, configurable: true, writable: false });
    expect([add.value(1), size.get?.(), size.set, 'value' in size]).toEqual([2, 7, undefined, false]);
    expect(told.map(([, , { operation }]) => operation)).toEqual(['Object.add', 'Object.get size']);
  });

  it('OBS-L16 refuses fields, classes and parameters, in both forms', () => {
    const decorate = logPerformance() as Decorate;
    class Some {}
    const cases: [string, unknown[]][] = [
      ["'x' is a field", [undefined, { kind: 'field', name: 'x' }]],
      ["'Some' is a class", [Some, { kind: 'class', name: 'Some' }]],
      ["'x' is a field", [{}, 'x', undefined]],
      ["'x' is a field", [{}, 'x']],
      ["'x' is a field", [{}, 'x', { initializer: () => 1, configurable: true }]],
      ["'Some' is a class", [Some]],
      ["'x' is a parameter", [{}, 'x', 0]],
      ['Symbol(s) is 5', [{}, Symbol('s'), { value: 5 }]],
      ["'x' is undefined", [undefined, { kind: 'method', name: 'x' }]],
    ];
    for (const [message, args] of cases) {
      expect(() => decorate(...args), message).toThrow(InvalidArgumentError);
      expect(() => decorate(...args)).toThrow(message);
    }
  });

  it('refuses to be used without being called, and options that cannot be', () => {
    const bare = logPerformance as Decorate;
    expect(() => bare(() => 1, { kind: 'method', name: 'x' })).toThrow('as @logPerformance()');
    expect(() => bare({}, 'x', { value: () => 1 })).toThrow(InvalidArgumentError);
    expect(() => bare(class {})).toThrow(InvalidArgumentError);
    expect(() => logPerformance({ slowMs: NaN, logger: true } as never)).toThrow(InvalidOptionsError);
  });
});
