import type { Worker } from 'node:worker_threads';
import { errorText } from '../../core/error-text.js';
import { WORKER_SOURCE } from './worker-source.js';

/** What the worker is told. @internal */
export interface WorkerSettings {
  readonly shared: SharedArrayBuffer;
  readonly port: number;
  readonly host: string | undefined;
  readonly path: string;
  readonly stalledAfterMs: number;
  readonly retryAfterSeconds: number;
}

/** A server on a thread of its own. @internal */
export interface LivenessWorker {
  /** Resolves with its port, or with why it has none. Never rejects. */
  readonly listening: Promise<{ readonly port: number } | { readonly failed: string }>;
  /** Resolves with why it is gone. Never rejects. */
  readonly ended: Promise<string>;
  /** From now on it keeps no process alive. */
  release(): void;
  stop(): Promise<void>;
}

/** The platform's monotonic clock in ns, which all threads of the process share. @internal */
export function sharedNowNs(): bigint {
  return process.hrtime.bigint();
}

/** Enough for a few hundred connections; with more it ends, and is started anew. */
const MOST_HEAP_MB = 32;

/** The one place that starts a thread. @internal */
export async function startWorker(settings: WorkerSettings): Promise<LivenessWorker> {
  // On demand: whoever imports health checks need not load it.
  const { Worker } = await import('node:worker_threads');
  const worker: Worker = new Worker(WORKER_SOURCE, {
    eval: true,
    name: 'breakwater-liveness',
    workerData: settings,
    // Neither the environment, with its secrets, nor what the process loads first has any business there.
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB, maxYoungGenerationSizeMb: 8 },
  });
  let reason: string | undefined;
  const ended = new Promise<string>((resolve) => {
    worker.on('error', (error) => {
      reason = errorText(error);
    });
    worker.on('exit', (code) => {
      resolve(reason ?? `it ended with code ${String(code)}`);
    });
  });
  const listening = new Promise<{ readonly port: number } | { readonly failed: string }>((resolve) => {
    worker.once('message', resolve);
    void ended.then((failed) => {
      resolve({ failed });
    });
  });
  return {
    listening,
    ended,
    release: () => {
      worker.unref();
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}
