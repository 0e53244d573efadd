import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { Reporter } from '../../core/reporter.js';
import { ROUNDING_MS, steady } from '../../core/steady.js';
import { BoundedMap } from '../../internal/bounded-map.js';
import { NumberTable } from '../../internal/number-table.js';
import { type Decision, NONE_VIOLATED } from '../decision.js';
import { nameIn, timeIn, wordsIn } from '../arguments.js';
import { alsoIn } from './also.js';
import { costIn } from './cost.js';
import { KeyNames } from '../key-names.js';
import { TokenBucket } from './engine.js';
import { LIMITER_EVENTS, type PerUserRateLimiterEvents, rejectionData } from './events.js';
import { limiterMetrics } from './metrics.js';
import { parsePerUserOptions, type PerUserRateLimiterOptions } from './options.js';
import { Tiers } from './tiers.js';
import { together } from './together.js';

/** A keyed limiter's state as plain JSON; no key is in it. */
export interface PerUserRateLimiterSnapshot {
  readonly name: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
  readonly mode: 'enforce' | 'shadow';
  /** Keys that are remembered, … */
  readonly keys: number;
  readonly maxKeys: number;
  /** … and how many, whose bucket was not full, had to make room for new ones. */
  readonly evictedKeys: number;
  readonly blockedKeys: number;
  /** Calls admitted and refused so far; in shadow mode, what would have been refused. */
  readonly admitted: number;
  readonly rejected: number;
}

/** Another limiter that a call has to pass as well. */
export interface AlsoLimit {
  /** One with another name. */
  readonly limiter: PerUserRateLimiter;
  /** Whose bucket: text of at least one character. */
  readonly key: string;
  /** What the call takes from it. Integer, at least 0. @defaultValue `1` */
  readonly cost?: number | undefined;
}

/** Options of {@link PerUserRateLimiter.check}. */
export interface CheckOptions {
  /** What the call takes. Integer, at least 0; `0` only looks. @defaultValue `1` */
  readonly cost?: number | undefined;
  /** Other limiters that the call has to pass as well: all of them take their tokens, or none does. */
  readonly also?: readonly AlsoLimit[] | undefined;
}

interface Part {
  readonly limiter: PerUserRateLimiter;
  readonly key: string;
  readonly name: string;
  readonly cost: number;
}

interface Block {
  readonly untilMs: number;
  readonly reason: string;
}

/**
 * One token bucket for each key, made on demand, in bounded memory: a key whose bucket is full again is
 * the same as one never seen.
 *
 * @example
 * const limiter = new PerUserRateLimiter({ capacity: 100, refillPerSecond: 100 / 60 });
 * const { allowed, retryAfterMs } = limiter.check(userId);
 */
export class PerUserRateLimiter implements Component<PerUserRateLimiterSnapshot> {
  readonly kind = 'per-user-rate-limiter';
  readonly name: string;
  readonly #options: ReturnType<typeof parsePerUserOptions>;
  readonly #time: () => number;
  readonly #bucket: TokenBucket;
  readonly #events: Emitter<PerUserRateLimiterEvents>;
  readonly #violated: readonly string[];
  readonly #names = new KeyNames();
  /** When each bucket will be full: what is nearest to full is what forgetting changes least. */
  readonly #keys: NumberTable;
  readonly #blocks: BoundedMap<Block>;
  readonly #tiers: Tiers<TokenBucket> | undefined;
  readonly #shadow: boolean;
  #latestMs = 0;
  #admitted = 0;
  #rejected = 0;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range. */
  constructor(options: PerUserRateLimiterOptions) {
    this.#options = parsePerUserOptions(options);
    const { name, capacity, refillPerSecond, maxKeys, limitsFor, clock, mode, onListenerError } = this.#options;
    this.name = name;
    this.#time = steady(clock);
    this.#bucket = new TokenBucket(capacity, refillPerSecond, clock.now());
    const reporter = new Reporter(`PerUserRateLimiter '${name}'`, clock, onListenerError);
    this.#events = new Emitter(reporter, LIMITER_EVENTS);
    if (limitsFor !== undefined) {
      const startMs = clock.now();
      this.#tiers = new Tiers(
        limitsFor,
        this.#bucket,
        (limits) => new TokenBucket(limits.capacity, limits.refillPerSecond, startMs),
        (error) => {
          reporter.listenerError(error);
        },
      );
    }
    this.#violated = Object.freeze([name]);
    this.#shadow = mode === 'shadow';
    this.#keys = new NumberTable(maxKeys);
    this.#blocks = new BoundedMap(maxKeys, ({ untilMs }) => untilMs - this.#latestMs);
  }

  /**
   * Takes `cost` tokens from the key's bucket if they are there; a refusal takes nothing. With `also` it takes them from
   * the buckets of other limiters as well: from all or from none. The answer is then that of the limiter that refuses for
   * the longest time, or else that leaves least, and `violated` names all that refuse.
   *
   * @param key - who is calling: text of at least one character. Longer than 128 characters it is stored as a digest.
   * @throws {@link InvalidArgumentError} when a key is no such text, a cost not an integer of at least 0, or `also` names
   * what is no limiter or two of the same name; nothing is taken then.
   */
  check(key: string, options?: CheckOptions): Decision {
    const cost = options === undefined ? 1 : costIn('PerUserRateLimiter', options);
    const also = options?.also;
    if (also === undefined) return this.#decide(this.#nameOf(key), key, cost, true);
    const parts = [{ limiter: this, key, name: this.#nameOf(key), cost }, ...this.#partsOf(also)];
    const ask = (part: Part, take: boolean): Decision => part.limiter.#decide(part.name, part.key, part.cost, take);
    const refusing = parts.filter((part) => !ask(part, false).allowed);
    return together((refusing.length > 0 ? refusing : parts).map((part) => ask(part, true)));
  }

  /** What the key's bucket holds, changing nothing and remembering nobody. */
  peek(key: string): Decision {
    return this.check(key, { cost: 0 });
  }

  /** Fills the key's bucket; a block stays. */
  reset(key: string): void {
    this.#keys.delete(this.#nameOf(key));
  }

  /**
   * Refuses the key for `ms` milliseconds, whatever its bucket holds.
   *
   * @param ms - more than 0; `Infinity` until {@link PerUserRateLimiter.unblock}.
   * @param reason - shown in `rejected` events; redacted, at most 200 characters.
   * @throws {@link InvalidArgumentError} when one of them is wrong.
   */
  block(key: string, ms: number, reason: string): void {
    const forMs = timeIn('PerUserRateLimiter.block', 'ms', ms);
    const shown = wordsIn('PerUserRateLimiter.block', 'reason', reason);
    const name = this.#nameOf(key);
    this.#latestMs = this.#time();
    this.#blocks.delete(name);
    this.#blocks.add(name, { untilMs: this.#latestMs + forMs, reason: shown });
  }

  /** Lifts a block and fills the key's bucket. */
  unblock(key: string): void {
    const name = this.#nameOf(key);
    this.#blocks.delete(name);
    this.#keys.delete(name);
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#keys.size;
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof PerUserRateLimiterEvents>(
    type: K,
    listener: (event: PerUserRateLimiterEvents[K]) => void,
  ): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of refusals, as plain JSON without the key. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return this.#events.on('rejected', (event) =>
      listener({ type: 'rejected', level: 'warn', data: rejectionData(event) }),
    );
  }

  /** Configuration and counts as plain JSON. */
  snapshot(): PerUserRateLimiterSnapshot {
    const { name, capacity, refillPerSecond, mode, maxKeys } = this.#options;
    return {
      name,
      capacity,
      refillPerSecond,
      mode,
      keys: this.#keys.size,
      maxKeys,
      evictedKeys: this.#keys.evicted,
      blockedKeys: this.#blocks.size,
      admitted: this.#admitted,
      rejected: this.#rejected,
    };
  }

  /** Totals for a scrape. */
  metrics(): Iterable<MetricSample> {
    const limiter = { limiter: this.name };
    return [
      ...limiterMetrics(this.name, this.#admitted, this.#rejected),
      {
        name: 'breakwater_rate_limit_keys',
        type: 'gauge',
        help: 'Keys that a rate limiter remembers.',
        value: this.size,
        labels: limiter,
      },
      {
        name: 'breakwater_rate_limit_evicted_keys_total',
        type: 'counter',
        help: 'Keys that had to make room for new ones.',
        value: this.#keys.evicted,
        labels: limiter,
      },
    ];
  }

  #partsOf(also: unknown): Part[] {
    const isLimiter = (limiter: unknown) => limiter instanceof PerUserRateLimiter;
    return alsoIn('PerUserRateLimiter', this.name, also, isLimiter).map(({ limiter, key, cost }) => ({
      limiter,
      key,
      name: limiter.#nameOf(key),
      cost,
    }));
  }

  /** @param take - whether the decision counts, or only says what would be. */
  #decide(name: string, key: string, cost: number, take: boolean): Decision {
    this.#latestMs = this.#time();
    const blockedMs = this.#blocks.size > 0 ? this.#blockLeftMs(name) : 0;
    const bucket = this.#tiers === undefined ? this.#bucket : this.#tiers.bucketOf(key);
    const nowMs = bucket.time(this.#latestMs);
    const slot = this.#keys.find(name);
    const keptMs = slot === undefined ? -Infinity : this.#keys.at(slot);
    // The bucket may have held more until now.
    const fullAtMs = this.#tiers === undefined ? keptMs : bucket.settle(keptMs, nowMs);
    if (cost === 0 && blockedMs === 0) return this.#admit(bucket, cost, fullAtMs, nowMs);
    const takenMs = bucket.take(fullAtMs, cost, nowMs);
    const fits = cost === 0 || bucket.fits(takenMs, nowMs);
    if (!fits || blockedMs > 0) {
      const waitMs = fits ? 0 : bucket.waitMs(takenMs, cost, nowMs);
      const [resetMs, left] = [bucket.resetMs(fullAtMs, nowMs), bucket.whole(fullAtMs, nowMs)];
      if (blockedMs === 0) return this.#refuse(name, bucket.capacity, cost, waitMs, resetMs, left, 'local', take);
      // After the block it is the bucket that refuses, as long as it would have without.
      const [retryMs, againMs] = [Math.max(blockedMs, waitMs), Math.max(blockedMs, resetMs)];
      return this.#refuse(name, bucket.capacity, cost, retryMs, againMs, 0, 'ban', take);
    }
    const settledMs = bucket.settle(takenMs, nowMs);
    if (take) {
      if (slot === undefined) this.#keys.add(name, settledMs, nowMs);
      else this.#keys.put(slot, settledMs);
      this.#admitted++;
    }
    return this.#admit(bucket, cost, settledMs, nowMs);
  }

  #nameOf(key: string): string {
    return this.#names.of(nameIn('PerUserRateLimiter', 'key', key));
  }

  #blockLeftMs(name: string): number {
    const block = this.#blocks.get(name);
    if (block === undefined) return 0;
    const leftMs = block.untilMs - this.#latestMs;
    if (leftMs > ROUNDING_MS) return leftMs;
    this.#blocks.delete(name);
    return 0;
  }

  #admit(bucket: TokenBucket, cost: number, fullAtMs: number, nowMs: number): Decision {
    return {
      allowed: true,
      limit: bucket.capacity,
      remaining: bucket.whole(fullAtMs, nowMs),
      retryAfterMs: 0,
      resetAfterMs: bucket.resetMs(fullAtMs, nowMs),
      cost,
      policy: this.name,
      violated: NONE_VIOLATED,
      source: 'local',
      degraded: false,
      shadow: false,
    };
  }

  #refuse(
    key: string,
    limit: number,
    cost: number,
    retryAfterMs: number,
    resetAfterMs: number,
    remaining: number,
    source: 'local' | 'ban',
    take: boolean,
  ): Decision {
    // A look at a blocked key is no refused call.
    const looked = cost === 0 || !take;
    if (!looked) this.#rejected++;
    const decision: Decision = {
      allowed: this.#shadow,
      limit,
      remaining,
      retryAfterMs,
      resetAfterMs,
      cost,
      policy: this.name,
      violated: this.#violated,
      source,
      degraded: false,
      shadow: this.#shadow,
    };
    if (!looked && this.#events.has('rejected')) {
      const reason = source === 'ban' ? this.#blocks.get(key)?.reason : undefined;
      this.#events.emit('rejected', { limiter: this.name, key, decision, ...(reason === undefined ? {} : { reason }) });
    }
    return decision;
  }
}
