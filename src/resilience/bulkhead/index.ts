export type { BulkheadSnapshot } from './bulkhead.js';
export { Bulkhead, bulkhead } from './bulkhead.js';
export { BulkheadFullError, BulkheadTimeoutError } from './errors.js';
export type { BulkheadEvents, BulkheadRejection } from './events.js';
export type { BulkheadOptions } from './options.js';
export { BULKHEAD_DEFAULTS } from './options.js';
