import type { Clock } from '../../core/clock.js';
import type { OptionIssue } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import type { ListenerErrorHandler } from '../../core/reporter.js';
import { isOfKind, madePart, optionsOfPart, wholeInstance } from '../part-options.js';
import { AbuseDetector, type AbuseDetectorOptions } from '../../traffic/abuse-detector/index.js';

/** What the pipeline needs of a detector: `AbuseDetector` and `SharedAbuseDetector` have it. */
export interface AbuseSink {
  readonly kind: 'abuse-detector';
  readonly name: string;
  /** Counts one event of a subject; what it returns is not waited for. */
  record(subject: string, type?: string, options?: { readonly weight?: number; readonly evidence?: unknown }): unknown;
  /** Whether the subject is flagged. */
  isFlagged(subject: string): boolean;
  /** Why, and for how much longer. */
  explain(subject: string): { readonly reasons: readonly { readonly remainingMs: number }[] } | undefined;
  /** Counts and who is flagged, as plain JSON: `flagged` is a list. Without it nobody is told who is flagged. */
  summary?(): object;
  /** Counts as plain JSON; `flaggedNow` is how many are flagged. */
  snapshot(): object;
}

/** What a flag does: it is only shown, or requests of its subject are refused. */
export type AbuseAction = 'report' | 'reject';

/** The `abuse` option as options: those of the detector, or an instance, and what a flag does. */
export type HttpAbuseOptions = { readonly action?: AbuseAction | undefined } & (
  (AbuseDetectorOptions & { readonly detector?: undefined }) | { readonly detector: AbuseSink }
);

/** A detector, and what a flag of it does. @internal */
export interface AbuseSettings {
  readonly detector: AbuseSink;
  readonly rejects: boolean;
}

const MEMBERS = ['record', 'isFlagged', 'explain', 'snapshot', 'name'] as const;

/** The `abuse` option: an instance, options, or nothing. @internal */
export function readAbuseOption(
  value: unknown,
  shared: {
    readonly clock: Clock;
    readonly onListenerError?: ListenerErrorHandler;
  },
  issues: OptionIssue[],
): AbuseSettings | undefined {
  if (value === undefined || value === false) return undefined;
  const isInstance = isOfKind<AbuseSink>(value, 'abuse-detector');
  const given: object = isInstance ? { detector: value } : optionsOfPart(value, 'abuse', issues);
  const { action, detector, ...options } = given as { readonly action?: unknown; readonly detector?: unknown };
  if (action !== undefined && action !== 'report' && action !== 'reject') {
    issues.push({ path: 'abuse.action', message: `must be 'report' or 'reject', got ${describe(action)}` });
  }
  const made =
    detector === undefined
      ? madePart<AbuseSink>(issues, 'abuse', () => new AbuseDetector({ ...shared, ...options }))
      : ownDetector(detector, isInstance ? 'abuse' : 'abuse.detector', issues);
  for (const name of detector === undefined ? [] : Object.keys(options)) {
    issues.push({ path: `abuse.${name}`, message: 'belongs to the detector, which is an instance here' });
  }
  return made && { detector: made, rejects: action === 'reject' };
}

function ownDetector(detector: unknown, path: string, issues: OptionIssue[]): AbuseSink | undefined {
  if (isOfKind<AbuseSink>(detector, 'abuse-detector')) return wholeInstance(detector, path, MEMBERS, issues);
  issues.push({ path, message: `must be an AbuseDetector, got ${describe(detector)}` });
  return undefined;
}
