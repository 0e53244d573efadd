import { afterAll, describe, expect, it } from 'vitest';
import { CompiledPrograms } from '../../compiled-programs.js';

const programs = new CompiledPrograms('log-performance');

const HEAD = `
import { logPerformance } from '../../../src/observability/logger/log-performance.js';
const told: string[] = [];
const logger = {
  event(type: string, message: string): void {
    told.push(type + ': ' + message.replace(/ (after )?[0-9.]+ ms/, ''));
  },
};
const options = { logger };
`;

const PROGRAM = `
class Rates {
  logger = logger;
  #base = 40;
  @logPerformance()
  async add(n: number, _unit?: string): Promise<number> {
    await Promise.resolve();
    return this.#base + n;
  }
  @logPerformance()
  sync<T>(value: T): T {
    return value;
  }
  @logPerformance(options)
  static load<T>(value: T, fails: boolean): Promise<T> {
    return fails ? Promise.reject(new Error('down')) : Promise.resolve(value);
  }
  @logPerformance()
  *count(): Generator<number, string, undefined> {
    yield this.#base;
    return 'end';
  }
  @logPerformance()
  async *pages(): AsyncGenerator<number, void, undefined> {
    yield this.#base;
  }
  @logPerformance()
  get base(): number {
    return this.#base;
  }
  set base(base: number) {
    this.#base = base;
  }
  @logPerformance()
  accessor unit = 'ms';
}
const rates = new Rates();
const sum: number = await rates.add(2);
const value: 'x' = rates.sync('x' as const);
const text: string = await Rates.load('y', false);
const failed: string = await Rates.load('y', true).catch((error: Error) => error.message);
const counted: number[] = [...rates.count()];
const pages: number[] = [];
for await (const page of rates.pages()) pages.push(page);
const base: number = rates.base;
rates.unit = 's';
const unit: string = rates.unit;
// @ts-expect-error the method keeps its parameters
rates.add('2').catch(() => undefined);
// @ts-expect-error the accessor keeps its type
rates.unit satisfies number;
console.log(JSON.stringify([sum, value, text, failed, counted, pages, base, unit, rates.add.name, rates.add.length]));
console.log(told.slice(0, 10).join('\\n'));
`;

/** Only the standard form knows private methods. */
const PRIVATE = `
class Vault {
  logger = logger;
  @logPerformance()
  #open(n: number): number {
    return n + 1;
  }
  @logPerformance(options)
  static async #make(): Promise<Vault> {
    return new Vault();
  }
  @logPerformance()
  get #size(): number {
    return 3;
  }
  async both(): Promise<number> {
    return this.#open(1) + this.#size + (await Vault.#make()).#open(2);
  }
}
console.log(await new Vault().both());
console.log(told.join('\\n'));
`;

const FIELD = `
try {
  class Wrong {
    // @ts-expect-error a field
    @logPerformance()
    field = async (): Promise<number> => 1;
  }
  new Wrong();
} catch (error) {
  console.log((error as Error).message);
}
`;

const CLASS = `
try {
  // @ts-expect-error a class
  @logPerformance()
  class Wrong {}
  new Wrong();
} catch (error) {
  console.log((error as Error).message);
}
`;

const BARE = `
try {
  class Wrong {
    // @ts-expect-error it must be called
    @logPerformance
    run(): number {
      return 1;
    }
  }
  new Wrong();
} catch (error) {
  console.log((error as Error).message);
}
`;

const TOLD = `[42,"x","y","down",[40],[40],40,"s","add",2]
PERFORMANCE_EVENT: Rates.add took
PERFORMANCE_EVENT: Rates.sync took
PERFORMANCE_EVENT: Rates.load took
ERROR_EVENT: Rates.load failed
PERFORMANCE_EVENT: Rates.count took
PERFORMANCE_EVENT: Rates.pages took
PERFORMANCE_EVENT: Rates.get base took
PERFORMANCE_EVENT: Rates.set unit took
PERFORMANCE_EVENT: Rates.get unit took
PERFORMANCE_EVENT: Rates.get unit took
`;

afterAll(() => {
  programs.clean();
});

describe('logPerformance, compiled', () => {
  it.each([
    ['standard', {}, [PRIVATE]],
    ['older', { experimentalDecorators: true }, []],
  ] as const)(
    'OBS-L16 times methods of every sort in the %s form of decorators, where each keeps its type, and nothing else',
    (_, compilerOptions, more) => {
      const { compiled, ran } = programs.run(
        compilerOptions,
        ...[PROGRAM, FIELD, CLASS, BARE, ...more].map((program) => HEAD + program),
      );
      expect(compiled).toBe('');
      const [program, field, type, bare, hidden] = ran.map(({ stdout, stderr }) => stdout + stderr);
      expect(program).toBe(TOLD);
      expect(field).toContain("logPerformance: 'field' is a field");
      expect(type).toContain("logPerformance: 'Wrong' is a class");
      expect(bare).toContain('as @logPerformance()');
      if (more.length > 0) {
        expect(hidden).toBe(`8
PERFORMANCE_EVENT: Vault.#open took
PERFORMANCE_EVENT: Vault.get #size took
PERFORMANCE_EVENT: Vault.#make took
PERFORMANCE_EVENT: Vault.#open took
`);
      }
    },
    60_000,
  );
});
