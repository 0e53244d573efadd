import { errorChain, type ErrorShape } from '../error-chain.js';
import type { CallOutcome } from './options.js';
import { judge } from './verdict.js';

/** Where drivers put a SQLSTATE. */
const FIELDS = ['code', 'sqlState', 'sqlstate'] as const;

/** Data, constraint, syntax and access, raised by a function: each is an answer of a database that works. */
const ANSWERED = /^(22|23|42|P0)[0-9A-Z]{3}$/;

/**
 * A `classify` for databases: an error whose SQLSTATE says that the database answered (classes 22, 23, 42 and P0, such as
 * a violated constraint or an unknown column), itself or as a cause, is a success. Other errors are failures, refusals by
 * other guards are ignored.
 *
 * @example
 * const breaker = new CircuitBreaker({ name: 'database', classify: classifyDatabaseError });
 */
export function classifyDatabaseError({ failed, error }: CallOutcome): 'success' | 'failure' | 'ignore' {
  const verdict = judge(failed, error);
  return verdict === 'failure' && errorChain(error).some(hasAnswered) ? 'success' : verdict;
}

function hasAnswered(error: ErrorShape): boolean {
  try {
    return FIELDS.some((field) => {
      const value = error[field];
      return typeof value === 'string' && ANSWERED.test(value);
    });
  } catch {
    // A getter that throws.
    return false;
  }
}
