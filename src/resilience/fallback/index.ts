export type { Fallback, FallbackEvents, FallbackSnapshot, FallbackUsed } from './fallback.js';
export { fallback } from './fallback.js';
export type { FallbackOptions } from './options.js';
export { FALLBACK_DEFAULTS } from './options.js';
