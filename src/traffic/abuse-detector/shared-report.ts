import type { KeptEvent } from './evidence.js';
import type { KnownLifting } from './local-knowledge.js';
import type { KnownFlag } from './shared-flag.js';
import type { LocalSuspect } from './shared-suspect.js';
import type { AbuseExplanation, FlaggedSubject } from './summary.js';

/** What one process knows of a subject. @internal */
export interface SharedKnowledge {
  readonly flag: KnownFlag | undefined;
  readonly lifting: KnownLifting | undefined;
  readonly graceUntilMs: number | undefined;
  readonly suspect: LocalSuspect | undefined;
  readonly evidence: readonly KeptEvent[];
  readonly shadow: boolean;
  readonly nowMs: number;
}

/** The same for somebody to read; `undefined` when nothing is known. @internal */
export function sharedExplanation(subject: string, known: SharedKnowledge): AbuseExplanation | undefined {
  const { flag, lifting, graceUntilMs, suspect, evidence, shadow, nowMs } = known;
  if ([flag, suspect, graceUntilMs, lifting].every((one) => one === undefined)) return undefined;
  return {
    subject,
    flagged: flag !== undefined && !shadow,
    shadow: flag !== undefined && shadow,
    reasons: Array.from(flag?.reasons ?? [], ([rule, { text, untilMs }]) => ({
      rule,
      text,
      remainingMs: untilMs - nowMs,
    })),
    count: suspect?.count ?? flag?.count ?? 0,
    countByType: suspect?.byType ?? {},
    score: suspect?.score ?? flag?.score ?? 0,
    events: suspect?.total ?? 0,
    firstSeenMs: nowMs - (suspect?.firstMs ?? nowMs),
    lastSeenMs: nowMs - (suspect?.lastMs ?? nowMs),
    evidence: evidence.map(({ type, weight, atMs, text }) => ({
      type,
      weight,
      ageMs: nowMs - atMs,
      ...(text === undefined ? {} : { evidence: text }),
    })),
    graceMs: graceUntilMs === undefined ? 0 : graceUntilMs - nowMs,
    ...(lifting === undefined ? {} : { lifted: { ageMs: nowMs - lifting.atMs, ...lifting.said } }),
  };
}

/** One flag for a list. @internal */
export function sharedFlagged(flag: KnownFlag, suspect: LocalSuspect | undefined, nowMs: number): FlaggedSubject {
  return {
    subject: flag.subject,
    reasons: Array.from(flag.reasons.values(), ({ text }) => text),
    count: suspect?.count ?? flag.count,
    score: suspect?.score ?? flag.score,
    remainingMs: flag.untilMs - nowMs,
  };
}
