import type { Clock } from '../../core/clock.js';
import { BreakwaterWarning, type Reporter } from '../../core/reporter.js';
import { addressKey } from '../../traffic/client-address/index.js';
import { PerUserRateLimiter } from '../../traffic/rate-limiter/index.js';
import type { HardeningRequest } from '../exchange.js';
import { tokenComparer } from './token-compare.js';
import { LONGEST_WAIT_MS, within } from './within.js';

/** Who may see details: a bearer token, or a function that knows. */
export type Authorize = string | ((request: HardeningRequest) => boolean | Promise<boolean>);

const WRONG_TOKENS_A_MINUTE = 10;
const MOST_ADDRESSES = 10_000;

/** Finds out whether a request may see details. @internal */
export type Authorizer = (request: HardeningRequest) => boolean | Promise<boolean>;

/** @internal */
export function authorizer(authorize: Authorize | undefined, clock: Clock, reporter: Reporter): Authorizer {
  if (authorize === undefined) return () => false;
  return typeof authorize === 'string' ? byToken(authorize, clock) : byFunction(authorize, clock, reporter);
}

/** A wrong token sees what everybody sees; after too many of them from one address none of its tokens is looked at. */
function byToken(token: string, clock: Clock): Authorizer {
  const matches = tokenComparer(token);
  const wrong = new PerUserRateLimiter({
    name: 'wrong-tokens',
    capacity: WRONG_TOKENS_A_MINUTE,
    refillPerSecond: WRONG_TOKENS_A_MINUTE / 60,
    maxKeys: MOST_ADDRESSES,
    clock,
  });
  return (request) => {
    const given = /^bearer +(\S{1,512})$/i.exec(request.header('authorization') ?? '')?.[1];
    if (given === undefined) return false;
    const address = addressKey(request.address ?? '');
    // A bucket for everybody without an address would let one of them lock out the others.
    if (address === undefined) return matches(given);
    if (wrong.peek(address).remaining === 0) return false;
    if (matches(given)) return true;
    wrong.check(address);
    return false;
  };
}

function byFunction(
  decide: (request: HardeningRequest) => boolean | Promise<boolean>,
  clock: Clock,
  reporter: Reporter,
): Authorizer {
  // Whatever goes wrong, nobody is authorised by it.
  const failed = (error: unknown): boolean => {
    reporter.listenerError(error);
    return false;
  };
  return (request) => {
    try {
      const answer = decide(request);
      if (typeof answer === 'boolean') return answer;
      const promised = Promise.resolve(answer).then((later) => (later as unknown) === true, failed);
      return within(clock, promised, () => failed(tooLate()));
    } catch (error) {
      return failed(error);
    }
  };
}

function tooLate(): BreakwaterWarning {
  const waited = `${String(LONGEST_WAIT_MS)} ms`;
  return new BreakwaterWarning(
    'BREAKWATER_W_AUTHORIZE',
    `authorize had no answer within ${waited}, which counts as no`,
  );
}
