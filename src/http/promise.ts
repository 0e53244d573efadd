import type { Reporter } from '../core/reporter.js';

/**
 * Whether a function of the service returned a promise. Its rejection is then reported: nobody else waits for it, and
 * one that nobody handles ends the process.
 * @internal
 */
export function reportRejection(returned: unknown, reporter: Reporter): boolean {
  if (typeof returned !== 'object' || returned === null) return false;
  const { then } = returned as { readonly then?: unknown };
  if (typeof then !== 'function') return false;
  Promise.resolve(returned as PromiseLike<unknown>).then(undefined, (error: unknown) => {
    reporter.listenerError(error);
  });
  return true;
}
