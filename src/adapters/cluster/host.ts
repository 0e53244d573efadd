import { InvalidArgumentError } from '../../core/errors.js';
import type { Cluster, Worker } from 'node:cluster';

/** The way from a worker to its primary. @internal */
export interface WorkerChannel {
  /** Whether there is still a primary at its other end. */
  readonly isOpen: () => boolean;
  /** Sends a message; `sent` is told when it is on its way, or that it will never be. */
  readonly send: (message: object, sent: (error: unknown) => void) => void;
  /** Hears what comes from the primary, and of the end, until the returned function is called. */
  readonly listen: (hear: (message: unknown) => void, ended: () => void) => () => void;
}

/** The way from a primary to its workers. @internal */
export interface PrimaryChannel {
  /** Hears what comes from all workers, each with the way back, until the returned function is called. */
  readonly listen: (hear: (message: unknown, answer: (reply: object) => void) => void) => () => void;
}

/** Where in a cluster this process is. A process without a cluster is a primary that has no workers yet. @internal */
export type ClusterPlace =
  | { readonly worker: WorkerChannel; readonly primary?: undefined }
  | { readonly worker?: undefined; readonly primary: PrimaryChannel };

/**
 * Finds out which process this is. What knows it is loaded when it is asked: an import has to be quick.
 *
 * @throws {@link InvalidArgumentError} in a thread, which has no way to a primary.
 * @internal
 */
export function clusterPlace(): ClusterPlace {
  if (!process.getBuiltinModule('node:worker_threads').isMainThread) {
    throw new InvalidArgumentError(
      'createClusterStore: a worker thread is no process of node:cluster and has no way to its primary; ' +
        'make the store in the main thread of the process',
    );
  }
  // The types of Node take it for the namespace of a module, whose default it is.
  const cluster = process.getBuiltinModule('node:cluster') as unknown as Cluster;
  const { worker } = cluster;
  if (!cluster.isPrimary && worker !== undefined) {
    return {
      worker: {
        isOpen: () => worker.isConnected(),
        send(message, sent) {
          worker.send(message, sent);
        },
        // Of the worker, not of the process: these never keep it alive.
        listen(hear, ended) {
          // A service may have more stores than listeners that Node expects of anybody.
          const most = worker.getMaxListeners();
          if (most > 0) worker.setMaxListeners(most + 1);
          worker.on('message', hear);
          worker.on('disconnect', ended);
          return () => {
            if (most > 0) worker.setMaxListeners(worker.getMaxListeners() - 1);
            worker.removeListener('message', hear);
            worker.removeListener('disconnect', ended);
          };
        },
      },
    };
  }
  return {
    primary: {
      listen(hear) {
        const listener = (from: Worker, message: unknown): void => {
          hear(message, (reply) => {
            // Without somebody to tell, what cannot reach a worker that has just died would end the primary.
            if (from.isConnected()) from.send(reply, () => undefined);
          });
        };
        cluster.on('message', listener);
        return () => {
          cluster.removeListener('message', listener);
        };
      },
    },
  };
}

const STORES = /* @__PURE__ */ Symbol.for('breakwater.cluster-stores.1');

/**
 * What this process serves its workers with, over every copy of this package: two that answered would count everything twice.
 *
 * @param make - makes it, when no copy has yet.
 * @internal
 */
export function oneOfProcess<T extends object>(make: () => T): T {
  const shared = globalThis as { [STORES]?: T | undefined };
  return (shared[STORES] ??= make());
}
