export { SECURITY_KINDS } from './engine.js';
export { observe } from './observe.js';
export type { ObserveLogger, ObserveMetrics, ObserveOptions } from './options.js';
export { OBSERVE_DEFAULTS } from './options.js';
