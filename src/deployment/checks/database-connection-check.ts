import type { Clock } from '../../core/clock.js';
import { describe, hasMethod } from '../../core/options.js';
import { steady } from '../../core/steady.js';
import { isThenable } from '../../core/thenable.js';
import type { DeploymentCheck, DeploymentCheckContext } from '../check.js';
import { databaseFailure } from '../database/failure.js';
import { CheckStatus, type DeploymentOutcome, type DeploymentReport } from '../finding.js';
import { crashed } from './report.js';

/** Sends a query and returns its answer, or the promise of it: rows, or whatever its client makes of them. */
export type DatabaseProbe = (context: DeploymentCheckContext) => unknown;

/** A query that takes as long is worth a look before the visitors come. */
const SLOW_MS = 1_000;

/** How a server says in words that it refuses. */
const ERROR_TEXT = /^-?err(or)?\b/i;

const QUERY = "() => pool.query('SELECT 1')";

/** Nobody knows whether the database is there, as nobody saw an answer of it. */
function unseen(rule: string, what: string, hint: string): DeploymentReport {
  return {
    message: `nobody knows whether the database answers: ${what}`,
    findings: [crashed(`database.${rule}`, what, { hint })],
  };
}

/**
 * What is wrong with an answer. Every client answers with rows, an object that has them, or a word; a wrapper that swallows
 * the error of its client answers with what is none.
 */
function problemOf(answer: unknown): DeploymentOutcome | undefined {
  if (answer === undefined)
    return unseen(
      'no-answer',
      'the query ends without an answer, as one that nobody waited for does',
      `return what the client answers: ${QUERY}, or true once one that answers nothing is done`,
    );
  if (typeof answer === 'function')
    return unseen('no-answer', 'what is returned is a function, which nobody called', `send the query: ${QUERY}`);
  if (answer instanceof Error) return refused(answer);
  const { error, errors, ok } = (answer ?? {}) as { readonly [name in 'error' | 'errors' | 'ok']?: unknown };
  if (error) return refused(error);
  if (Array.isArray(errors) && errors.length > 0) return refused(errors[0]);
  if (ok === false || ok === 0) return refused('its answer says that it is not ok');
  if (Array.isArray(answer)) return firstFailure(answer);
  if (typeof answer === 'string' && ERROR_TEXT.test(answer)) return refused(answer);
  if (answer) return undefined;
  return {
    status: CheckStatus.FAIL,
    message: `the query was answered with ${describe(answer)}, which is no answer of a database`,
    hint: `return what the client answers, and let its errors through: ${QUERY}`,
  };
}

/** What failed of several queries, as `Promise.allSettled` and clients that send them together tell it. */
function firstFailure(answers: readonly unknown[]): DeploymentOutcome | undefined {
  for (const answer of answers) {
    if (answer instanceof Error) return refused(answer);
    const { status, reason } = (answer ?? {}) as { readonly [name in 'status' | 'reason']?: unknown };
    if (status === 'rejected') return refused(reason);
  }
  return undefined;
}

/** Nothing, what calls back later, or a generator that nobody runs: its failure would pass for success. */
function isUnfinished(sent: unknown): boolean {
  return sent === undefined || hasMethod(sent, 'on') || hasMethod(sent, 'next');
}

function refused(error: unknown): DeploymentOutcome {
  const { message, hint } = databaseFailure(error);
  return {
    status: CheckStatus.FAIL,
    message: `the query failed: ${message}`,
    hint: hint ?? 'is the database up, reachable from here, and are the credentials right?',
  };
}

/**
 * A check that a database answers. What is plainly no answer, such as `false` or an error, is a `FAIL`. One that takes a
 * second or longer is a `WARN`.
 *
 * @param query - sends the cheapest query there is, such as `() => pool.query('SELECT 1')`.
 */
export function databaseConnectionCheck(query: DatabaseProbe, clock: Clock): DeploymentCheck {
  const now = steady(clock);
  return {
    id: 'database',
    name: 'Database connection',
    tags: ['database', 'live'],
    async run(context): Promise<DeploymentOutcome> {
      const startedAtMs = now();
      try {
        const sent: unknown = query(context);
        if (!isThenable(sent) && isUnfinished(sent))
          return unseen(
            'not-awaited',
            'the function that sends the query returns nothing that can be waited for',
            `return the query's promise: ${QUERY}`,
          );
        const problem = problemOf(await sent);
        if (problem !== undefined) return problem;
      } catch (error) {
        return refused(error);
      }
      const tookMs = Math.round(now() - startedAtMs);
      return tookMs < SLOW_MS
        ? { status: CheckStatus.PASS, message: 'the database answers', metadata: { tookMs } }
        : {
            status: CheckStatus.WARN,
            message: `the database took ${String(tookMs)} ms to answer`,
            hint: 'look at its load and at the way to it',
            metadata: { tookMs },
          };
    },
  };
}
