import { CircuitBreaker, guarded, type Policy } from 'breakwater/circuit-breaker';
import { InvalidArgumentError } from 'breakwater/core';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import { CompiledPrograms } from '../../compiled-programs.js';
import { setup } from './setup.js';

const programs = new CompiledPrograms('guarded');

const PROGRAM = `
import { guarded } from '../../../src/resilience/circuit-breaker/guarded.js';
let failed = false;
/** Refuses after a failure. */
const breaker = {
  async execute<T>(operation: (call: never) => T | PromiseLike<T>): Promise<T> {
    if (failed) throw new Error('refused');
    try {
      return await operation(undefined as never);
    } catch (error) {
      failed = true;
      throw error;
    }
  },
};
class Rates {
  base = 40;
  @guarded(breaker)
  async add(n: number): Promise<number> {
    return this.base + n;
  }
  @guarded(breaker)
  static load<T>(value: T, fails: boolean): Promise<T> {
    return fails ? Promise.reject(new Error('down')) : Promise.resolve(value);
  }
}
const rates = new Rates();
const sum: number = await rates.add(2);
const text: string = await Rates.load('x', false);
const name: string = rates.add.name;
await Rates.load(1, true).catch(() => undefined);
const refused = await rates.add(1).catch((error: Error) => error.message);
// @ts-expect-error the method keeps its type
rates.add('2').catch(() => undefined);
console.log(JSON.stringify([sum, text, name, refused]));
`;

const MISUSE = `
import { guarded } from '../../../src/resilience/circuit-breaker/guarded.js';
const policy = { execute: async <T>(operation: (call: never) => T | PromiseLike<T>) => operation(undefined as never) };
try {
  class Wrong {
    // @ts-expect-error no promise
    @guarded(policy)
    sync(): number {
      return 1;
    }
    // @ts-expect-error a field
    @guarded(policy)
    field = async (): Promise<number> => 1;
    // @ts-expect-error a getter
    @guarded(policy)
    get value(): number {
      return 1;
    }
  }
  new Wrong();
} catch (error) {
  console.log((error as Error).message);
}
`;

afterAll(() => {
  programs.clean();
});

describe('guarded', () => {
  it.each([
    ['standard', {}],
    ['older', { experimentalDecorators: true }],
  ])(
    'guards methods in the %s form of decorators, where each keeps its type, and nothing else',
    (_, compilerOptions) => {
      const { compiled, ran } = programs.run(compilerOptions, PROGRAM, MISUSE);
      expect(compiled).toBe('');
      expect(ran.map(({ stdout }) => stdout)).toEqual([
        '[42,"x","add","refused"]\n',
        expect.stringContaining('only methods can be guarded'),
      ]);
    },
    60_000,
  );

  it('takes anything that has execute, and passes this and the arguments on', async () => {
    const seen: unknown[] = [];
    const policy = {
      execute: async (operation: () => unknown) => {
        seen.push('before');
        return operation();
      },
    } as unknown as Policy;
    const method = function (this: { base: number }, n: number): Promise<number> {
      return Promise.resolve(this.base + n);
    };
    const decorated = guarded(policy)(method, { kind: 'method', name: 'add' });
    expectTypeOf(decorated).toEqualTypeOf(method);
    await expect(decorated.call({ base: 1 }, 2)).resolves.toBe(3);
    const descriptor = guarded(policy)({}, 'add', { value: method, enumerable: false, configurable: true });
    expect(descriptor).toMatchObject({ enumerable: false, configurable: true });
    await expect(descriptor.value?.call({ base: 5 }, 5)).resolves.toBe(10);
    expect(seen).toEqual(['before', 'before']);
  });

  it('a synchronous throw rejects and counts', async () => {
    const { breaker } = setup({ failureThreshold: 1 });
    const method = guarded(breaker)(
      (): Promise<void> => {
        throw new Error('sync');
      },
      { kind: 'method', name: 'run' },
    );
    await expect(method()).rejects.toThrow('sync');
    expect(breaker.state).toBe('OPEN');
  });

  it('refuses anything that is no policy, and anything that is no method', () => {
    for (const wrong of [undefined, null, {}, () => undefined]) {
      expect(() => guarded(wrong as never)).toThrow(InvalidArgumentError);
    }
    const decorate = guarded(new CircuitBreaker()) as (...args: unknown[]) => unknown;
    for (const kind of ['field', 'getter', 'setter', 'accessor', 'class']) {
      expect(() => decorate(() => undefined, { kind, name: 'x' })).toThrow(`guarded: 'x' is no method but a ${kind}`);
    }
    expect(() => decorate({}, 'x', undefined)).toThrow("guarded: 'x' is no method but a field");
    expect(() => decorate({}, 'x', { get: () => 1 })).toThrow('accessor');
    expect(() => decorate({}, Symbol('s'), { value: 5 })).toThrow('Symbol(s) is no method');
  });
});
