import type { LocalMark } from '../store/index.js';
import type { HeldReason } from './engine.js';

/** A flag as a store keeps it; times are counted from the moment at which it was written. */
interface SharedFlag {
  /** Whom it flags, as it is shown; the store itself has a digest only. */
  readonly subject: string;
  /** Why: the rule, the same in words, and for how many ms. */
  readonly reasons: readonly (readonly [rule: string, text: string, ms: number])[];
  /** For how many ms it had been flagged by then. */
  readonly sinceMs: number;
  readonly count: number;
  readonly score: number;
}

/** Rules that there may be beside the own ones, so that all reasons fit into one text. @internal */
export const MOST_SHARED_RULES = 12;
/** What a store takes. */
const LONGEST_TEXT = 4_000;

/** Who lifted a flag, and why. @internal */
export interface SharedLifting {
  readonly by?: string;
  readonly note?: string;
}

/** A flag as this process sees it. @internal */
export interface KnownFlag {
  readonly subject: string;
  readonly reasons: ReadonlyMap<string, HeldReason>;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly count: number;
  readonly score: number;
  readonly version: number;
}

/** Reads a flag by the time of this process; `undefined` for what is none, or over. @internal */
export function readFlag(mark: LocalMark | undefined, nowMs: number): KnownFlag | undefined {
  if (mark?.held !== true) return undefined;
  const flag = parsed(mark.text) as Partial<SharedFlag> | undefined;
  if (flag === undefined || !Array.isArray(flag.reasons) || typeof flag.subject !== 'string') return undefined;
  const given = (flag.reasons as readonly unknown[]).filter(isReason);
  if (given.length === 0) return undefined;
  // The reason that lasts longest ends with the flag.
  const writtenMs = mark.untilMs - Math.max(...given.map(([, , ms]) => ms));
  const reasons = new Map<string, HeldReason>();
  for (const [rule, text, ms] of given) {
    if (writtenMs + ms > nowMs) reasons.set(rule, { text, untilMs: writtenMs + ms });
  }
  if (reasons.size === 0) return undefined;
  const { subject } = flag;
  const [sinceMs, count, score] = [numberOf(flag.sinceMs), numberOf(flag.count), numberOf(flag.score)];
  const { untilMs, version } = mark;
  return { subject, reasons, sinceMs: writtenMs - sinceMs, untilMs, count, score, version };
}

/** Who lifted a flag, and why, if a mark says so. @internal */
export function readLifting(mark: LocalMark | undefined): SharedLifting | undefined {
  if (mark === undefined || mark.held) return undefined;
  const said = parsed(mark.text) as SharedLifting | undefined;
  if (said === undefined) return undefined;
  const { by, note } = said;
  return { ...(typeof by === 'string' ? { by } : {}), ...(typeof note === 'string' ? { note } : {}) };
}

function isReason(reason: unknown): reason is readonly [string, string, number] {
  if (!Array.isArray(reason)) return false;
  const [rule, text, ms] = reason as unknown[];
  return typeof rule === 'string' && typeof text === 'string' && Number.isFinite(ms);
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A flag for the store: its text, and how long it lasts.
 *
 * @param before - what it replaces.
 * @internal
 */
export function writtenFlag(
  subject: string,
  reasons: ReadonlyMap<string, HeldReason>,
  before: KnownFlag | undefined,
  { count, score }: { readonly count: number; readonly score: number },
  nowMs: number,
): { readonly text: string; readonly forUs: number; readonly keepUs: number } {
  const listed = Array.from(reasons, ([rule, { text, untilMs }]) => [rule, text, untilMs - nowMs] as const);
  const sinceMs = before === undefined ? 0 : nowMs - before.sinceMs;
  const write = (longest: number): string => {
    const shown = listed.map(([rule, text, ms]) => [rule, text.slice(0, longest), ms] as const);
    const flag: SharedFlag = { subject, reasons: shown, sinceMs, count, score };
    return JSON.stringify(flag);
  };
  const forUs = Math.max(1, Math.round(Math.max(...listed.map(([, , ms]) => ms)) * 1_000));
  // Names full of quotation marks, say, which are twice as long in there.
  const text = [200, 20, 0].map(write).find((written) => written.length <= LONGEST_TEXT) ?? '';
  return { text, forUs, keepUs: forUs };
}
