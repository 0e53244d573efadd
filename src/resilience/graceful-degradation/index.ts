export { FeatureDegradedError } from './errors.js';
export type { DegradationEvents, FeatureDegraded, FeatureRecovered } from './events.js';
export type { FeatureCall, FeatureResult } from './feature-call.js';
export { GracefulDegradation } from './graceful-degradation.js';
export type { FeatureOptions, GracefulDegradationOptions, LinkOptions } from './options.js';
export { GRACEFUL_DEGRADATION_DEFAULTS } from './options.js';
export type { DegradationReport, FeatureCalls, FeatureReport, ReasonReport } from './report.js';
