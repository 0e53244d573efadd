import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import type { AnyFunction } from '../../internal/alike.js';
import { timedCall } from './timing-call.js';
import { parseTimingOptions, type TimingOptions } from './timing-options.js';
import { TimingReport } from './timing-report.js';

const LONGEST_NAME = 200;

/**
 * `fn`, with an event for each call that says how long it took: a `PERFORMANCE_EVENT`, or an `ERROR_EVENT` with the error
 * under `err` when it fails, by a throw or a rejection. What `fn` returns and throws is passed on, and a function that
 * answers at once still does. A generator is timed from its first step to its end; what is no promise and can be waited
 * for, such as a query that begins when it is awaited, from the call until the caller's wait is over.
 *
 * @typeParam F - the function's type, which stays.
 * @param fn - a function of any kind; no class.
 * @returns a function of the same type, name and length.
 * @throws {@link InvalidArgumentError} when `fn` is no function, or a class.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or impossible.
 *
 * @example
 * const latest = timed(fetchRates, { logger, slowMs: 200 });
 * const rates = await latest('EUR');
 */
export function timed<F extends (...args: never[]) => unknown>(fn: F, options?: TimingOptions): F {
  const given: unknown = fn;
  if (typeof given !== 'function') {
    throw new InvalidArgumentError(`timed: fn must be a function, got ${describe(given)}`);
  }
  if (isClass(given)) throw new InvalidArgumentError('timed: a class cannot be timed; time its methods');
  const parsed = parseTimingOptions('timed', options);
  const name = parsed.name ?? redactName(nameOf(given), LONGEST_NAME);
  return timedCall(new TimingReport('timed', parsed), given as AnyFunction, () => name) as unknown as F;
}

function isClass(fn: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn));
}

function nameOf({ name }: { readonly name?: unknown }): string {
  return typeof name === 'string' && name !== '' ? name : 'anonymous';
}
