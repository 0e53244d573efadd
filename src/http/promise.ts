import type { Reporter } from '../core/reporter.js';
import { isThenable } from '../core/thenable.js';

/**
 * Whether a function of the service returned a promise. Its rejection is then reported: nobody else waits for it, and
 * one that nobody handles ends the process.
 * @internal
 */
export function reportRejection(returned: unknown, reporter: Reporter): boolean {
  if (!isThenable(returned)) return false;
  Promise.resolve(returned).then(undefined, (error: unknown) => {
    reporter.listenerError(error);
  });
  return true;
}
