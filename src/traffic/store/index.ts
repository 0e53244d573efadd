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
  StoreKey,
  StoreMark,
  WindowAnswer,
  WindowRule,
} from './contract.js';
export type { MemoryStoreOptions } from './memory-store.js';
export { createMemoryStore, MEMORY_STORE_DEFAULTS } from './memory-store.js';
