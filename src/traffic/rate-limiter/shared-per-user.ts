import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { InvalidArgumentError } from '../../core/errors.js';
import type { HealthStatus } from '../../core/health-status.js';
import { Reporter } from '../../core/reporter.js';
import type { Decision } from '../decision.js';
import { nameIn, wordsIn } from '../arguments.js';
import {
  type BucketAnswer,
  type BucketRule,
  microseconds,
  readBuckets,
  SharedTruth,
  STORE_EVENTS,
  storeHealth,
  storeHooks,
  storeMetrics,
  subscribeStore,
} from '../store/index.js';
import { alsoIn } from './also.js';
import { costIn } from './cost.js';
import { LIMITER_EVENTS, rejectionData } from './events.js';
import { KnownRefusals } from './known-refusals.js';
import { Leases } from './leases.js';
import { askBeside } from './lease-questions.js';
import { leaseMetrics, limiterMetrics } from './metrics.js';
import {
  type ParsedSharedPerUserOptions,
  parseSharedPerUserOptions,
  type SharedPerUserRateLimiterOptions,
} from './options.js';
import { type Left, Outcomes } from './outcomes.js';
import { type SharedBucket, sharedBucket } from './shared-bucket.js';
import type { SharedPerUserRateLimiterEvents, SharedPerUserRateLimiterSnapshot } from './shared-types.js';
import { Tiers } from './tiers.js';
import { together } from './together.js';
import { WithoutStore } from './without-store.js';

/** Another limiter that a call has to pass as well. */
export interface SharedAlsoLimit {
  /** One with another name, on the same store. */
  readonly limiter: SharedPerUserRateLimiter;
  /** Whose bucket: text of at least one character. */
  readonly key: string;
  /** What the call takes from it. Integer, at least 0. @defaultValue `1` */
  readonly cost?: number | undefined;
}

/** Options of {@link SharedPerUserRateLimiter.check}. */
export interface SharedCheckOptions {
  /** What the call takes. Integer, at least 0; `0` only looks. @defaultValue `1` */
  readonly cost?: number | undefined;
  /** Other limiters that the call has to pass as well: all of them take their tokens, or none does. */
  readonly also?: readonly SharedAlsoLimit[] | undefined;
}

interface Part {
  readonly limiter: SharedPerUserRateLimiter;
  readonly key: string;
  readonly subject: string;
  readonly cost: number;
  readonly bucket: SharedBucket;
}

/** A bucket that is full again at once. */
const PROBED = /* @__PURE__ */ Object.freeze({ capacity: 1, refillTokens: 1, refillUs: 1, cost: 1 });

const EVENTS = /* @__PURE__ */ Object.freeze([...LIMITER_EVENTS, ...STORE_EVENTS]);

/**
 * A `PerUserRateLimiter` whose buckets are in a store that several processes share: together they admit what one would.
 * A decision is one question to the store. When the store does not answer in time, or is lost, `onStoreError` decides, and
 * the decision says that it was `degraded`.
 *
 * @example
 * const limiter = new SharedPerUserRateLimiter({ capacity: 100, refillPerSecond: 100 / 60, store, instances: 4 });
 * const { allowed, retryAfterMs, degraded } = await limiter.check(userId);
 */
export class SharedPerUserRateLimiter implements Component<SharedPerUserRateLimiterSnapshot> {
  readonly kind = 'per-user-rate-limiter';
  readonly name: string;
  readonly #options: ParsedSharedPerUserOptions;
  readonly #truth: SharedTruth;
  readonly #events: Emitter<SharedPerUserRateLimiterEvents>;
  readonly #outcomes: Outcomes;
  readonly #bucket: SharedBucket;
  readonly #tiers: Tiers<SharedBucket> | undefined;
  readonly #alone: WithoutStore;
  readonly #refusals: KnownRefusals;
  readonly #leases: Leases | undefined;
  readonly #shadow: boolean;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range. */
  constructor(options: SharedPerUserRateLimiterOptions) {
    this.#options = parseSharedPerUserOptions(options);
    const { name, limitsFor, maxKeys, clock, mode, onListenerError, leaseTokens } = this.#options;
    this.name = name;
    const reporter = new Reporter(`SharedPerUserRateLimiter '${name}'`, clock, onListenerError);
    this.#events = new Emitter(reporter, EVENTS);
    this.#truth = new SharedTruth({
      ...this.#options,
      kind: this.kind,
      most: maxKeys,
      probe: async (asked, key) => readBuckets(await asked.take([{ ...key, ...PROBED }]), 1),
      ...storeHooks(this.#events),
    });
    this.#bucket = sharedBucket(this.#options);
    if (limitsFor !== undefined) {
      this.#tiers = new Tiers(limitsFor, this.#bucket, sharedBucket, (error) => {
        reporter.listenerError(error);
      });
    }
    this.#shadow = mode === 'shadow';
    const { marks } = this.#truth;
    this.#outcomes = new Outcomes(name, this.#shadow, this.#events, ({ subject }) => marks.of(subject)?.text);
    this.#alone = new WithoutStore(this.#options, this.#outcomes, {
      isBlocked: ({ subject }) => marks.heldLeftMs(subject) > 0,
      refuse: (call) => this.#refuseBlocked(call, true),
    });
    this.#refusals = new KnownRefusals(this.#shadow ? 0 : this.#options.refusalCacheMs, maxKeys, this.#truth.now);
    if (leaseTokens > 0) {
      const ask = askBeside(this.#truth, this.#shadow);
      this.#leases = new Leases({ ...this.#options, ask });
    }
  }

  /**
   * Takes `cost` tokens from the key's bucket if they are there; a refusal takes nothing. With `also` it takes them from
   * the buckets of other limiters as well: from all or from none, in one step of the store. It resolves within
   * `storeTimeoutMs`, whatever the store does.
   *
   * @param key - who is calling: text of at least one character.
   * @throws {@link InvalidArgumentError} by rejecting, when a key is no such text, a cost not an integer of at least 0, or
   * `also` names what is no limiter of the same store, or two of the same name; nothing is taken then.
   */
  async check(key: string, options?: SharedCheckOptions): Promise<Decision> {
    const cost = options === undefined ? 1 : costIn('SharedPerUserRateLimiter', options);
    const own = this.#part(key, cost);
    const parts = options?.also === undefined ? [own] : [own, ...this.#partsOf(options.also)];
    const known = parts.filter((part) => part.limiter.#isKnownBlocked(part));
    if (known.length > 0) return together(known.map((part) => part.limiter.#refuseBlocked(part, false)));
    // Before what the store refused: what is held was paid for.
    const leased = parts.length === 1 ? this.#spendLease(own) : undefined;
    if (leased !== undefined) return leased;
    const refused = parts.flatMap((part) => part.limiter.#knownRefusal(part) ?? []);
    if (refused.length > 0) return together(refused.map((refuse) => refuse()));
    const rules = parts.map((part) => part.limiter.#rule(part));
    const askedAtMs = this.#truth.now();
    const answers = await this.#truth.ask({
      sort: 'take',
      call: (store) => store.take(rules),
      read: (given: readonly BucketAnswer[]) => readBuckets(given, rules.length),
    });
    return answers === undefined ? this.#withoutStore(parts) : this.#decided(parts, answers, askedAtMs);
  }

  /** What the key's bucket holds, changing nothing. */
  peek(key: string): Promise<Decision> {
    return this.check(key, { cost: 0 });
  }

  /**
   * Fills the key's bucket; a block stays.
   *
   * @throws {@link StoreUnavailableError} by rejecting, when the store does not answer.
   */
  async reset(key: string): Promise<void> {
    const { subject } = this.#part(key, 0);
    await this.#truth.clear('reset', subject);
    this.#filled(key, subject);
  }

  /**
   * Refuses the key in all processes for `ms` milliseconds, whatever its bucket holds.
   *
   * @param ms - more than 0, at most ten years.
   * @param reason - shown in `rejected` events; redacted, at most 200 characters.
   * @throws {@link InvalidArgumentError} when one of them is wrong, {@link StoreUnavailableError} when the store does not
   * answer; both by rejecting.
   */
  async block(key: string, ms: number, reason: string): Promise<void> {
    const { subject } = this.#part(key, 0);
    const forUs = microseconds('SharedPerUserRateLimiter.block', 'ms', ms);
    const text = wordsIn('SharedPerUserRateLimiter.block', 'reason', reason);
    await this.#truth.mark('block', { subject, held: true, forUs, keepUs: forUs, text });
  }

  /**
   * Lifts a block in all processes, within a second, and fills the key's bucket.
   *
   * @throws {@link StoreUnavailableError} by rejecting, when the store does not answer.
   */
  async unblock(key: string): Promise<void> {
    const { subject } = this.#part(key, 0);
    await this.#truth.lift('unblock', subject);
    this.#filled(key, subject);
  }

  /**
   * Gives back what it holds of leases, within `storeTimeoutMs`; for the shutdown of a process. Decisions go on, without
   * leases. Twice is once.
   */
  close(): Promise<void> {
    return this.#leases?.close() ?? Promise.resolve();
  }

  /** Asks for what other processes blocked and lifted; whether the store answered. */
  refresh(): Promise<boolean> {
    return this.#truth.refresh();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof SharedPerUserRateLimiterEvents>(
    type: K,
    listener: (event: SharedPerUserRateLimiterEvents[K]) => void,
  ): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of refusals, and once each time the store is lost or back; plain JSON without the key. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const stops = [
      this.#events.on('rejected', (event) => listener({ type: 'rejected', level: 'warn', data: rejectionData(event) })),
      ...subscribeStore(this.#events, listener),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Configuration and counts of this process as plain JSON. */
  snapshot(): SharedPerUserRateLimiterSnapshot {
    const { name, capacity, refillPerSecond, mode } = this.#options;
    return {
      name,
      capacity,
      refillPerSecond,
      mode,
      storeAvailable: !this.#truth.lost,
      blockedKeys: this.#truth.marks.held,
      admitted: this.#outcomes.admitted,
      rejected: this.#outcomes.rejected,
      degraded: this.#alone.decided,
      leased: this.#leases?.spent ?? 0,
      leasedTokens: this.#leases?.held ?? 0,
    };
  }

  /** Totals of this process for a scrape. */
  metrics(): Iterable<MetricSample> {
    return [
      ...limiterMetrics(this.name, this.#outcomes.admitted, this.#outcomes.rejected),
      ...(this.#leases === undefined ? [] : leaseMetrics(this.name, this.#leases.spent, this.#leases.held)),
      ...storeMetrics(this.kind, this.name, this.#truth.lost, this.#alone.decided),
    ];
  }

  /** DEGRADED while the store is lost. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    return storeHealth(this.#truth.lost, this.#options.onStoreError);
  }

  #filled(key: string, subject: string): void {
    this.#refusals.forget(subject);
    this.#leases?.forget(subject);
    this.#alone.local?.limiter.reset(key);
  }

  #part(key: string, cost: number): Part {
    nameIn('SharedPerUserRateLimiter', 'key', key);
    const bucket = this.#tiers === undefined ? this.#bucket : this.#tiers.bucketOf(key);
    return { limiter: this, key, subject: this.#truth.names.of(key), cost, bucket };
  }

  #partsOf(also: unknown): Part[] {
    const isLimiter = (limiter: unknown) => limiter instanceof SharedPerUserRateLimiter;
    return alsoIn('SharedPerUserRateLimiter', this.name, also, isLimiter).map(({ limiter, key, cost }) => {
      if (limiter.#truth.store !== this.#truth.store) {
        throw new InvalidArgumentError(
          `SharedPerUserRateLimiter.check: also: '${limiter.name}' must have the same store, or they cannot decide in one step`,
        );
      }
      return limiter.#part(key, cost);
    });
  }

  #rule({ subject, cost, bucket }: Part): BucketRule {
    return { group: this.#truth.names.group, subject, ...bucket, cost, advisory: this.#shadow };
  }

  /** Whoever is known to be blocked, however long ago that was heard, is what the store has to be asked about. */
  #spendLease({ key, subject, cost, bucket }: Part): Decision | undefined {
    if (this.#leases === undefined || cost === 0 || this.#truth.marks.heldLeftMs(subject) > 0) return undefined;
    const left = this.#leases.spend(subject, bucket, cost);
    if (left === undefined) return undefined;
    this.#alone.local?.follow(key, cost, left.remaining);
    const about = { limit: bucket.capacity, cost, policy: this.name, source: 'lease', degraded: false } as const;
    return this.#outcomes.admit(about, { ...left, retryAfterMs: 0 });
  }

  /** A block that is known here for certain needs no question. */
  #isKnownBlocked({ subject }: Part): boolean {
    this.#truth.look();
    const { marks } = this.#truth;
    return !this.#shadow && marks.fresh && marks.heldLeftMs(subject) > 0;
  }

  /** What the store refused a moment ago needs none either. */
  #knownRefusal(part: Part): (() => Decision) | undefined {
    const { subject, cost, bucket } = part;
    const known = this.#refusals.of(subject, cost, bucket);
    if (known === undefined) return undefined;
    const { remaining, retryAtMs, resetAtMs } = known;
    const nowMs = this.#truth.now();
    const about = { limit: bucket.capacity, cost, policy: this.name, source: 'local', degraded: false } as const;
    return () =>
      this.#outcomes.refuse(part, about, {
        remaining,
        retryAfterMs: retryAtMs - nowMs,
        resetAfterMs: resetAtMs - nowMs,
      });
  }

  #decided(parts: readonly Part[], answers: readonly BucketAnswer[], askedAtMs: number): Decision {
    const answered = parts.map((part, i) => {
      const answer = answers[i] as BucketAnswer;
      const { marks } = part.limiter.#truth;
      marks.learn(part.subject, answer.mark);
      // A block stays in force where the store has lost it.
      return { part, answer: { ...answer, allowed: answer.allowed && marks.heldLeftMs(part.subject) === 0 } };
    });
    for (const { part, answer } of answered.length === 1 ? answered : []) {
      this.#leases?.asked(part.subject, part.bucket, part.cost, answer);
    }
    const refusing = answered.filter(({ part, answer }) => !answer.allowed && !part.limiter.#shadow);
    const those = refusing.length > 0 ? refusing : answered;
    return together(those.map(({ part, answer }) => part.limiter.#answered(part, answer, askedAtMs)));
  }

  #answered(part: Part, answer: BucketAnswer, askedAtMs: number): Decision {
    const { key, subject, cost, bucket } = part;
    const [retryAfterMs, resetAfterMs] = [answer.retryAfterUs / 1_000, answer.resetAfterUs / 1_000];
    const { allowed, remaining } = answer;
    const about = { limit: bucket.capacity, cost, policy: this.name, source: 'store', degraded: false } as const;
    if (!allowed && this.#truth.marks.heldLeftMs(subject) > 0) {
      return this.#refuseBlocked(part, false, { retryAfterMs, resetAfterMs });
    }
    const left = { remaining, retryAfterMs, resetAfterMs };
    this.#alone.local?.follow(key, allowed ? cost : 0, remaining);
    if (allowed) return this.#outcomes.admit(about, left);
    this.#refusals.learn(subject, askedAtMs, { cost, bucket, ...left });
    return this.#outcomes.refuse(part, about, left);
  }

  /** @param bucket - what the bucket itself would wait for, where that is known. */
  #refuseBlocked(
    part: Omit<Part, 'limiter'>,
    degraded: boolean,
    bucket: Pick<Left, 'retryAfterMs' | 'resetAfterMs'> = { retryAfterMs: 0, resetAfterMs: 0 },
  ): Decision {
    const leftMs = this.#truth.marks.heldLeftMs(part.subject);
    const about = { limit: part.bucket.capacity, cost: part.cost, policy: this.name, source: 'ban', degraded } as const;
    const retryAfterMs = Math.max(leftMs, bucket.retryAfterMs);
    return this.#outcomes.refuse(part, about, {
      remaining: 0,
      retryAfterMs,
      resetAfterMs: Math.max(leftMs, bucket.resetAfterMs),
    });
  }

  /** By the rule for a store that does not answer; of several limiters none takes anything when one refuses. */
  #withoutStore(parts: readonly Part[]): Decision {
    const refusing = parts.filter((part) => !part.limiter.#shadow && part.limiter.#alone.refuses(part));
    return together((refusing.length > 0 ? refusing : parts).map((part) => part.limiter.#alone.decide(part)));
  }
}
