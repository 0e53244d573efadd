import type { StoreEvents } from '../store/index.js';
import type { AbuseResult } from './abuse-detector.js';
import type { AbuseDetectorEvents } from './events.js';
import type { AbuseDetectorSnapshot, FlaggedSubject } from './summary.js';

/** What `SharedAbuseDetector.record` says of the subject. */
export interface SharedAbuseResult extends AbuseResult {
  /** Whether the store did not answer, so that this is what one process knows. */
  readonly degraded: boolean;
}

/** What a `SharedAbuseDetector` has counted in this process; plain JSON without subjects. */
export interface SharedAbuseDetectorSnapshot extends AbuseDetectorSnapshot {
  /** Whether the store answers, as far as is known. */
  readonly storeAvailable: boolean;
  /** Events that were judged without the store. */
  readonly degraded: number;
}

/** The state of a shared detector, for a report. */
export interface SharedAbuseSummary extends SharedAbuseDetectorSnapshot {
  /** Those flagged, the highest score first, at most 20. */
  readonly flagged: readonly FlaggedSubject[];
}

/** The events of a `SharedAbuseDetector`, by name; a flag that runs out by itself is not told. */
export interface SharedAbuseDetectorEvents extends AbuseDetectorEvents, StoreEvents {}
