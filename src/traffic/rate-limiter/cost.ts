import { InvalidArgumentError } from '../../core/errors.js';
import { checkCallOptions, describe } from '../../core/options.js';

/** Refuses a cost that would poison the count. @internal */
export function checkCost(owner: string, cost: unknown): asserts cost is number {
  if (Number.isSafeInteger(cost) && (cost as number) >= 0) return;
  throw new InvalidArgumentError(`${owner}: cost must be an integer of at least 0, got ${describe(cost)}`);
}

/** The cost that a call's options name; 1 when they name none. @internal */
export function costIn(owner: string, options: { readonly cost?: number | undefined } | undefined): number {
  if (options === undefined) return 1;
  checkCallOptions(owner, options);
  const { cost = 1 } = options;
  checkCost(owner, cost);
  return cost;
}
