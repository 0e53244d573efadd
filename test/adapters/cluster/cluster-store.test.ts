import { InvalidOptionsError } from 'breakwater/core';
import { CLUSTER_STORE_DEFAULTS, createClusterStore } from 'breakwater/cluster';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { storeConformance } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { type Copy, FakeCluster, json, settle } from './setup.js';

describe('the options of a cluster store', () => {
  it('are refused when they cannot be, all at once', () => {
    const wrong = { name: 'a b', maxKeys: 0, timeoutMs: 0, clock: {}, onListenerError: 1, nme: 1 };
    try {
      createClusterStore(wrong as never);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionsError);
      const { issues } = error as InvalidOptionsError;
      const paths = ['clock', 'maxKeys', 'name', 'nme', 'onListenerError', 'timeoutMs'];
      expect(issues.map(({ path }) => path).sort()).toEqual(paths);
    }
  });

  it.each(['', 'a b', '{a}', 'é', 'x'.repeat(65), 7, null])('take no name %j', (name) => {
    expect(() => createClusterStore({ name } as never)).toThrow(InvalidOptionsError);
  });

  it('have defaults', () => {
    expect(CLUSTER_STORE_DEFAULTS).toEqual({ name: 'breakwater', maxKeys: 100_000, timeoutMs: 1_000 });
  });
});

describe('a process that forks no workers', () => {
  it('has the store for itself', async () => {
    const store = createClusterStore({ name: 'alone' });
    const bucket = { group: 'g', subject: 's', capacity: 2, refillTokens: 1, refillUs: 1e9, cost: 1 };
    const allowed = await Promise.all([1, 2, 3].map(async () => (await store.take([bucket]))[0]?.allowed));
    expect(allowed).toEqual([true, true, false]);
    await store.close();
  });
});

describe('limiters of several workers', () => {
  it('TRA-57: have one limit together, and each its share when the primary is gone', async () => {
    const cluster = new FakeCluster();
    cluster.primary();
    const workers = [1, 2, 3, 4].map(() => cluster.worker());
    const limits = { capacity: 8, refillPerSecond: 1e-6, instances: 4, clock: cluster.clock };
    const limiters = workers.map(({ store }) => new SharedPerUserRateLimiter({ ...limits, store }));
    const allowed = async (key: string) => {
      const all = await Promise.all(limiters.flatMap((limiter) => Array.from({ length: 5 }, () => limiter.check(key))));
      return all.filter((decision) => decision.allowed).length;
    };
    expect(await allowed('a')).toBe(8);
    for (const worker of workers) worker.disconnect();
    expect(await allowed('b')).toBe(8);
    await settle();
    expect(limiters.map((limiter) => limiter.health().status)).toEqual(workers.map(() => 'DEGRADED'));
  });
});

describe.each<[string, Copy]>([
  ['JSON', json],
  ['structured copies', (message) => structuredClone(message)],
])('a store whose messages are %s', (_, copy) => {
  const suite = storeConformance({
    traces: runs(500),
    create: () => {
      const cluster = new FakeCluster();
      cluster.copy = copy;
      cluster.primary();
      return {
        store: cluster.worker().store,
        advance: (ms) => {
          cluster.primaryClock.advance(ms);
        },
      };
    },
  });
  it.each(suite.map(({ name, run }) => [name, run] as const))('%s', (_name, run) => run());
});
