import type { Reporter } from './reporter.js';

type Listener<T> = (event: T) => unknown;

/**
 * Typed events whose listeners cannot hurt the emitter: a listener that throws or rejects is reported and the next one
 * runs all the same. Events reach every listener in the order in which they were emitted, also when a listener causes
 * the next one.
 * @internal
 */
export class Emitter<Events extends object> {
  readonly #reporter: Reporter;
  // Lists are replaced, never changed, so that subscribing during an emit is safe.
  #listeners: Map<keyof Events, readonly Listener<never>[]> | undefined;
  #waiting: (() => void)[] | undefined;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** Whether anybody listens, so that a hot path can leave the event unbuilt. */
  has(type: keyof Events): boolean {
    return this.#listeners?.has(type) === true;
  }

  /** Subscribes; the returned function unsubscribes and may be called twice. */
  on<K extends keyof Events>(type: K, listener: Listener<Events[K]>): () => void {
    // A wrapper of its own, so that the same function subscribed twice is two subscriptions.
    const entry: Listener<Events[K]> = (event) => listener(event);
    const listeners = (this.#listeners ??= new Map<keyof Events, readonly Listener<never>[]>());
    listeners.set(type, [...(listeners.get(type) ?? []), entry]);
    return () => {
      const rest = listeners.get(type)?.filter((other) => other !== entry) ?? [];
      if (rest.length === 0) listeners.delete(type);
      else listeners.set(type, rest);
    };
  }

  /** Tells all who listen now. Call it after the state is committed. */
  emit<K extends keyof Events>(type: K, event: Events[K]): void {
    const listeners = this.#listeners?.get(type) as readonly Listener<Events[K]>[] | undefined;
    if (listeners === undefined) return;
    if (this.#waiting !== undefined) {
      this.#waiting.push(() => {
        this.#tell(listeners, event);
      });
      return;
    }
    const waiting: (() => void)[] = (this.#waiting = []);
    this.#tell(listeners, event);
    for (const next of waiting) next();
    this.#waiting = undefined;
  }

  #tell<T>(listeners: readonly Listener<T>[], event: T): void {
    for (const listener of listeners) {
      try {
        const result = listener(event);
        if (isThenable(result))
          result.then(undefined, (error: unknown) => {
            this.#reporter.listenerError(error);
          });
      } catch (error) {
        this.#reporter.listenerError(error);
      }
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
