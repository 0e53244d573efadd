import { redactName, redactText, redactValue } from '../../core/redaction.js';
import type { Reporter } from '../../core/reporter.js';
import { isThenable } from '../../core/thenable.js';
import type { AbuseSink } from '../limits/abuse-options.js';
import type { AddressLimiter } from '../limits/limits.js';

const MOST_BANS = 100;
const MOST_FLAGGED = 20;
const LONGEST_TEXT = 200;

/** Who keeps clients out. @internal */
export interface SecurityParts {
  readonly detector: AbuseSink | undefined;
  readonly limiters: readonly AddressLimiter[];
  readonly reporter: Reporter;
}

type Fields = Readonly<Record<string, unknown>>;

/** How many subjects are flagged and addresses blocked; `null` where a part does not say. @internal */
export function securityCounts({ detector, limiters, reporter }: SecurityParts): object {
  const flagged =
    detector === undefined
      ? 0
      : countIn(
          ask(reporter, () => detector.snapshot()),
          'flaggedNow',
        );
  return { flagged, blocked: sumOf(limiters.map((limiter) => blocksOf(limiter, reporter, false).count)) };
}

/** The same, and who it is and why. No evidence: whoever needs that asks the detector. @internal */
export function securityDetails({ detector, limiters, reporter }: SecurityParts): object {
  const state = detector && ask(reporter, () => detector.summary?.() ?? detector.snapshot());
  const flagged = detector === undefined ? 0 : countIn(state, 'flaggedNow');
  const blocks = limiters.map((limiter) => ({ name: limiter.name, ...blocksOf(limiter, reporter, true) }));
  return {
    flagged,
    blocked: sumOf(blocks.map(({ count }) => count)),
    ...(detector && { abuse: abuseDetails(detector.name, state, flagged) }),
    protections: blocks.map(protectionDetails),
  };
}

function abuseDetails(name: string, state: Fields | undefined, flaggedNow: number | null): object {
  const flagged = listIn(state, 'flagged')?.slice(0, MOST_FLAGGED);
  return {
    ...about(name, state),
    ...numbersIn(state, ['threshold', 'windowMs', 'events', 'subjects']),
    flaggedNow,
    ...(flagged && { flagged: flagged.map(flaggedSubject) }),
  };
}

function flaggedSubject(given: Fields): object {
  return {
    subject: nameText(given['subject']),
    reasons: Array.isArray(given['reasons']) ? given['reasons'].map(wordsText) : [],
    ...numbersIn(given, ['count', 'score']),
    remainingMs: countIn(given, 'remainingMs'),
  };
}

interface Blocks {
  readonly state: Fields | undefined;
  readonly count: number | null;
  /** The first page of them. */
  readonly bans: readonly Fields[] | undefined;
  /** Whether there are more than these. */
  readonly more: boolean;
}

function protectionDetails({ name, state, count, bans, more }: Blocks & { readonly name: string }): object {
  return {
    ...about(name, state),
    ...numbersIn(state, ['threshold', 'windowMs', 'blocks']),
    blockedNow: count,
    ...(bans && { bans: bans.map(ban), more }),
  };
}

function ban(given: Fields): object {
  const { address, reason } = given;
  return { address: nameText(address), reason: wordsText(reason), remainingMs: countIn(given, 'remainingMs') };
}

function blocksOf(limiter: AddressLimiter, reporter: Reporter, listed: boolean): Blocks {
  const state = ask(reporter, () => limiter.stats?.() ?? limiter.snapshot());
  const held = countIn(state, 'blockedNow');
  // A limiter counts blocks that are over until somebody looks, so a list that is whole knows better. To list a great many
  // takes time, which nobody may take who does not see the list.
  const isShort = held === null || held <= MOST_BANS;
  const page =
    limiter.bans !== undefined && (listed || isShort) ? ask(reporter, () => limiter.bans?.() ?? {}) : undefined;
  const bans = listIn(page, 'bans')?.slice(0, MOST_BANS);
  const more = page?.['next'] !== undefined;
  return { state, count: bans === undefined || more ? held : bans.length, bans, more };
}

/** A copy of what a part says, without secrets and such that it can be read whatever it is. */
function ask(reporter: Reporter, question: () => unknown): Fields | undefined {
  try {
    const answer = question();
    if (isThenable(answer)) {
      reporter.wrongAnswer('summary(), snapshot(), bans() and stats() must answer at once', answer);
      return undefined;
    }
    return asFields(redactValue(answer));
  } catch (error) {
    reporter.listenerError(error);
    return undefined;
  }
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

function listIn(state: Fields | undefined, field: string): readonly Fields[] | undefined {
  const list = state?.[field];
  return Array.isArray(list) ? list.map((item: unknown) => asFields(item) ?? {}) : undefined;
}

/** `null` for `Infinity` as well, which JSON does not have: what lasts until somebody lifts it. */
function countIn(state: Fields | undefined, field: string): number | null {
  const value = state?.[field];
  return typeof value === 'number' ? value : null;
}

function numbersIn(state: Fields | undefined, fields: readonly string[]): object {
  const known = fields.flatMap((field): [string, number][] => {
    const value = countIn(state, field);
    return value === null ? [] : [[field, value]];
  });
  return Object.fromEntries(known);
}

function sumOf(counts: readonly (number | null)[]): number | null {
  return counts.reduce<number | null>((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}

function about(name: string, state: Fields | undefined): object {
  const mode = state?.['mode'];
  return { name: redactName(name, LONGEST_TEXT), ...(mode === 'enforce' || mode === 'shadow' ? { mode } : {}) };
}

function nameText(value: unknown): string {
  return typeof value === 'string' ? redactName(value, LONGEST_TEXT) : '';
}

function wordsText(value: unknown): string {
  return typeof value === 'string' ? redactText(value, LONGEST_TEXT) : '';
}
