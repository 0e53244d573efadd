import type { Clock } from '../core/clock.js';
import { UnverifiedError } from './failures.js';

/** Most that is told of what fails on the side; what goes on failing says nothing more. */
const MOST_STRAYS = 20;

/**
 * What runs is a user's code: it may take too long, wait for what never comes, end the process, or leave something that fails and
 * that nobody waits for. A watch ends the waiting then, and knows what was being done.
 */
export class Watch {
  /** Rejects with an `UnverifiedError` when it makes no sense to wait any longer. */
  readonly broken: Promise<never>;
  readonly #strays: string[] = [];
  readonly #cancels: (() => void)[] = [];
  #reject!: (reason: UnverifiedError) => void;
  #keepsStrays = false;
  #doing = 'the command';

  constructor() {
    this.broken = new Promise((_, reject) => (this.#reject = reject));
    // Nobody may be waiting any more.
    this.broken.catch(() => undefined);
  }

  /** Says what is being done from now on, such as `loading 'breakwater.config.js'`. */
  doing(what: string): void {
    this.#doing = what;
  }

  /** Ends the waiting after a time; the returned function takes that back. */
  limit(clock: Clock, ms: number, shown: string): () => void {
    // It does not hold the process: one that has nothing left to do need not wait for the end of its time.
    const cancel = clock.schedule(() => {
      this.end(`took longer than ${shown}`);
    }, ms);
    this.#cancels.push(cancel);
    return cancel;
  }

  /** Ends the waiting, and says why: `… never came to an end`. */
  end(why: string): void {
    this.#reject(new UnverifiedError(`${this.#doing} ${why}`));
  }

  /** From now on what fails on the side is kept for the report, and no longer ends the waiting. */
  keepStrays(): void {
    this.#keepsStrays = true;
  }

  /** That something failed which nobody waits for. */
  stray(line: string): void {
    if (!this.#keepsStrays) this.#reject(new UnverifiedError(line));
    else if (this.#strays.length < MOST_STRAYS) this.#strays.push(line);
  }

  /** What failed on the side so far. */
  get strays(): readonly string[] {
    return this.#strays;
  }

  /** Nothing is waited for any more. */
  done(): void {
    for (const cancel of this.#cancels) cancel();
  }
}
