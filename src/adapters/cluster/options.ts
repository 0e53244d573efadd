import type { Clock } from '../../core/clock.js';
import { clockOption, count, durationMs, type OptionKind, type OptionSchema } from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { MEMORY_STORE_DEFAULTS } from '../../traffic/store/index.js';

/** Options of `createClusterStore`. The same call, with the same options, stands in the primary and in its workers. */
export interface ClusterStoreOptions {
  /** Stores of one name in one cluster are one: 1 to 64 characters of `A-Z a-z 0-9 _ . : -`. @defaultValue `'breakwater'` */
  readonly name?: string | undefined;
  /**
   * Most keys of each sort that the primary remembers, 1 to 16,000,000. Means nothing in a worker.
   *
   * @defaultValue `100_000`
   */
  readonly maxKeys?: number | undefined;
  /**
   * Longest time that a question of a worker takes, in ms, at least 1. When whoever asks waits for less, that counts. Means
   * nothing in the primary, which answers itself at once.
   *
   * @defaultValue `1_000`
   */
  readonly timeoutMs?: number | undefined;
  /** Time source: in the primary that of the store, in a worker that of the time limit. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Told once when a primary seems to have no such store. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link ClusterStoreOptions}. */
export const CLUSTER_STORE_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'breakwater',
  maxKeys: MEMORY_STORE_DEFAULTS.maxKeys,
  timeoutMs: 1_000,
});

const NAME = /^[\w.:-]{1,64}$/;

function nameOption(): OptionKind<string> {
  return {
    parse(value = CLUSTER_STORE_DEFAULTS.name, path, report) {
      if (typeof value !== 'string' || !NAME.test(value))
        report(path, 'must be 1 to 64 characters of A-Z a-z 0-9 _ . : -');
      return value as string;
    },
  };
}

/** @internal */
export interface ClusterStoreSchema extends OptionSchema {
  readonly name: OptionKind<string>;
  readonly maxKeys: OptionKind<number>;
  readonly timeoutMs: OptionKind<number>;
  readonly clock: OptionKind<Clock>;
  readonly onListenerError: OptionKind<ListenerErrorHandler | undefined>;
}

/** @internal */
export function clusterStoreSchema(): ClusterStoreSchema {
  return {
    name: nameOption(),
    maxKeys: count({ min: 1, max: 16_000_000, default: CLUSTER_STORE_DEFAULTS.maxKeys }),
    timeoutMs: durationMs(CLUSTER_STORE_DEFAULTS.timeoutMs, { min: 1 }),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}
