export { DeadlineExceededError, TimeoutError } from './errors.js';
export type { TimeLimitEvents, TimeLimitExceeded } from './events.js';
export type { TimeLimitOptions } from './options.js';
export type { TimeLimit, TimeLimitSnapshot } from './time-limit.js';
export { deadline, timeout } from './time-limit.js';
