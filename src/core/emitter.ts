import { InvalidArgumentError } from './errors.js';
import { describe } from './options.js';
import type { Reporter } from './reporter.js';
import { nearest } from './spelling.js';

type Listener<T> = (event: T) => unknown;

/** Events that listeners cause within one emit; more of them is a loop that would never end. */
const MOST_CAUSED = 1_000;

/**
 * Typed events whose listeners cannot hurt the emitter: a listener that throws or rejects is reported and the next one
 * runs all the same. Events reach every listener in the order in which they were emitted, also when a listener causes
 * the next one; a listener that causes events without end is stopped.
 * @internal
 */
export class Emitter<Events extends object> {
  readonly #reporter: Reporter;
  readonly #types: readonly string[] | undefined;
  // Lists are replaced, never changed, so that subscribing during an emit is safe.
  #listeners: Map<keyof Events, readonly Listener<never>[]> | undefined;
  #waiting: (() => void)[] | undefined;

  /** @param types - the events there are; when given, a subscription to anything else is refused. */
  constructor(reporter: Reporter, types?: readonly (keyof Events & string)[]) {
    this.#reporter = reporter;
    this.#types = types;
  }

  /** Whether anybody listens, so that a hot path can leave the event unbuilt. */
  has(type: keyof Events): boolean {
    return this.#listeners?.has(type) === true;
  }

  /**
   * Subscribes; the returned function unsubscribes and may be called twice.
   *
   * @throws {@link InvalidArgumentError} when the listener is not a function, or there is no such event.
   */
  on<K extends keyof Events>(type: K, listener: Listener<Events[K]>): () => void {
    if (typeof listener !== 'function') {
      throw new InvalidArgumentError(`on: the listener must be a function, got ${describe(listener)}`);
    }
    if (this.#types?.includes(type as string) === false) throw new InvalidArgumentError(noSuchEvent(type, this.#types));
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
      if (this.#waiting.length < MOST_CAUSED) {
        this.#waiting.push(() => {
          this.#tell(listeners, event);
        });
      } else {
        this.#reporter.warn(
          'BREAKWATER_W_EVENT_LOOP',
          `listeners caused more than ${String(MOST_CAUSED)} events within one; the rest was not told to anybody`,
        );
      }
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
        this.#reporter.watch(listener(event));
      } catch (error) {
        this.#reporter.listenerError(error);
      }
    }
  }
}

function noSuchEvent(type: unknown, types: readonly string[]): string {
  const meant = typeof type === 'string' ? nearest(type, types) : undefined;
  return meant === undefined
    ? `on: there is no such event; there is ${types.join(', ')}`
    : `on: there is no such event; did you mean '${meant}'?`;
}
