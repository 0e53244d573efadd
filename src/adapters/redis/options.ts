import type { Clock } from '../../core/clock.js';
import { clockOption, count, durationMs, type OptionKind, type OptionSchema } from '../../core/options.js';

/** Options of `createRedisStore`. */
export interface RedisStoreOptions {
  /**
   * With what the names of all its keys begin, in braces: 1 to 64 characters of `A-Z a-z 0-9 _ . : -`. Stores of one prefix on one
   * server are one.
   *
   * @defaultValue `'breakwater'`
   */
  readonly prefix?: string | undefined;
  /**
   * Longest time that one question takes, in ms, at least 1. When whoever asks waits for less, that counts.
   *
   * @defaultValue `1_000`
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many users, say, a limiter has at a time, 1 to 1,000,000,000: buckets are then packed, about 64 to a key of Redis, and
   * need a fifth of the memory. The same in all processes.
   *
   * @defaultValue each bucket has a key of its own
   */
  readonly packFor?: number | undefined;
  /** Time source for the time limit. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link RedisStoreOptions}. */
export const REDIS_STORE_DEFAULTS = /* @__PURE__ */ Object.freeze({ prefix: 'breakwater', timeoutMs: 1_000 });

const PREFIX = /^[\w.:-]{1,64}$/;

function prefixOption(): OptionKind<string> {
  return {
    parse(value = REDIS_STORE_DEFAULTS.prefix, path, report) {
      if (typeof value !== 'string' || !PREFIX.test(value))
        report(path, 'must be 1 to 64 characters of A-Z a-z 0-9 _ . : -');
      return value as string;
    },
  };
}

/** @internal */
export interface RedisStoreSchema extends OptionSchema {
  readonly prefix: OptionKind<string>;
  readonly timeoutMs: OptionKind<number>;
  readonly packFor: OptionKind<number | undefined>;
  readonly clock: OptionKind<Clock>;
}

/** @internal */
export function redisStoreSchema(): RedisStoreSchema {
  return {
    prefix: prefixOption(),
    timeoutMs: durationMs(REDIS_STORE_DEFAULTS.timeoutMs, { min: 1 }),
    packFor: count({ min: 1, max: 1_000_000_000, default: undefined }),
    clock: clockOption(),
  };
}
