import { Worker } from 'node:worker_threads';

/** What is printed by the thread that ends the process. */
export interface LastWords {
  /** The answer: a report that says why there is none. Empty where the command prints none. */
  readonly out: string;
  /** The line about the problem. */
  readonly err: string;
}

/** What the thread is told: to bark after a time, or, without one, not to. */
export interface Order extends Partial<LastWords> {
  readonly id: number;
  readonly afterMs?: number;
}

/**
 * Ends the process from a thread of its own. A user's code that computes without an end keeps every timer of its thread from
 * running, so that nothing in there can tell of it.
 */
export class Watchdog {
  #thread: Worker | undefined;
  #orders = 0;

  /** Has the process end after a time, with these words; the returned function takes that back. */
  watch(afterMs: number, words: LastWords): () => void {
    const id = ++this.#orders;
    this.#tell({ id, afterMs, ...words });
    return () => {
      this.#tell({ id });
    };
  }

  #tell(order: Order): void {
    this.#thread ??= started();
    this.#thread.postMessage(order);
  }
}

function started(): Worker {
  const thread = new Worker(new URL('watchdog-thread.js', import.meta.url));
  // Without it everything is as well as it was, but for what never gives the event loop back.
  thread.on('error', () => undefined);
  thread.unref();
  return thread;
}
