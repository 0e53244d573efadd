import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';

/** Refuses a cost that would poison the count. @internal */
export function checkCost(owner: string, cost: unknown): asserts cost is number {
  if (Number.isSafeInteger(cost) && (cost as number) >= 0) return;
  throw new InvalidArgumentError(`${owner}: cost must be an integer of at least 0, got ${describe(cost)}`);
}
