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

/**
 * Finds out whether a request may see details. For a page the token may also come as a browser sends what its user typed:
 * as the password of HTTP Basic, under any user name.
 * @internal
 */
export type Authorizer = (request: HardeningRequest, what?: 'details' | 'page') => boolean | Promise<boolean>;

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
  return (request, what) => {
    const field = request.header('authorization') ?? '';
    const given = bearerToken(field) ?? (what === 'page' ? basicPassword(field) : undefined);
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

function bearerToken(field: string): string | undefined {
  return /^bearer +(\S{1,512})$/i.exec(field)?.[1];
}

/** The password of RFC 7617, in UTF-8, as the challenge says; the longest token has 512 characters. */
function basicPassword(field: string): string | undefined {
  const encoded = /^basic +([a-z0-9+/]{1,4096}={0,2})$/i.exec(field)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return /^[^:]*:([^]{1,512})$/.exec(new TextDecoder('utf-8', { fatal: true }).decode(bytes))?.[1];
  } catch {
    return undefined;
  }
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
