export { ApplicationLifecycle } from './application-lifecycle.js';
export type { FatalErrorKind, StopPhase } from './engine.js';
export { LifecyclePhase } from './engine.js';
export { StartFailedError, StepTimeoutError } from './errors.js';
export type { LifecycleEvents, LifecyclePhaseChange, LifecycleStepDone } from './events.js';
export type { LifecycleHook, LifecycleHookContext } from './hooks.js';
export type { TrackedWork } from './in-flight.js';
export type { LifecycleLogger } from './journal.js';
export type {
  ApplicationLifecycleOptions,
  LifecycleDeployment,
  LifecycleHealth,
  LifecycleHealthReport,
  LifecycleVerdict,
  StartHookOptions,
  StopHookOptions,
} from './options.js';
export { APPLICATION_LIFECYCLE_DEFAULTS } from './options.js';
export type { LifecycleReport, LifecycleStep, StartReport, StopReport, UnfinishedWork } from './report.js';
export type { AttachableServer, WebSocketServerShape, WebSocketShape } from './servers/index.js';
