import {
  type Answer,
  asked,
  type Fields,
  fieldsOf,
  fieldsOfPart,
  listOf,
  nameOf,
  numberOf,
  snapshotOf,
  textOf,
} from './reading.js';
import type { AbuseSettings } from '../limits/abuse-options.js';
import { worstFirst } from './marks.js';
import type { BanLine, Flags, LimiterLine, Listed } from './status-data.js';
import { countText, durationText, rateText } from './words.js';

const KINDS: readonly string[] = /* @__PURE__ */ Object.freeze([
  'ddos-protection',
  'per-user-rate-limiter',
  'rate-limiter',
]);
/** What `bans()` and `summary()` give at once. */
const MOST_BANS = 100;
const MOST_FLAGS = 20;

/** The part of a limiter that the page reads. @internal */
export interface LimiterSource {
  readonly kind: string;
  readonly name: string;
  snapshot(): object;
}

/** @internal */
export function isLimiter(part: object): boolean {
  return KINDS.includes(fieldsOfPart(part).kind);
}

/** Those whose store is away first, then in their order. @internal */
export function limiterLines(limiters: readonly LimiterSource[]): LimiterLine[] {
  return worstFirst(limiters.map(limiterLine), ({ store, trouble }) =>
    trouble !== undefined || store?.available === false ? 'warn' : 'ok',
  );
}

function limiterLine(limiter: LimiterSource): LimiterLine {
  const { kind, name } = fieldsOfPart(limiter);
  const answer = snapshotOf(limiter);
  const { trouble, value } = readable(answer);
  const available = value.storeAvailable;
  return {
    name,
    trouble,
    limit: kind === 'ddos-protection' ? windowText(value) : bucketText(value),
    mode: value.mode === 'enforce' || value.mode === 'shadow' ? value.mode : undefined,
    admitted: numberOf(value.admitted),
    refused: numberOf(value.rejected),
    keys: numberOf(value.addresses) ?? numberOf(value.keys),
    blocked: numberOf(value.blockedNow) ?? numberOf(value.blockedKeys),
    store: typeof available === 'boolean' ? { available, degraded: numberOf(value.degraded) ?? 0 } : undefined,
  };
}

function readable(answer: Answer<Fields>): { readonly trouble: string | undefined; readonly value: Fields } {
  return 'trouble' in answer
    ? { trouble: answer.trouble, value: fieldsOf(undefined) }
    : { trouble: undefined, value: answer.value };
}

function windowText({ threshold, windowMs }: Fields): string | undefined {
  const [most, ms] = [numberOf(threshold), numberOf(windowMs)];
  return most === undefined || ms === undefined ? undefined : `${countText(most)} in ${durationText(ms)}`;
}

function bucketText({ capacity, refillPerSecond }: Fields): string | undefined {
  const [most, refill] = [numberOf(capacity), numberOf(refillPerSecond)];
  if (most === undefined || refill === undefined) return undefined;
  return refill > 0 ? `${countText(most)}, then ${rateText(refill)}` : `${countText(most)} in all`;
}

/** The addresses that the limiters hold blocked; `undefined` when none of them lists any. @internal */
export function banLines(limiters: readonly LimiterSource[]): Listed<BanLine> | undefined {
  const listing = limiters.filter((limiter) => typeof (limiter as { bans?: unknown }).bans === 'function');
  if (listing.length === 0) return undefined;
  const lines: BanLine[] = [];
  let total = 0;
  for (const limiter of listing) {
    const { name } = fieldsOfPart(limiter);
    const answer = asked('bans()', () => (limiter as LimiterSource & { bans(): unknown }).bans());
    const { trouble, value } = readable(answer);
    if (trouble !== undefined) lines.push({ name, limiter: name, reason: undefined, remainingMs: undefined, trouble });
    const bans = listOf(value.bans, MOST_BANS).map(fieldsOf);
    for (const { address, reason, remainingMs } of bans) {
      lines.push({ name: nameOf(address), limiter: name, reason: textOf(reason), remainingMs: numberOf(remainingMs) });
    }
    // How many there are beyond the first page only the limiter's counts tell; it may count some that are over.
    const counted = value.next === undefined ? 0 : (numberOf(readable(snapshotOf(limiter)).value.blockedNow) ?? 0);
    total += Math.max(bans.length, counted) + (trouble === undefined ? 0 : 1);
  }
  return { lines, total };
}

/** @internal */
export function flagLines(abuse: AbuseSettings | undefined): Flags | undefined {
  if (abuse === undefined) return undefined;
  const detector = abuse.detector as AbuseSettings['detector'] & { summary?(): unknown };
  const answer =
    typeof detector.summary === 'function' ? asked('summary()', () => detector.summary?.()) : snapshotOf(detector);
  const { trouble, value } = readable(answer);
  const lines = listOf(value.flagged, MOST_FLAGS)
    .map(fieldsOf)
    .map(({ subject, reasons, score, remainingMs }) => ({
      name: nameOf(subject),
      reasons: textOf(
        listOf(reasons, 10)
          .filter((reason) => typeof reason === 'string')
          .join('; '),
      ),
      score: numberOf(score),
      remainingMs: numberOf(remainingMs),
    }));
  const shadow = value.mode === 'shadow';
  return {
    lines,
    total: Math.max(lines.length, numberOf(value.flaggedNow) ?? 0),
    action: shadow
      ? 'shadow mode: nobody is flagged in earnest'
      : abuse.rejects
        ? 'their requests are refused'
        : 'they are only reported',
    events: numberOf(value.events),
    trouble,
  };
}
