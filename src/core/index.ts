export type { CancelTimer, Clock, ScheduleOptions } from './clock.js';
export { systemClock } from './clock.js';
export type { Component, ComponentEvent, MetricSample } from './component.js';
export type { OptionIssue, RejectedErrorOptions } from './errors.js';
export {
  BreakwaterError,
  InvalidArgumentError,
  InvalidOptionsError,
  RejectedError,
  isBreakwaterError,
} from './errors.js';
export { HealthStatus } from './health-status.js';
export type { AbortSignalShape, PlatformAbortSignal } from './platform.js';
export type { Random } from './random.js';
export { secureBytes, systemRandom } from './random.js';
export { registerSecret } from './secret-values.js';
export type { ListenerErrorHandler } from './reporter.js';
export { BreakwaterWarning } from './reporter.js';
