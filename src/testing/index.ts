export type { ManualClockOptions } from './manual-clock.js';
export { ManualClock } from './manual-clock.js';
export { seededRandom } from './seeded-random.js';
export type { StoreConformanceCase, StoreConformanceOptions } from './store-conformance.js';
export { storeConformance } from './store-conformance.js';
export type { StoreUnderTest } from './store-under-test.js';
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
  MemoryStoreOptions,
  StoreCall,
  StoreKey,
  StoreMark,
  WindowAnswer,
  WindowRule,
} from '../traffic/store/index.js';
export { createMemoryStore, MEMORY_STORE_DEFAULTS } from '../traffic/store/index.js';
