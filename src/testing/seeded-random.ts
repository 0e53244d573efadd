import { InvalidArgumentError } from '../core/errors.js';
import type { Random } from '../core/random.js';

/**
 * A reproducible source of chance: the same seed gives the same numbers. For tests and simulations, never for secrets.
 *
 * The generator is mulberry32, 32 bits of state.
 *
 * @param seed - an integer; only its low 32 bits count.
 * @throws `InvalidArgumentError` when `seed` is not an integer.
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed))
    throw new InvalidArgumentError(`seededRandom: seed must be an integer, got ${String(seed)}`);
  let state = seed | 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
