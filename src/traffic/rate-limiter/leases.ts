import type { Clock } from '../../core/clock.js';
import { BoundedMap } from '../../internal/bounded-map.js';
import { DeadlineList } from '../../internal/deadline-list.js';
import { within } from '../../internal/within.js';
import type { BucketAnswer } from '../store/index.js';
import { type Batch, converted, type LastSaid, Lease } from './lease.js';
import { isSame, type SharedBucket } from './shared-bucket.js';

/** For how long a store that did not answer may still hear what was sent to it. */
const DOUBT_MS = 1_000;

/** What leases are made with. @internal */
export interface LeaseSettings {
  /** Most tokens that are held of one key. */
  readonly leaseTokens: number;
  /** How long a lease lasts. */
  readonly leaseMs: number;
  readonly maxKeys: number;
  /** How long ending them may take. */
  readonly storeTimeoutMs: number;
  readonly clock: Clock;
  /** Asks the store for tokens of a bucket, or gives them back; `undefined` when it does not answer. Never rejects. */
  readonly ask: (subject: string, bucket: SharedBucket, cost: number) => Promise<BucketAnswer | undefined>;
}

/**
 * Tokens of busy keys that this process has taken beforehand, so that most of its decisions need no question. They are
 * fetched beside decisions, never in their way, and charged when they are fetched: what is not used goes back at the end, and
 * what nobody knows about is never spent.
 * @internal
 */
export class Leases {
  readonly #settings: LeaseSettings;
  readonly #known: BoundedMap<Lease>;
  readonly #ends: DeadlineList<Batch>;
  /** Questions that nobody waits for but whoever closes. */
  readonly #underWay = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;
  /** Tokens that are held of all keys. */
  held = 0;
  /** How often what is held was enough. */
  spent = 0;

  constructor(settings: LeaseSettings) {
    this.#settings = settings;
    const { clock, leaseMs, maxKeys } = settings;
    // Nothing of it keeps a process alive, and no timer stays when nothing is held.
    const schedule: Clock['schedule'] = (fn, delayMs) => {
      const cancel = clock.schedule(fn, delayMs);
      return () => {
        cancel();
      };
    };
    this.#ends = new DeadlineList<Batch>(clock, schedule, leaseMs, (batch) => {
      this.#end(batch);
    });
    this.#known = new BoundedMap<Lease>(maxKeys, (lease) => lease.weight(this.#ends.now()));
  }

  /** Takes tokens from what is held; `undefined` when there are not enough. */
  spend(subject: string, bucket: SharedBucket, cost: number): LastSaid | undefined {
    const lease = this.#known.get(subject);
    if (lease === undefined || lease.left < cost) return undefined;
    if (!isSame(lease.bucket, bucket)) {
      this.#change(lease, bucket);
      return undefined;
    }
    const nowMs = this.#ends.now();
    for (let [first] = lease.batches; first !== undefined && isEnded(first, nowMs); [first] = lease.batches) {
      this.#ends.remove(first);
      this.#end(first);
    }
    if (lease.left < cost) return undefined;
    for (const batch of lease.spend(cost, nowMs)) this.#ends.remove(batch);
    this.held -= cost;
    this.spent++;
    this.#renew(lease, cost, true, nowMs);
    return lease.said(nowMs);
  }

  /** What the store said of a call that it was asked for; whoever comes often gets a lease. */
  asked(subject: string, bucket: SharedBucket, cost: number, { allowed, remaining, resetAfterUs }: BucketAnswer): void {
    if (cost === 0 || this.#closed !== undefined) return;
    const nowMs = this.#ends.now();
    const known = this.#known.get(subject);
    if (known === undefined && !allowed) return;
    const lease = known ?? new Lease(subject, bucket, this.#settings.leaseMs);
    if (!isSame(lease.bucket, bucket)) this.#change(lease, bucket);
    lease.learn({ remaining, resetAfterMs: resetAfterUs / 1_000 }, nowMs);
    if (!allowed) return;
    lease.missed(cost, nowMs);
    if (known === undefined) this.#known.offer(subject, lease);
    else this.#renew(lease, cost, false, nowMs);
  }

  /** What is held of a bucket that was filled is no part of it any more. */
  forget(subject: string): void {
    const lease = this.#known.get(subject);
    if (lease !== undefined) this.#drop(lease);
  }

  /** Gives everything back; from then on nothing is held. Resolves within the time of a question. */
  close(): Promise<void> {
    return (this.#closed ??= this.#giveAllBack());
  }

  async #giveAllBack(): Promise<void> {
    for (const [, lease] of this.#known.entries()) this.#giveBack(lease, this.#drop(lease));
    const { clock, storeTimeoutMs } = this.#settings;
    const all = async (): Promise<void> => {
      while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    };
    if (this.#underWay.size > 0) await within(clock, storeTimeoutMs, () => undefined, all);
  }

  /** Fetches what is wanted, beside the decision. */
  #renew(lease: Lease, cost: number, usedUp: boolean, nowMs: number): void {
    const tokens = lease.wants(cost, this.#settings.leaseTokens, usedUp, nowMs);
    if (tokens > 0) this.#beside(this.#fetch(lease, tokens));
  }

  async #fetch(lease: Lease, tokens: number): Promise<void> {
    const { bucket, subject } = lease;
    const fresh = { left: 0, spent: 0, calls: 0, over: false };
    const batch: Batch = { lease, bucket, ...fresh, dueMs: undefined, earlier: undefined, later: undefined };
    this.#ends.add(batch, this.#settings.leaseMs);
    lease.asking = true;
    const answer = await this.#settings.ask(subject, bucket, tokens);
    lease.asking = false;
    const nowMs = this.#ends.now();
    // Nobody knows whether they were taken, so nobody spends them.
    if (answer === undefined) lease.restart();
    else this.#learn(lease, answer, nowMs);
    if (answer?.allowed !== true) this.#ends.remove(batch);
    else if (this.#closed === undefined && !batch.over && !isEnded(batch, nowMs) && isSame(bucket, lease.bucket)) {
      lease.add(batch, tokens);
      this.held += tokens;
    } else {
      this.#ends.remove(batch);
      this.#giveBack(lease, converted(tokens, bucket, lease.bucket));
    }
  }

  /** The time of a batch is over; one that is not there yet goes back when it comes. */
  #end(batch: Batch): void {
    const { lease } = batch;
    batch.over = true;
    if (!lease.batches.includes(batch)) return;
    const left = lease.end(batch);
    this.held -= left;
    this.#giveBack(lease, left);
  }

  /** The limits of a key have changed. */
  #change(lease: Lease, bucket: SharedBucket): void {
    const tokens = converted(this.#drop(lease), lease.bucket, bucket);
    lease.bucket = bucket;
    lease.restart();
    this.#giveBack(lease, tokens);
  }

  /** Ends all that is held; answers how much that was. */
  #drop(lease: Lease): number {
    let left = 0;
    for (const batch of lease.batches.slice()) {
      this.#ends.remove(batch);
      left += lease.end(batch);
    }
    this.held -= left;
    return left;
  }

  #giveBack(lease: Lease, tokens: number): void {
    if (tokens > 0) this.#beside(this.#return(lease, tokens));
  }

  async #return(lease: Lease, tokens: number): Promise<void> {
    lease.giving += tokens;
    const answer = await this.#settings.ask(lease.subject, lease.bucket, -tokens);
    lease.giving -= tokens;
    const nowMs = this.#ends.now();
    if (answer === undefined) lease.doubtUntilMs = nowMs + DOUBT_MS;
    else this.#learn(lease, answer, nowMs);
  }

  #learn(lease: Lease, { remaining, resetAfterUs }: BucketAnswer, nowMs: number): void {
    lease.learn({ remaining, resetAfterMs: resetAfterUs / 1_000 }, nowMs);
  }

  #beside(question: Promise<void>): void {
    const settled = (): void => {
      this.#underWay.delete(over);
    };
    // It fails only with a clock that cannot set a timer; nothing has been asked for then.
    const over = question.then(settled, settled);
    this.#underWay.add(over);
  }
}

function isEnded({ dueMs = Infinity }: Batch, nowMs: number): boolean {
  return dueMs <= nowMs;
}
