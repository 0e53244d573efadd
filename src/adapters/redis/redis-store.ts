import { parseOptions } from '../../core/options.js';
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
  type LimitStore,
  type MarkAnswer,
  type MarkChange,
  type MarkChanges,
  MOST_CHANGES,
  type StoreCall,
  type StoreKey,
  type WindowAnswer,
  type WindowRule,
} from '../../traffic/store/index.js';
import { connectionOf, type RedisClient } from './client.js';
import { Keys } from './keys.js';
import { type RedisStoreOptions, redisStoreSchema } from './options.js';
import { bucketsOf, changesOf, eventsOf, markAnswerOf, type Reply, windowOf } from './read-reply.js';
import { type Operation, Runner } from './runner.js';
import { script } from './script.js';
import { storeScript } from './scripts/store-script.js';

/** Buckets that are packed into one key of Redis, on average: less than half of what it keeps in its small form. */
const PACKED_TOGETHER = 64;

/**
 * A store on Redis 6.2 or newer, or Valkey. Each method is one script and one round trip, by the server's time. The client stays the
 * caller's: nothing is configured, opened or closed.
 *
 * What it asks has a time limit, also by the server's own clock: what a client keeps back while it is not connected, or sends
 * once more afterwards, counts nothing.
 *
 * @param client - of node-redis 4 or newer, ioredis 5 or newer, iovalkey, their cluster or sentinel forms, or an object with
 * `send(args)`.
 * @throws `InvalidArgumentError` for a client that is none; `InvalidOptionsError` naming each wrong option.
 */
export function createRedisStore(client: RedisClient, options?: RedisStoreOptions): LimitStore {
  return new RedisStore(client, options);
}

class RedisStore implements LimitStore {
  readonly #runner: Runner;
  readonly #keys: Keys;
  readonly #packed: boolean;

  constructor(client: RedisClient, options: RedisStoreOptions | undefined) {
    const { prefix, timeoutMs, packFor, clock } = parseOptions('createRedisStore', redisStoreSchema(), options);
    this.#packed = packFor !== undefined;
    this.#keys = new Keys(prefix, packFor === undefined ? undefined : Math.ceil(packFor / PACKED_TOGETHER));
    this.#runner = new Runner(connectionOf(client), script(storeScript(this.#packed)), timeoutMs, clock, this.#keys);
  }

  take(rules: readonly BucketRule[], call?: StoreCall): Promise<readonly BucketAnswer[]> {
    const read = (reply: Reply) => bucketsOf(reply, rules.length);
    return this.#run(call, read, () => {
      checkBuckets(rules);
      const keys: string[] = [];
      const marks: string[] = [];
      const args = [''];
      let plan = '';
      for (const rule of rules) {
        const { capacity, refillTokens, refillUs, cost, advisory } = rule;
        const most = capacity * refillUs;
        const want = cost > capacity ? most + 1 : cost * refillUs;
        plan += `${String(most)} ${String(refillTokens)} ${String(refillUs)} ${String(want)} ${advisory === true ? '1' : '0'} `;
        if (this.#packed) {
          const [key, field] = this.#keys.packOf(rule);
          keys.push(key);
          args.push(field);
        } else keys.push(this.#keys.of('b', rule));
        marks.push(this.#keys.of('m', rule));
      }
      args[0] = plan;
      return { name: 'take', keys: [...keys, ...marks], args };
    });
  }

  count(rule: WindowRule, call?: StoreCall): Promise<WindowAnswer> {
    return this.#run(call, windowOf, () => {
      checkWindow(rule);
      const keys = [this.#keys.of('w', rule), this.#keys.of('m', rule)];
      return { name: 'count', keys, args: [String(rule.windowUs), String(rule.limit)] };
    });
  }

  record(rule: EventRule, call?: StoreCall): Promise<EventAnswer> {
    return this.#run(call, eventsOf, () => {
      checkEvent(rule);
      const { windowUs, limit, weight, tag, halfLifeUs } = rule;
      const keys = [this.#keys.of('e', rule), this.#keys.of('m', rule)];
      const args = [String(windowUs), String(limit), String(weight), tag, String(halfLifeUs)];
      return { name: 'record', keys, args };
    });
  }

  mark(change: MarkChange, call?: StoreCall): Promise<MarkAnswer> {
    return this.#run(call, markAnswerOf, () => {
      checkMark(change);
      const { group, subject, held, forUs, keepUs, text, after, counts, clear } = change;
      const [byVersion, byEnd] = this.#keys.marksOf(group);
      const keys = [this.#keys.of('m', change), byVersion, byEnd, ...this.#keys.countedOf(change)];
      const words = [
        subject,
        held ? '1' : '0',
        String(forUs),
        String(keepUs),
        text,
        after === undefined ? '' : String(after),
      ];
      const args = [...words, counts === false ? '0' : '1', clear === true ? '1' : '0', this.#fieldOf(change)];
      return { name: 'mark', keys, args };
    });
  }

  changes(group: string, version: number, call?: StoreCall): Promise<MarkChanges> {
    const read = (reply: Reply) => changesOf(reply, version);
    return this.#run(call, read, () => {
      checkGroup(group);
      checkVersion(version);
      return { name: 'changes', keys: this.#keys.marksOf(group), args: [String(version), String(MOST_CHANGES)] };
    });
  }

  clear(key: StoreKey, call?: StoreCall): Promise<void> {
    const read = (): void => undefined;
    return this.#run(call, read, () => {
      checkKey(key);
      return { name: 'clear', keys: this.#keys.countedOf(key), args: [this.#fieldOf(key)] };
    });
  }

  #run<T>(call: StoreCall | undefined, read: (reply: Reply) => T, make: () => Operation): Promise<T> {
    return this.#runner.run(make, read, call);
  }

  #fieldOf(key: StoreKey): string {
    return this.#packed ? this.#keys.packOf(key)[1] : '';
  }
}
