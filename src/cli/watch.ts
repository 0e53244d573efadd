import type { Clock } from '../core/clock.js';
import { UnverifiedError } from './failures.js';
import type { LastWords } from './watchdog.js';

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
  #reported: (message: string) => string = () => '';
  readonly #guard: (ms: number, words: LastWords) => () => void;

  /** @param guard - ends the process after a time, from outside of what keeps every timer in it from running. */
  constructor(guard: (ms: number, words: LastWords) => () => void = () => () => undefined) {
    this.#guard = guard;
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
    const why = `took longer than ${shown}`;
    const unset = clock.schedule(() => {
      this.end(why);
    }, ms);
    const err = `${this.#doing} ${why}, and never gave the event loop back`;
    const unguard = this.#guard(ms, { err, out: this.#reported(err) });
    const cancel = (): void => {
      unset();
      unguard();
    };
    this.#cancels.push(cancel);
    return cancel;
  }

  /** Ends the waiting, and says why: `… never came to an end`. */
  end(why: string): void {
    this.#reject(new UnverifiedError(`${this.#doing} ${why}`));
  }

  /**
   * From now on what fails on the side is kept for the report, and no longer ends the waiting.
   *
   * @param failed - the report that says why there is none.
   */
  reports(failed: (message: string) => string): void {
    this.#keepsStrays = true;
    this.#reported = failed;
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
