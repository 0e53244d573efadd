import type { Suspect } from './engine.js';
import type { EventTypes } from './event-types.js';
import type { KeptEvent } from './evidence.js';
import type { AbuseEvidence, AbuseExplanation } from './summary.js';

/** All that is known of a subject, for somebody to read. @internal */
export function explained(
  subject: string,
  suspect: Suspect,
  types: EventTypes,
  evidence: readonly KeptEvent[],
  shadow: boolean,
  nowMs: number,
): AbuseExplanation {
  const flagged = suspect.isFlagged(nowMs);
  const reasons = Array.from(suspect.reasons, ([rule, { text, untilMs }]) => ({
    rule,
    text,
    remainingMs: untilMs - nowMs,
  }));
  const { ring, lifting } = suspect;
  return {
    subject,
    flagged: flagged && !shadow,
    shadow: flagged && shadow,
    reasons,
    count: suspect.count(nowMs),
    countByType: Object.fromEntries(Array.from(ring.types(), (type) => [types.nameOf(type), ring.countOf(type)])),
    score: suspect.score(nowMs),
    events: suspect.total,
    firstSeenMs: nowMs - suspect.firstMs,
    lastSeenMs: nowMs - suspect.lastMs,
    evidence: evidence.map((event) => shown(event, nowMs)),
    graceMs: suspect.graceLeftMs(nowMs),
    ...(lifting === undefined ? {} : { lifted: { ageMs: nowMs - lifting.atMs, ...lifting.said } }),
  };
}

function shown({ type, weight, atMs, text }: KeptEvent, nowMs: number): AbuseEvidence {
  return { type, weight, ageMs: nowMs - atMs, ...(text === undefined ? {} : { evidence: text }) };
}
