/** A subject was flagged that was not before. */
export interface SubjectFlagged {
  /** Name of the detector. */
  readonly detector: string;
  /** The subject, as it is stored: longer than 128 characters it is a digest. */
  readonly subject: string;
  /** `'spike'`, `'score'`, `'manual'` or the name of a rule of one's own. */
  readonly rule: string;
  /** The same in words; redacted. */
  readonly reason: string;
  /** How long the flag will last if nothing else comes, in ms; `Infinity` until it is lifted. */
  readonly ttlMs: number;
  /** Events that count, at most the threshold, and the decayed score. */
  readonly count: number;
  readonly score: number;
  /** Whether it was only noted, in shadow mode. */
  readonly shadow: boolean;
}

/** A subject is no longer flagged. */
export interface SubjectUnflagged {
  /** Name of the detector. */
  readonly detector: string;
  readonly subject: string;
  /**
   * `lifted`: by hand. `expired`: its last reason ran out, told when the subject is looked at next. `evicted`: it had to
   * make room, since more subjects are flagged than can be remembered.
   */
  readonly cause: 'lifted' | 'expired' | 'evicted';
  /** How long it had been flagged, in ms. */
  readonly flaggedForMs: number;
  /** Who lifted it, and why, as they said; redacted. */
  readonly by?: string;
  readonly note?: string;
  /** For how long nothing flags it again, in ms. */
  readonly graceMs?: number;
  /** Whether it was only noted, in shadow mode. */
  readonly shadow: boolean;
}

/** The events of an {@link AbuseDetector}, by name. */
export interface AbuseDetectorEvents {
  flagged: SubjectFlagged;
  unflagged: SubjectUnflagged;
}

/** What there is to subscribe to. @internal */
export const ABUSE_EVENTS = /* @__PURE__ */ Object.freeze(['flagged', 'unflagged'] as const);

/** An event as plain JSON, without the subject and what people wrote: those are about a person. @internal */
export function eventData(event: SubjectFlagged | SubjectUnflagged): object {
  const { detector, shadow } = event;
  if ('cause' in event) return { detector, cause: event.cause, flaggedForMs: event.flaggedForMs, shadow };
  const { rule, ttlMs, count, score } = event;
  return { detector, rule, ttlMs: ttlMs === Infinity ? null : ttlMs, count, score, shadow };
}
