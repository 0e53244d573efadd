import type { MetricSample } from '../../core/component.js';

/** What a detector has counted, as plain JSON without subjects. */
export interface AbuseDetectorSnapshot {
  readonly name: string;
  readonly mode: 'enforce' | 'shadow';
  readonly threshold: number;
  readonly windowMs: number;
  /** Events recorded so far. */
  readonly events: number;
  /** Flags made so far by the rule that came first; in shadow mode, those that would have been. */
  readonly flags: Readonly<Record<string, number>>;
  /** Subjects that are flagged now; in shadow mode, those that would be. */
  readonly flaggedNow: number;
  /** Subjects that are remembered, … */
  readonly subjects: number;
  readonly maxSubjects: number;
  /** … and how many that still mattered had to make room for others. */
  readonly evictedSubjects: number;
}

/** One subject that is flagged. */
export interface FlaggedSubject {
  /** As it is stored: longer than 128 characters it is a digest. */
  readonly subject: string;
  /** Why, in words. */
  readonly reasons: readonly string[];
  readonly count: number;
  readonly score: number;
  /** Milliseconds until its last reason runs out if nothing else comes; `Infinity` until it is lifted. */
  readonly remainingMs: number;
}

/** The state of a detector, for a report. */
export interface AbuseSummary extends AbuseDetectorSnapshot {
  /** Those flagged, the highest score first, at most 20. */
  readonly flagged: readonly FlaggedSubject[];
}

/** One reason of a flagged subject. */
export interface AbuseReason {
  /** `'spike'`, `'score'`, `'manual'` or the name of a rule of one's own. */
  readonly rule: string;
  /** The same in words; redacted. */
  readonly text: string;
  /** Milliseconds until it runs out if nothing else comes; `Infinity` until it is lifted. */
  readonly remainingMs: number;
}

/** One event that is kept as evidence. */
export interface AbuseEvidence {
  readonly type: string;
  readonly weight: number;
  /** How long ago, in ms. */
  readonly ageMs: number;
  /** What was given with it as short text; redacted, at most 200 characters. */
  readonly evidence?: string;
}

/** All that is known of a subject. */
export interface AbuseExplanation {
  /** As it is stored: longer than 128 characters it is a digest. */
  readonly subject: string;
  /** Whether it is flagged; always `false` in shadow mode. */
  readonly flagged: boolean;
  /** Whether it would be flagged but for shadow mode. */
  readonly shadow: boolean;
  /** Why it is flagged, or would be. */
  readonly reasons: readonly AbuseReason[];
  /** Events within the window, at most the threshold, … */
  readonly count: number;
  /** … by their type. */
  readonly countByType: Readonly<Record<string, number>>;
  /** The weights of all events, each halved with every half-life that has passed since. */
  readonly score: number;
  /** Events since it is remembered. */
  readonly events: number;
  /** How long ago the first and the last of those came, in ms. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** The latest of those events, the oldest first, at most five. */
  readonly evidence: readonly AbuseEvidence[];
  /** How much longer nothing flags it, in ms. */
  readonly graceMs: number;
  /** Who lifted its last flag by hand, and why. */
  readonly lifted?: { readonly ageMs: number; readonly by?: string; readonly note?: string };
}

/** @internal */
export function detectorMetrics(snapshot: AbuseDetectorSnapshot): MetricSample[] {
  const detector = snapshot.name;
  const one = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    value: number,
    labels?: Readonly<Record<string, string>>,
  ): MetricSample => ({ name: `breakwater_abuse_${name}`, type, help, value, labels: { detector, ...labels } });
  return [
    one('events_total', 'counter', 'Events recorded.', snapshot.events),
    ...Object.entries(snapshot.flags).map(([rule, flags]) =>
      one('flags_total', 'counter', 'Flags made, by the rule that came first.', flags, { rule }),
    ),
    one('evicted_subjects_total', 'counter', 'Subjects that had to make room for others.', snapshot.evictedSubjects),
    one('subjects', 'gauge', 'Subjects that are remembered.', snapshot.subjects),
    one('flagged', 'gauge', 'Subjects that are flagged.', snapshot.flaggedNow),
  ];
}
