import { printable } from '../core/printable.js';
import { redactText } from '../core/redaction.js';
import type { UnfinishedWork } from './report.js';

const MOST_NAMED = 20;

/** A piece of work that holds the exit until it is done. */
export interface TrackedWork {
  /** It is done; calling it twice does nothing. */
  done(): void;
  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

interface Entry {
  readonly startedAtMs: number;
  /** Asked only when somebody wants to know: a route is known late, and most work is never named. */
  readonly describe: () => string;
}

/** What is going on, and who waits for its end. @internal */
export class InFlight {
  readonly #now: () => number;
  readonly #entries = new Set<Entry>();
  #waiting: (() => void)[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Notes that something began; the returned function says that it is over, and may be called twice. */
  add(describe: () => string): () => void {
    const entry: Entry = { startedAtMs: this.#now(), describe };
    this.#entries.add(entry);
    return () => {
      if (!this.#entries.delete(entry) || this.#entries.size > 0) return;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const done of waiting) done();
    };
  }

  /** Resolves as soon as nothing is going on. */
  whenEmpty(): Promise<void> {
    if (this.#entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** The oldest of what is going on. */
  oldest(): UnfinishedWork[] {
    const nowMs = this.#now();
    return [...this.#entries].slice(0, MOST_NAMED).map(({ describe, startedAtMs }) => ({
      what: redactText(printable(named(describe)), 200),
      ageMs: Math.max(0, nowMs - startedAtMs),
    }));
  }
}

function named(describe: () => string): string {
  try {
    return describe();
  } catch {
    return 'something that cannot be named';
  }
}
