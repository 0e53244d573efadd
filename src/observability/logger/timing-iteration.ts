import { isThenable, settled } from '../../core/thenable.js';
import type { Ended } from '../../internal/followed.js';

const STEPS = ['next', 'return', 'throw'] as const;

type Steps = Record<(typeof STEPS)[number], (...args: unknown[]) => unknown>;

/** Whether this is what a generator function returns, of either kind. @internal */
export function isGenerator(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const tag = Object.prototype.toString.call(value);
    if (tag !== '[object Generator]' && tag !== '[object AsyncGenerator]') return false;
    return STEPS.every((step) => typeof (value as Partial<Steps>)[step] === 'function');
  } catch {
    return false;
  }
}

/**
 * A generator that takes the same steps, and says when it began and how the iteration ended: when it is done, or when
 * `return` or `throw` end it. One that is abandoned ends nowhere, and nothing remembers it.
 *
 * @param begin - called at the first step; what it answers hears of the end.
 * @internal
 */
export function iterated<G extends object>(generator: G, begin: () => Ended): G {
  let ended: Ended | undefined;
  let over = false;
  const end = (...outcome: [false] | [true, unknown]): void => {
    if (over) return;
    over = true;
    if (outcome[0]) ended?.(true, outcome[1]);
    else ended?.(false);
  };
  const look = (step: unknown): unknown => {
    if ((step as { readonly done?: unknown } | null | undefined)?.done === true) end(false);
    return step;
  };
  const fail = (error: unknown): never => {
    end(true, error);
    throw error;
  };
  const take =
    (step: (typeof STEPS)[number]) =>
    (...args: unknown[]): unknown => {
      ended ??= begin();
      let result: unknown;
      try {
        result = (generator as Steps)[step](...args);
      } catch (error) {
        return fail(error);
      }
      return isThenable(result) ? settled(result as Promise<unknown>, look, fail) : look(result);
    };
  const steps = STEPS.map((step) => [step, { value: take(step), configurable: true, writable: true }] as const);
  // Of the same prototype: it is an instance of its generator function, and has what the platform gives all generators.
  return Object.create(Object.getPrototypeOf(generator) as object, Object.fromEntries(steps)) as G;
}
