import { alike, type AnyFunction } from '../../internal/alike.js';
import { follow } from '../../internal/followed.js';
import { isGenerator, iterated } from './timing-iteration.js';
import type { Outcome, TimingReport } from './timing-report.js';

/**
 * `fn` with every call timed and told of. The rest is as it was: `this`, name, length, own fields, what it returns and
 * of what kind, what it throws.
 *
 * @param nameOf - the operation, by the `this` of the call.
 * @internal
 */
export function timedCall(report: TimingReport, fn: AnyFunction, nameOf: (self: unknown) => string): AnyFunction {
  const run = function (this: unknown, ...args: unknown[]): unknown {
    if (report.telling) return Reflect.apply(fn, this, args);
    const begin = () => {
      const startMs = report.now();
      return (...[failed, error]: [false] | [true, unknown]): void => {
        const outcome: Outcome = failed ? { failed, error } : { failed };
        report.tell(nameOf(this), report.now() - startMs, outcome, this);
      };
    };
    const ended = begin();
    let result: unknown;
    try {
      result = Reflect.apply(fn, this, args);
    } catch (error) {
      ended(true, error);
      throw error;
    }
    // A generator has done nothing yet: its time begins with its first step.
    return isGenerator(result) ? iterated(result, begin) : follow(result, ended);
  };
  return alike(fn, run);
}
