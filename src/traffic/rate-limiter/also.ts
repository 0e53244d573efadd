import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { MOST_RULES } from '../store/index.js';
import { costIn } from './cost.js';

/** Another limiter that decides as well; its key is checked by itself. @internal */
export interface Also<L> {
  readonly limiter: L;
  readonly key: string;
  readonly cost: number;
}

/** Besides the limiter itself; those in one process have the same limit as those that share a store. */
const MOST = MOST_RULES - 1;

/**
 * Reads which other limiters decide as well.
 *
 * @param kind - the class, which all of them have.
 * @throws {@link InvalidArgumentError} for what is no list of such limiters, each of a name of its own.
 * @internal
 */
export function alsoIn<L extends { readonly name: string }>(
  kind: string,
  name: string,
  also: unknown,
  isLimiter: (limiter: unknown) => limiter is L,
): Also<L>[] {
  const where = `${kind}.check: also`;
  if (!Array.isArray(also)) throw new InvalidArgumentError(`${where} must be a list, got ${describe(also)}`);
  if (also.length > MOST) {
    throw new InvalidArgumentError(`${where} must have at most ${String(MOST)} entries, got ${String(also.length)}`);
  }
  const named = new Set([name]);
  return also.map((one: { readonly limiter?: unknown; readonly key?: unknown; readonly cost?: number } | null, i) => {
    const { limiter, key } = one ?? {};
    const at = `${where}[${String(i)}].limiter`;
    if (!isLimiter(limiter)) throw new InvalidArgumentError(`${at} must be a ${kind}, got ${describe(limiter)}`);
    if (named.has(limiter.name)) {
      throw new InvalidArgumentError(`${at} is a second one named '${limiter.name}'; nobody could tell them apart`);
    }
    named.add(limiter.name);
    return { limiter, key: key as string, cost: costIn(where, one ?? {}) };
  });
}
