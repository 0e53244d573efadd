import { systemClock } from '../../core/clock.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { parseOptions } from '../../core/options.js';
import { patienceBesideService } from '../../internal/beside-service.js';
import type { ClusterStore } from './contract.js';
import { type ClusterPlace, clusterPlace, oneOfProcess } from './host.js';
import { type ClusterStoreOptions, clusterStoreSchema } from './options.js';
import { PrimaryStore } from './primary-store.js';
import { ServedStores } from './served-stores.js';
import { WorkerStore } from './worker-store.js';

const OWNER = 'createClusterStore';

/**
 * A store for the workers of one `node:cluster`, in the memory of their primary. Called in the primary, before it forks, it serves the
 * workers and answers by itself; called in a worker, it asks the primary. A process that forks no workers has it for itself.
 *
 * @throws `InvalidOptionsError` naming each wrong option, also one that differs from that of a store of this name in the same
 * primary; `InvalidArgumentError` in a worker thread, which has no way to a primary, and in a module that `breakwater bans` loads.
 */
export function createClusterStore(options?: ClusterStoreOptions): ClusterStore {
  return storeIn(clusterPlace, options);
}

/** The store of a process that is there. @internal */
export function storeIn(
  place: () => ClusterPlace,
  options: ClusterStoreOptions | undefined,
  stores: () => ServedStores = () => oneOfProcess(() => new ServedStores()),
): ClusterStore {
  const parsed = parseOptions(OWNER, clusterStoreSchema(), options);
  const { worker, primary } = place();
  if (worker !== undefined) return new WorkerStore(worker, parsed);
  if (patienceBesideService() !== undefined) {
    throw new InvalidArgumentError(
      `${OWNER}: what it keeps is in the primary of the service, where no command reaches it: ` +
        'lift blocks by a route of the service, or keep them in Redis',
    );
  }
  const { name, maxKeys, clock } = parsed;
  const all = stores();
  const made = all.get(name);
  // What differs would be ignored. Each copy of this package has a system clock of its own.
  parseOptions(OWNER, {}, undefined, (_, report) => {
    if (made !== undefined && made.maxKeys !== maxKeys)
      report('maxKeys', `must be ${String(made.maxKeys)}, as in the store of this name`);
    if (made !== undefined && clock !== systemClock && made.clock !== clock)
      report('clock', 'must be the one of the store of this name');
  });
  return new PrimaryStore(all.open(primary, name, maxKeys, clock).store, () => {
    all.close(name);
  });
}
