import type { DeadlineNode } from '../../internal/deadline-list.js';
import { isSame, type SharedBucket } from './shared-bucket.js';

/** How many calls make a key worth a lease, which is two questions when it is not used up. */
const WORTH_CALLS = 3;
/** A lease is added to when less than this part of it is left: what comes meanwhile is still served. */
const LOW = 1 / 4;

/** Tokens of one question, which have one end; the time counts from when they were asked for. @internal */
export interface Batch extends DeadlineNode<Batch> {
  readonly lease: Lease;
  readonly bucket: SharedBucket;
  left: number;
  spent: number;
  calls: number;
  /** Its time is over. */
  over: boolean;
}

/** What the store said last of a bucket. @internal */
export interface LastSaid {
  readonly remaining: number;
  readonly resetAfterMs: number;
}

/**
 * What this process holds of one bucket, and how much it should: nothing for a key that is seen now and then, more and more
 * for one that uses up what it has. Every token of it is charged in the store already. Pure: time comes in as an argument.
 * @internal
 */
export class Lease {
  readonly subject: string;
  bucket: SharedBucket;
  readonly #lastsMs: number;
  /** The oldest first, of which is spent first. */
  readonly batches: Batch[] = [];
  left = 0;
  /** Asked for, not answered yet. */
  asking = false;
  /** Sent back; as long as the store may not have heard of it, it counts as if it were held. */
  giving = 0;
  /** Until when a store that did not answer may still hear what was sent back. */
  doubtUntilMs = -Infinity;
  #size = 0;
  /** What the store was asked for within one lease's time. */
  #askedSinceMs = -Infinity;
  #askedCalls = 0;
  #askedTokens = 0;
  #usedAtMs = -Infinity;
  #remaining = 0;
  #resetAtMs = 0;

  constructor(subject: string, bucket: SharedBucket, lastsMs: number) {
    this.subject = subject;
    this.bucket = bucket;
    this.#lastsMs = lastsMs;
  }

  /** How long it must be remembered; for ever, while somebody's tokens depend on it. */
  weight(nowMs: number): number {
    const busy = this.left > 0 || this.asking || this.giving > 0 || nowMs < this.doubtUntilMs;
    return busy ? Infinity : this.#usedAtMs + this.#lastsMs - nowMs;
  }

  /** What the store said, of whatever it was asked. */
  learn({ remaining, resetAfterMs }: LastSaid, nowMs: number): void {
    this.#remaining = remaining;
    this.#resetAtMs = nowMs + resetAfterMs;
  }

  /** What there is, with what is held here. */
  said(nowMs: number): LastSaid {
    const remaining = Math.min(this.bucket.capacity, this.#remaining + this.left);
    return { remaining, resetAfterMs: Math.max(0, this.#resetAtMs - nowMs) };
  }

  /** A call that the store had to be asked for. */
  missed(cost: number, nowMs: number): void {
    // After a pause it begins anew.
    if (nowMs - this.#usedAtMs > this.#lastsMs) this.#size = 0;
    if (!this.#isRecent(nowMs)) {
      this.#askedSinceMs = nowMs;
      this.#askedCalls = 0;
      this.#askedTokens = 0;
    }
    this.#askedCalls++;
    this.#askedTokens += cost;
    this.#usedAtMs = nowMs;
  }

  /** Takes `cost`, which is there, from the oldest; answers the batches that are used up by it. */
  spend(cost: number, nowMs: number): readonly Batch[] {
    this.#usedAtMs = nowMs;
    this.left -= cost;
    let due = cost;
    let empty = 0;
    for (const batch of this.batches) {
      const taken = Math.min(batch.left, due);
      batch.left -= taken;
      batch.spent += taken;
      batch.calls++;
      due -= taken;
      if (batch.left === 0) empty++;
      if (due === 0) break;
    }
    return empty === 0 ? NONE : this.batches.splice(0, empty);
  }

  /**
   * How many tokens to ask for, now that a call has come; 0 for none. What is asked for, with what is held and what is on its
   * way back, is never more than `most`, nor more than stays in the store: near the limit, that decides.
   *
   * @param usedUp - whether it was the lease that served the call: one that is used up before its end was too small.
   */
  wants(cost: number, most: number, usedUp: boolean, nowMs: number): number {
    if (this.asking || nowMs < this.doubtUntilMs) return 0;
    const recent = this.#isRecent(nowMs);
    if (this.#size === 0 ? !recent || this.#askedCalls < WORTH_CALLS : this.left >= this.#size * LOW) return 0;
    const wish = Math.max(usedUp ? this.#size * 2 : this.#size, recent ? this.#askedTokens : 0);
    const size = Math.min(wish, most, this.bucket.capacity);
    const held = this.left + this.giving;
    const tokens = Math.min(size - held, Math.floor((this.#remaining - held) / 2));
    if (tokens < WORTH_CALLS * Math.max(1, cost)) return 0;
    this.#size = size;
    return tokens;
  }

  add(batch: Batch, tokens: number): void {
    batch.left = tokens;
    this.left += tokens;
    this.batches.push(batch);
  }

  /** A batch is over; answers what was left of it. The next is as large as what was used of it, or half of what it was. */
  end(batch: Batch): number {
    const { left } = batch;
    this.batches.splice(this.batches.indexOf(batch), 1);
    batch.left = 0;
    this.left -= left;
    this.#size = batch.calls < WORTH_CALLS ? 0 : Math.max(batch.spent, Math.floor(this.#size / 2));
    return left;
  }

  /** Begins anew: the limits have changed, or the store does not answer and is not bothered with leases before it does. */
  restart(): void {
    this.#size = 0;
    this.#askedSinceMs = -Infinity;
  }

  #isRecent(nowMs: number): boolean {
    return nowMs - this.#askedSinceMs <= this.#lastsMs;
  }
}

const NONE: readonly Batch[] = /* @__PURE__ */ Object.freeze([]);

/**
 * How many tokens of a bucket that has other limits now are as many as those of the one before, whose charge is time until
 * it is full: never more of that than they took, nor more tokens than there were.
 * @internal
 */
export function converted(tokens: number, from: SharedBucket, to: SharedBucket): number {
  if (isSame(from, to)) return tokens;
  const share = (from.refillUs / from.refillTokens) * (to.refillTokens / to.refillUs);
  return Math.min(tokens, to.capacity, Math.floor(tokens * share));
}
