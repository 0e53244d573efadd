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

/** Something that goes on. @internal */
export interface Going {
  readonly startedAtMs: number;
  /** Asked only when somebody wants to know: a route is known late, and most of it is never named. */
  describe(): string;
}

/** What is going on, and who waits for its end. @internal */
export class InFlight {
  readonly #now: () => number;
  readonly #going = new Set<Going>();
  #waiting: (() => void)[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#going.size;
  }

  /** Notes that something began; the returned function says that it is over, and may be called twice. */
  add(describe: () => string): () => void {
    const one: Going = { startedAtMs: this.#now(), describe };
    this.#going.add(one);
    return () => {
      this.end(one);
    };
  }

  /** The same for hot paths, with {@link InFlight.end} instead of a function. */
  begin<G extends Going>(one: G): G {
    this.#going.add(one);
    return one;
  }

  /** It is over; saying so twice does nothing. */
  end(one: Going): void {
    if (!this.#going.delete(one) || this.#going.size > 0 || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }

  /** Resolves as soon as nothing is going on. */
  whenEmpty(): Promise<void> {
    if (this.#going.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** The oldest of what is going on. */
  oldest(): UnfinishedWork[] {
    const nowMs = this.#now();
    return [...this.#going].slice(0, MOST_NAMED).map((one) => ({
      what: redactText(printable(named(one)), 200),
      ageMs: Math.max(0, nowMs - one.startedAtMs),
    }));
  }
}

function named(one: Going): string {
  try {
    return one.describe();
  } catch {
    return 'something that cannot be named';
  }
}
