import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';

/**
 * Whether there is an address to read: once a socket is gone there is none, and that is nobody's mistake.
 *
 * @throws {@link InvalidArgumentError} when it is of another type than text.
 * @internal
 */
export function isGiven(owner: string, address: unknown): address is string {
  if (typeof address === 'string') return true;
  if (address === undefined || address === null) return false;
  throw new InvalidArgumentError(`${owner} must be text, got ${describe(address)}`);
}
