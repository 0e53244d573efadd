import {
  type BucketAnswer,
  type BucketRule,
  type EventAnswer,
  type EventRule,
  type LimitStore,
  type MarkAnswer,
  type MarkChange,
  type MarkChanges,
  type StoreKey,
  StoreUnavailableError,
  type WindowAnswer,
  type WindowRule,
} from '../../traffic/store/index.js';
import type { ClusterStore } from './contract.js';

/** The store of the primary itself, which has it at hand. @internal */
export class PrimaryStore implements ClusterStore {
  #store: LimitStore | undefined;
  readonly #leave: () => void;

  /** @param leave - called once, when it is closed. */
  constructor(store: LimitStore, leave: () => void) {
    this.#store = store;
    this.#leave = leave;
  }

  async take(rules: readonly BucketRule[]): Promise<readonly BucketAnswer[]> {
    return await this.#open.take(rules);
  }

  async count(rule: WindowRule): Promise<WindowAnswer> {
    return await this.#open.count(rule);
  }

  async record(rule: EventRule): Promise<EventAnswer> {
    return await this.#open.record(rule);
  }

  async mark(change: MarkChange): Promise<MarkAnswer> {
    return await this.#open.mark(change);
  }

  async changes(group: string, version: number): Promise<MarkChanges> {
    return await this.#open.changes(group, version);
  }

  async clear(key: StoreKey): Promise<void> {
    await this.#open.clear(key);
  }

  close(): Promise<void> {
    if (this.#store !== undefined) this.#leave();
    this.#store = undefined;
    return Promise.resolve();
  }

  get #open(): LimitStore {
    if (this.#store === undefined) throw new StoreUnavailableError('createClusterStore: it is closed');
    return this.#store;
  }
}
