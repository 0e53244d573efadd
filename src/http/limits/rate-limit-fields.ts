import type { Clock } from '../../core/clock.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { clockOption, describe, parseOptions } from '../../core/options.js';
import type { Decision } from '../../traffic/decision.js';
import { legacyFields, type PolicyItem, RATE_LIMIT_DRAFTS, type RateLimitField } from './rate-limit-drafts.js';
import { type FieldsVersion, fieldsVersionSchema, type RateLimitFieldsOptions } from './rate-limit-options.js';
import { integer, isFieldText, seconds } from './structured-fields.js';

/** What a limiter decided: its {@link Decision}, and the window of its policy. */
export interface PolicyDecision extends Pick<
  Decision,
  'policy' | 'limit' | 'remaining' | 'allowed' | 'retryAfterMs' | 'resetAfterMs'
> {
  /** Milliseconds in which `limit` may be used: a bucket's capacity by its rate. Left out when there is none. */
  readonly windowMs?: number | undefined;
  /** Whether it was admitted only in shadow mode; such a policy is not named, since nobody enforces it. */
  readonly shadow?: boolean | undefined;
}

/**
 * The response fields that tell a client of its limits, for services without the pipeline: `RateLimit-Policy` and
 * `RateLimit` of draft-ietf-httpapi-ratelimit-headers, whose names are strings and whose numbers integers of RFC 9651, and
 * `Retry-After` (RFC 9110) when a policy refuses. Times are whole seconds from now, rounded up, and no reset is later than
 * `Retry-After`; only `X-RateLimit-Reset` is an instant, in seconds since the Unix epoch.
 *
 * @param decisions - of all limiters that the request had to pass, in that order. What can name only one policy names the
 * one that refuses for the longest time, or else the one that leaves least.
 * @returns values by field name; of fields that have nothing to say there is none.
 * @throws {@link InvalidOptionsError} when an option is unknown, or the version is.
 * @throws {@link InvalidArgumentError} when a decision has a name that is not printable ASCII, or a number that is none.
 *
 * @example
 * const decision = limiter.check(request.user.id);
 * reply.headers(rateLimitFields([{ ...decision, windowMs: 60_000 }]));
 * if (!decision.allowed) return reply.code(429).send();
 */
export function rateLimitFields(
  decisions: readonly PolicyDecision[],
  options?: RateLimitFieldsOptions,
): Record<string, string> {
  const schema = { ...fieldsVersionSchema(), clock: clockOption() };
  const { clock, ...version } = parseOptions('rateLimitFields', schema, options);
  checkDecisions(decisions);
  const fields: Record<string, string> = {};
  const refusing = longestRefusal(decisions);
  if (refusing !== undefined) Object.assign(fields, retryAfterField(refusing.retryAfterMs));
  for (const { name, value } of fieldsFor(decisions, version, clock)) fields[name] = value;
  return fields;
}

/** `Retry-After` for a refusal; none when no wait helps. @internal */
export function retryAfterField(retryAfterMs: number): Record<string, string> {
  return retryAfterMs === Infinity ? {} : { 'Retry-After': integer(seconds(retryAfterMs)) };
}

/**
 * The fields that decisions make, but for Retry-After.
 *
 * @param decisions - checked ones.
 * @internal
 */
export function fieldsFor(
  decisions: readonly PolicyDecision[],
  { draft, legacy }: FieldsVersion,
  clock: Clock,
): readonly RateLimitField[] {
  const enforced = decisions.filter(({ shadow }) => shadow !== true);
  const refusing = longestRefusal(enforced);
  const counts = refusing ?? leastLeft(enforced);
  if (counts === undefined) return [];
  const items = enforced.map((decision) => itemOf(decision, refusing?.retryAfterMs));
  const tightest = itemOf(counts, refusing?.retryAfterMs);
  const fields = draft === false ? [] : RATE_LIMIT_DRAFTS[draft](items, tightest);
  return legacy ? [...fields, ...legacyFields(tightest, clock.wallNow())] : fields;
}

const NUMBERS = ['limit', 'remaining', 'retryAfterMs', 'resetAfterMs', 'windowMs'] as const;

/** @throws {@link InvalidArgumentError} @internal */
export function checkDecisions(decisions: unknown): asserts decisions is readonly PolicyDecision[] {
  if (!Array.isArray(decisions)) {
    throw new InvalidArgumentError(`rateLimitFields: decisions must be a list, got ${describe(decisions)}`);
  }
  decisions.forEach((decision: Partial<PolicyDecision> | null, i) => {
    const wrong = whatIsWrong(decision);
    if (wrong !== undefined) throw new InvalidArgumentError(`rateLimitFields: decisions[${String(i)}]${wrong}`);
  });
}

function whatIsWrong(decision: Partial<PolicyDecision> | null): string | undefined {
  if (typeof decision !== 'object' || decision === null) return ` must be a decision, got ${describe(decision)}`;
  if (!isFieldText(decision.policy)) return '.policy must be printable ASCII: it is sent in a header';
  for (const name of NUMBERS) {
    const value = decision[name];
    if (name === 'windowMs' && value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0)) {
      return `.${name} must be a number of at least 0, got ${describe(value)}`;
    }
  }
  return undefined;
}

function longestRefusal(decisions: readonly PolicyDecision[]): PolicyDecision | undefined {
  let longest: PolicyDecision | undefined;
  for (const one of decisions) {
    if (!one.allowed && (longest === undefined || one.retryAfterMs > longest.retryAfterMs)) longest = one;
  }
  return longest;
}

function leastLeft(decisions: readonly PolicyDecision[]): PolicyDecision | undefined {
  let least: PolicyDecision | undefined;
  for (const one of decisions) if (least === undefined || leavesLess(one, least)) least = one;
  return least;
}

function leavesLess(one: PolicyDecision, other: PolicyDecision): boolean {
  if (one.remaining !== other.remaining) return one.remaining < other.remaining;
  return one.resetAfterMs > other.resetAfterMs;
}

/** @param wait - what Retry-After says, in ms; `undefined` when nobody refuses. */
function itemOf(decision: PolicyDecision, wait = Infinity): PolicyItem {
  const { policy, limit, remaining, allowed, retryAfterMs, resetAfterMs, windowMs = 0 } = decision;
  // Whoever refuses has more by the time that the client may come back, though not everything.
  const resetMs = allowed ? resetAfterMs : Math.min(resetAfterMs, retryAfterMs);
  const said = resetMs !== Infinity && seconds(resetMs) <= seconds(wait);
  return {
    policy,
    limit,
    remaining,
    resetMs: said ? resetMs : undefined,
    reset: said ? seconds(resetMs) : undefined,
    window: windowMs >= 1_000 && windowMs !== Infinity ? Math.ceil(windowMs / 1_000) : undefined,
  };
}
