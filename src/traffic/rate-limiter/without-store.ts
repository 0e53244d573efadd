import type { Decision } from '../decision.js';
import { LOST_RETRY_MS } from '../store/index.js';
import { LocalShare } from './local-share.js';
import type { ParsedSharedPerUserOptions } from './options.js';
import type { Call, Outcomes } from './outcomes.js';
import type { PerUserRateLimiter } from './per-user-rate-limiter.js';
import type { SharedBucket } from './shared-bucket.js';

type Asked = Call & { readonly bucket: SharedBucket };

/** What is known of blocks. */
interface Blocks {
  readonly isBlocked: (call: Asked) => boolean;
  readonly refuse: (call: Asked) => Decision;
}

/** Decides by the rule for a store that does not answer. @internal */
export class WithoutStore {
  readonly #options: ParsedSharedPerUserOptions;
  readonly #outcomes: Outcomes;
  readonly #blocks: Blocks;
  /** The share of this process, where it is to have one. */
  readonly local: LocalShare | undefined;
  /** How often it has decided. */
  decided = 0;

  constructor(options: ParsedSharedPerUserOptions, outcomes: Outcomes, blocks: Blocks) {
    this.#options = options;
    this.#outcomes = outcomes;
    this.#blocks = blocks;
    const { onStoreError, instances } = options;
    if (onStoreError === 'local' && instances !== undefined) this.local = new LocalShare(options, instances);
  }

  /** Whether it would refuse, taking nothing. */
  refuses(call: Asked): boolean {
    if (this.#blocks.isBlocked(call)) return true;
    const share = this.#shareOf(call);
    return share === undefined ? this.#options.onStoreError !== 'allow' : share.peek(call.key).remaining < call.cost;
  }

  decide(call: Asked): Decision {
    const { key, cost, bucket } = call;
    if (cost > 0) this.decided++;
    if (this.#blocks.isBlocked(call)) return this.#blocks.refuse(call);
    const { name, onStoreError } = this.#options;
    const about = { limit: bucket.capacity, cost, policy: name, source: 'fallback', degraded: true } as const;
    const share = this.#shareOf(call);
    const open = { remaining: bucket.capacity, retryAfterMs: 0, resetAfterMs: 0 };
    const shut = { remaining: 0, retryAfterMs: LOST_RETRY_MS, resetAfterMs: LOST_RETRY_MS };
    if (share === undefined) {
      return onStoreError === 'allow' ? this.#outcomes.admit(about, open) : this.#outcomes.refuse(call, about, shut);
    }
    const { allowed, shadow, limit, remaining, retryAfterMs, resetAfterMs } = share.check(key, { cost });
    const own = { ...about, limit };
    if (allowed && !shadow) return this.#outcomes.admit(own, { remaining, retryAfterMs, resetAfterMs });
    // What is more than this share may be less than the whole.
    const waitMs = retryAfterMs === Infinity && cost <= bucket.capacity ? LOST_RETRY_MS : retryAfterMs;
    return this.#outcomes.refuse(call, own, { remaining, retryAfterMs: waitMs, resetAfterMs });
  }

  /** This process's own limiter, if it has a share of the bucket. */
  #shareOf({ bucket }: Asked): PerUserRateLimiter | undefined {
    const { instances = 1 } = this.#options;
    return bucket.capacity < instances ? undefined : this.local?.limiter;
  }
}
