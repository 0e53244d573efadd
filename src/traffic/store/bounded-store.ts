import type { LimitStore } from './contract.js';

/** A store that is told with every question how long whoever asks waits. @internal */
export function boundedStore(store: LimitStore, withinMs: number): LimitStore {
  const call = { withinMs };
  return {
    take: (rules) => store.take(rules, call),
    count: (rule) => store.count(rule, call),
    record: (rule) => store.record(rule, call),
    mark: (change) => store.mark(change, call),
    changes: (group, version) => store.changes(group, version, call),
    clear: (key) => store.clear(key, call),
  };
}
