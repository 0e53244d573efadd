import { Reporter } from '../../core/reporter.js';
import type { ParsedOptions } from '../../core/options.js';
import {
  type BucketAnswer,
  type BucketRule,
  checkBuckets,
  checkEvent,
  checkGroup,
  checkKey,
  checkMark,
  checkVersion,
  checkWindow,
  type EventAnswer,
  type EventRule,
  type MarkAnswer,
  type MarkChange,
  type MarkChanges,
  type StoreCall,
  type StoreKey,
  type WindowAnswer,
  type WindowRule,
} from '../../traffic/store/index.js';
import type { ClusterStore } from './contract.js';
import type { WorkerChannel } from './host.js';
import type { ClusterStoreSchema } from './options.js';
import { Questions } from './questions.js';
import { packed, READ, type What } from './wire.js';

/** The store of a worker: it asks the primary. @internal */
export class WorkerStore implements ClusterStore {
  readonly #questions: Questions;

  constructor(channel: WorkerChannel, { name, timeoutMs, clock, onListenerError }: ParsedOptions<ClusterStoreSchema>) {
    const reporter = new Reporter(`createClusterStore '${name}'`, clock, onListenerError);
    const onSilence = (): void => {
      reporter.warn(
        'BREAKWATER_W_CLUSTER_PRIMARY',
        'the primary has never answered: createClusterStore() has to be called there as well, before it forks its workers',
      );
    };
    this.#questions = new Questions({ channel, store: name, timeoutMs, clock, onSilence });
  }

  take(rules: readonly BucketRule[], call?: StoreCall): Promise<readonly BucketAnswer[]> {
    const args = (): readonly unknown[] => {
      checkBuckets(rules);
      return rules.map((rule) => packed('take', rule));
    };
    return this.#questions.ask('take', args, call, (said) => READ.take(said, rules.length));
  }

  count(rule: WindowRule, call?: StoreCall): Promise<WindowAnswer> {
    return this.#ask('count', checkWindow, rule, call, READ.count);
  }

  record(rule: EventRule, call?: StoreCall): Promise<EventAnswer> {
    return this.#ask('record', checkEvent, rule, call, READ.record);
  }

  mark(change: MarkChange, call?: StoreCall): Promise<MarkAnswer> {
    return this.#ask('mark', checkMark, change, call, READ.mark);
  }

  changes(group: string, version: number, call?: StoreCall): Promise<MarkChanges> {
    return this.#ask('changes', checkChanges, { group, version }, call, READ.changes);
  }

  clear(key: StoreKey, call?: StoreCall): Promise<void> {
    return this.#ask('clear', checkKey, key, call, () => undefined);
  }

  close(): Promise<void> {
    this.#questions.close();
    return Promise.resolve();
  }

  #ask<A extends object, T>(
    what: What,
    check: (argument: A) => void,
    argument: A,
    call: StoreCall | undefined,
    read: (said: unknown) => T,
  ): Promise<T> {
    const args = (): readonly unknown[] => {
      check(argument);
      return packed(what, argument);
    };
    return this.#questions.ask(what, args, call, read);
  }
}

function checkChanges({ group, version }: { readonly group: string; readonly version: number }): void {
  checkGroup(group);
  checkVersion(version);
}
