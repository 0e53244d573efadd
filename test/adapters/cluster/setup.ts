import type { Clock } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import type { ClusterStore, ClusterStoreOptions } from 'breakwater/cluster';
import { storeIn } from '../../../src/adapters/cluster/cluster-store.js';
import { ServedStores } from '../../../src/adapters/cluster/served-stores.js';

export const BUCKET = { group: 'g', subject: 's', capacity: 10, refillTokens: 1, refillUs: 100_000, cost: 1 };

type Hear = (message: unknown, answer: (reply: object) => void) => void;
type Options = Partial<ClusterStoreOptions> & { readonly clock?: Clock };

/** What is sent is copied, as the channel does it. */
export type Copy = (message: object) => unknown;
export const json: Copy = (message) => JSON.parse(JSON.stringify(message)) as unknown;

/** One process of the cluster, seen from its worker. */
export class FakeWorker {
  readonly heard: ((message: unknown) => void)[] = [];
  readonly ends: (() => void)[] = [];
  readonly store: ClusterStore;
  open = true;

  constructor(cluster: FakeCluster, options: Options) {
    const worker = {
      isOpen: () => this.open,
      send: (message: object, sent: (error: unknown) => void) => {
        cluster.carry(this, message, sent);
      },
      listen: (hear: (message: unknown) => void, ended: () => void) => {
        this.heard.push(hear);
        this.ends.push(ended);
        return () => {
          this.heard.splice(this.heard.indexOf(hear), 1);
          this.ends.splice(this.ends.indexOf(ended), 1);
        };
      },
    };
    this.store = storeIn(() => ({ worker }), { clock: cluster.clock, ...options });
  }

  hear(message: unknown): void {
    for (const hear of [...this.heard]) hear(message);
  }

  /** Its way to the primary is gone. */
  disconnect(): void {
    this.open = false;
    for (const end of [...this.ends]) end();
  }
}

/** A cluster of which only the channel is not real: what is sent arrives when the test says so. */
export class FakeCluster {
  readonly clock = new ManualClock({ now: 5_000 });
  /** The primary has one of its own, which began at another time. */
  readonly primaryClock = new ManualClock({ now: 900 });
  readonly stores = new ServedStores();
  readonly listening: Hear[] = [];
  /** What was sent to the primary, and from it. */
  readonly letters: Letter[] = [];
  readonly replies: { readonly say: readonly unknown[] | null }[] = [];
  copy: Copy = json;
  /** Runs before a message reaches the primary, … */
  there: () => Promise<void> = () => Promise.resolve();
  /** … or its reply the worker. */
  back: () => Promise<void> = () => Promise.resolve();
  /** Answers whether a message is on its way. */
  written: (sent: (error: unknown) => void) => void = (sent) => void Promise.resolve(null).then(sent);

  advance(ms: number): void {
    this.clock.advance(ms);
    this.primaryClock.advance(ms);
  }

  primary(options: Options = {}): ClusterStore {
    const primary = {
      listen: (hear: Hear) => {
        this.listening.push(hear);
        return () => void this.listening.splice(this.listening.indexOf(hear), 1);
      },
    };
    return storeIn(
      () => ({ primary }),
      { clock: this.primaryClock, ...options },
      () => this.stores,
    );
  }

  worker(options: Options = {}): FakeWorker {
    return new FakeWorker(this, options);
  }

  carry(worker: FakeWorker, message: object, sent: (error: unknown) => void): void {
    const copy = this.copy(message);
    this.letters.push(copy as Letter);
    this.written(sent);
    void this.there().then(() => {
      this.arrive(copy, (reply) => {
        const answer = this.copy(reply);
        this.replies.push(answer as (typeof this.replies)[number]);
        void this.back().then(() => {
          worker.hear(answer);
        });
      });
    });
  }

  /** Whatever it is, it has come to the primary. */
  arrive(message: unknown, answer: (reply: object) => void): void {
    for (const hear of [...this.listening]) hear(message, answer);
  }
}

export interface Letter {
  readonly breakwater: string;
  readonly from: string;
  readonly id: number;
  readonly store: string;
  readonly ask: readonly (readonly [untilUs: number, what: string, args: unknown])[];
}

/** Lets everything that is ready happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

/** What came of a promise, without waiting for one that is not over. */
export async function nowOf(promise: Promise<unknown>): Promise<unknown> {
  const pending = Symbol('pending');
  await settle();
  const result = await Promise.race([promise.catch((error: unknown) => error), settle().then(() => pending)]);
  return result === pending ? 'pending' : result;
}
