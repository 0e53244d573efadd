import { isOver } from '../../core/steady.js';
import { EventRing } from './event-ring.js';

/** Rules that are there without being asked for; custom ones have other names. @internal */
export const OWN_RULES = /* @__PURE__ */ Object.freeze(['spike', 'score', 'manual'] as const);

const NO_REASONS: ReadonlyMap<string, HeldReason> = /* @__PURE__ */ new Map<string, HeldReason>();

const NO_TEXTS: readonly string[] = /* @__PURE__ */ Object.freeze([]);

/** Below it a score is as good as none. */
const LEAST_SCORE = 0.5;

/** The numbers that the rules go by. @internal */
export interface AbuseSettings {
  readonly threshold: number;
  readonly windowMs: number;
  readonly halfLifeMs: number;
  /** Score that flags, and below which it no longer does; `Infinity` without such a rule. */
  readonly flagAt: number;
  readonly clearBelow: number;
}

/** Why a subject is flagged. @internal */
export interface HeldReason {
  readonly text: string;
  readonly untilMs: number;
}

/** A flag, with all its reasons. */
interface Flag {
  readonly sinceMs: number;
  readonly reasons: Map<string, HeldReason>;
  /** When the first and the last of them run out. */
  firstEndMs: number;
  lastEndMs: number;
  texts: readonly string[] | undefined;
}

/** What ended with a flag. @internal */
export interface LiftedFlag {
  readonly flaggedAtMs: number;
}

/** Who lifted the last flag by hand, and why. @internal */
export interface Lifting {
  readonly atMs: number;
  /** Until when nothing flags again. */
  graceUntilMs: number;
  readonly said: { readonly by?: string; readonly note?: string };
}

/**
 * What is known of one subject. Time comes in as an argument, never less than before. It is flagged while it has a
 * reason; the reasons are a set by rule, and each ends at its own time.
 * @internal
 */
export class Suspect {
  readonly #rules: AbuseSettings;
  readonly ring: EventRing;
  readonly firstMs: number;
  lastMs: number;
  total = 0;
  /** Events that it had when it had to make room and that are not counted any more: they only make it matter more. */
  carried = 0;
  #score = 0;
  #scoreAtMs: number;
  // Made on first use: most subjects are never flagged.
  #flag: Flag | undefined;
  lifting: Lifting | undefined;

  constructor(rules: AbuseSettings, nowMs: number) {
    this.#rules = rules;
    this.ring = new EventRing(rules.threshold);
    this.firstMs = nowMs;
    this.lastMs = nowMs;
    this.#scoreAtMs = nowMs;
  }

  /** Books one event. */
  book(nowMs: number, type: number, weight: number): void {
    this.total++;
    this.lastMs = nowMs;
    this.ring.count(nowMs, this.#rules.windowMs);
    this.ring.add(nowMs, type, weight);
    this.#score = this.score(nowMs) + weight;
    this.#scoreAtMs = nowMs;
  }

  /** Takes up what was known beside the events, as of the last of them. */
  putBack(carried: number, score: number): void {
    this.carried = carried;
    this.#score = score;
  }

  /** Events that count, at most as many as flag. */
  count(nowMs: number): number {
    return this.ring.count(nowMs, this.#rules.windowMs);
  }

  /** The weights of all events, each halved with every half-life that has passed since. */
  score(nowMs: number): number {
    return this.#score * 2 ** ((this.#scoreAtMs - nowMs) / this.#rules.halfLifeMs);
  }

  /** When the score will be so low that it flags no more. */
  scoreEndsMs(nowMs: number): number {
    const { halfLifeMs, clearBelow } = this.#rules;
    return nowMs + halfLifeMs * Math.log2(this.score(nowMs) / clearBelow);
  }

  /** The reasons that it has, as of the last {@link Suspect.expire}. */
  get reasons(): ReadonlyMap<string, HeldReason> {
    return this.#flag?.reasons ?? NO_REASONS;
  }

  /** The same in words. */
  get texts(): readonly string[] {
    if (this.#flag === undefined) return NO_TEXTS;
    return (this.#flag.texts ??= Object.freeze(Array.from(this.reasons.values(), ({ text }) => text)));
  }

  has(rule: string): boolean {
    return this.#flag?.reasons.has(rule) === true;
  }

  isFlagged(nowMs: number): boolean {
    return this.#flag !== undefined && !isOver(this.#flag.lastEndMs, nowMs);
  }

  /** How long it will be flagged if nothing else comes. */
  flaggedLeftMs(nowMs: number): number {
    return this.#flag === undefined || isOver(this.#flag.lastEndMs, nowMs) ? 0 : this.#flag.lastEndMs - nowMs;
  }

  /** Adds or replaces a reason; whether the subject was not flagged before. */
  flag(nowMs: number, rule: string, reason: HeldReason): boolean {
    const first = this.#flag === undefined;
    this.#flag ??= { sinceMs: nowMs, reasons: new Map(), firstEndMs: NaN, lastEndMs: NaN, texts: undefined };
    this.#flag.reasons.set(rule, reason);
    noteEnds(this.#flag);
    return first;
  }

  /** Forgets the reasons that are over; what ended, when that was the last of them. */
  expire(nowMs: number): LiftedFlag | undefined {
    const flag = this.#flag;
    if (flag === undefined || !isOver(flag.firstEndMs, nowMs)) return undefined;
    for (const [rule, { untilMs }] of flag.reasons) if (isOver(untilMs, nowMs)) flag.reasons.delete(rule);
    noteEnds(flag);
    return flag.reasons.size === 0 ? this.#lift() : undefined;
  }

  /** Lifts the flag by hand: what led to it no longer counts, and nothing flags again within the grace. */
  clear(nowMs: number, graceMs: number, said: Lifting['said']): LiftedFlag | undefined {
    this.ring.clear();
    this.#score = 0;
    this.lifting = { atMs: nowMs, graceUntilMs: nowMs + graceMs, said };
    return this.#lift();
  }

  endGrace(): void {
    if (this.lifting !== undefined) this.lifting.graceUntilMs = -Infinity;
  }

  graceLeftMs(nowMs: number): number {
    const untilMs = this.lifting?.graceUntilMs ?? -Infinity;
    return isOver(untilMs, nowMs) ? 0 : untilMs - nowMs;
  }

  /** How much would be lost with this subject: a flag most of all, then a grace, then the events that count. */
  importance(nowMs: number): number {
    const leftMs = this.flaggedLeftMs(nowMs);
    if (leftMs > 0) return 1e12 + leftMs;
    if (this.graceLeftMs(nowMs) > 0) return 1e9;
    const score = this.#rules.flagAt === Infinity ? 0 : this.score(nowMs);
    const count = this.count(nowMs);
    return count + (count === 0 ? 0 : this.carried) + (score < LEAST_SCORE ? 0 : score);
  }

  #lift(): LiftedFlag | undefined {
    const flag = this.#flag;
    this.#flag = undefined;
    return flag === undefined ? undefined : { flaggedAtMs: flag.sinceMs };
  }
}

function noteEnds(flag: Flag): void {
  flag.texts = undefined;
  flag.firstEndMs = Infinity;
  flag.lastEndMs = -Infinity;
  for (const { untilMs } of flag.reasons.values()) {
    flag.firstEndMs = Math.min(flag.firstEndMs, untilMs);
    flag.lastEndMs = Math.max(flag.lastEndMs, untilMs);
  }
}
