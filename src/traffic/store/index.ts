// Beside the usual files: the contract, the rules that every store checks, and the store in memory that is the reference.
export type {
  BucketAnswer,
  BucketRule,
  ChangedMark,
  EventAnswer,
  EventRule,
  LimitStore,
  MarkAnswer,
  MarkChange,
  MarkChanges,
  StoreCall,
  StoreKey,
  StoreMark,
  WindowAnswer,
  WindowRule,
} from './contract.js';
export type { MemoryStoreOptions } from './memory-store.js';
export { createMemoryStore, MEMORY_STORE_DEFAULTS } from './memory-store.js';
export { memoryStoreOf } from './memory-store.js';
export { LOST_RETRY_MS } from './availability.js';
export { LONGEST_US, MOST_CHANGES, MOST_RULES } from './contract.js';
export { StoreUnavailableError } from './errors.js';
export type { StoreEvents, StoreLost, StoreRestored } from './events.js';
export { STORE_EVENTS, storeHooks, subscribeStore } from './events.js';
export type { WholeRate } from './rate.js';
export { wholeRate } from './rate.js';
export type { ParsedSharedOptions, SharedStoreOptions } from './shared-options.js';
export { checkShare, SHARED_STORE_DEFAULTS, sharedSchema } from './shared-options.js';
export {
  checkBuckets,
  checkCall,
  checkEvent,
  checkGroup,
  checkKey,
  checkMark,
  checkVersion,
  checkWindow,
} from './rules.js';
export { readBuckets, readChanges, readEvents, readMarkAnswer, readWindow } from './read-answers.js';
export { microseconds, probeMark, SharedTruth } from './shared-truth.js';
export { storeHealth, storeMetrics } from './report.js';
export type { LocalMark } from './mark-mirror.js';
