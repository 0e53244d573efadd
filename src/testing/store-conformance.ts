import { InvalidArgumentError } from '../core/errors.js';
import { count, parseOptions } from '../core/options.js';
import type { StoreUnderTest } from './store-under-test.js';
import { BOUND_CASES } from './store-bound-cases.js';
import { type Case, CONCURRENT_CASES } from './store-concurrent-cases.js';
import { STEP_CASES } from './store-step-cases.js';
import { runTrace } from './store-traces.js';

/** Options of {@link storeConformance}. */
export interface StoreConformanceOptions {
  /** Makes a store for each case. */
  readonly create: () => StoreUnderTest | Promise<StoreUnderTest>;
  /** Told when a case is over, whatever came of it. @defaultValue nobody */
  readonly dispose?: ((made: StoreUnderTest) => void | Promise<void>) | undefined;
  /** Random traces that are compared. Integer, at least 1. @defaultValue `10_000` */
  readonly traces?: number | undefined;
  /** Where chance begins: an integer. @defaultValue `1` */
  readonly seed?: number | undefined;
}

/** One case of the suite. */
export interface StoreConformanceCase {
  /** What has to hold. */
  readonly name: string;
  /** Rejects with an error that says what was answered instead. */
  readonly run: () => Promise<void>;
}

/**
 * The suite that every store passes, for any test runner. Its heart are random traces of all operations, each answer of
 * which is compared with that of exact fractions.
 *
 * @example
 * const suite = storeConformance({ create: () => ({ store: createMemoryStore({ clock }), advance: (ms) => clock.advance(ms) }) });
 * for (const { name, run } of suite) test(name, run);
 *
 * @throws `InvalidArgumentError` when `create` is no function; `InvalidOptionsError` for the numbers.
 */
export function storeConformance(options: StoreConformanceOptions): readonly StoreConformanceCase[] {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null || typeof options.create !== 'function') {
    throw new InvalidArgumentError('storeConformance: create must be a function');
  }
  const { create, dispose, ...numbers } = options;
  const { traces, seed } = parseOptions(
    'storeConformance',
    { traces: count({ min: 1, default: 10_000 }), seed: count({ default: 1 }) },
    numbers,
  );
  const all: Readonly<Record<string, Case>> = {
    [`answers ${String(traces)} random traces as exact fractions do`]: async (made) => {
      for (let trace = 0; trace < traces; trace++) await runTrace(made, trace, seed + trace);
    },
    ...CONCURRENT_CASES,
    ...STEP_CASES,
    ...BOUND_CASES,
  };
  return Object.entries(all).map(([name, check]) => ({
    name,
    run: async () => {
      const made = await create();
      try {
        await check(made);
      } finally {
        await dispose?.(made);
      }
    },
  }));
}
