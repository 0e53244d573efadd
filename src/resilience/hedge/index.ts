export { SupersededError } from './errors.js';
export type { Hedge, HedgeBegun, HedgeEvents, HedgeSnapshot } from './hedge.js';
export { hedge } from './hedge.js';
export type { HedgeOptions } from './options.js';
export { HEDGE_DEFAULTS } from './options.js';
