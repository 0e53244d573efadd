import { type ClusterStore, type ClusterStoreOptions, createClusterStore } from 'breakwater/cluster';
import type { LimitStore } from 'breakwater/rate-limiter';
import { expect, expectTypeOf, it } from 'vitest';

it('a cluster store is a store of limits that can be closed, and knows its options', async () => {
  const store = createClusterStore({ name: 'types', maxKeys: undefined });
  expectTypeOf(store).toEqualTypeOf<ClusterStore>();
  expectTypeOf(store).toExtend<LimitStore>();
  expectTypeOf(store.close).returns.toEqualTypeOf<Promise<void>>();
  expectTypeOf<keyof ClusterStoreOptions>().toEqualTypeOf<
    'name' | 'maxKeys' | 'timeoutMs' | 'clock' | 'onListenerError'
  >();
  // @ts-expect-error -- no such option
  expect(() => createClusterStore({ maxKey: 1 })).toThrow(/did you mean maxKeys/);
  await store.close();
});
