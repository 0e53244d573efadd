export type { AbuseResult } from './abuse-detector.js';
export { AbuseDetector } from './abuse-detector.js';
export type { RecordOptions, UnflagOptions } from './arguments.js';
export type { AbuseDetectorEvents, SubjectFlagged, SubjectUnflagged } from './events.js';
export type { AbuseDetectorOptions, AbuseEvent, AbuseRule, AbuseScoreOptions } from './options.js';
export { ABUSE_DETECTOR_DEFAULTS } from './options.js';
export type {
  AbuseDetectorSnapshot,
  AbuseEvidence,
  AbuseExplanation,
  AbuseReason,
  AbuseSummary,
  FlaggedSubject,
} from './summary.js';
export type { SharedAbuseDetectorOptions } from './options.js';
export { SharedAbuseDetector } from './shared-detector.js';
export type {
  SharedAbuseDetectorEvents,
  SharedAbuseDetectorSnapshot,
  SharedAbuseResult,
  SharedAbuseSummary,
} from './shared-types.js';
export type { LimitStore, SharedStoreOptions, StoreLost, StoreRestored } from '../store/index.js';
export { SHARED_STORE_DEFAULTS, StoreUnavailableError } from '../store/index.js';
