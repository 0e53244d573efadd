/** How many lines a second are written; errors are never left out. */
export interface RateCapOptions {
  /** Lines of the same event and message. Integer, at least 1. @defaultValue `Infinity` */
  readonly perMessage?: number;
  /** All lines together. Integer, at least 1. @defaultValue `Infinity` */
  readonly total?: number;
}

/** What was left out in a second. @internal */
export interface LeftOut {
  /** Lines. */
  readonly lines: number;
  /** Of which messages most, the most frequent first. */
  readonly messages: readonly { readonly message: string; readonly lines: number }[];
}

const SECOND_MS = 1_000;
/** Messages that are counted apart; more of them are counted as one. */
const MOST_MESSAGES = 1_000;
const REST = '(others)';
const MOST_TOLD = 10;

interface Count {
  passed: number;
  leftOut: number;
}

/**
 * Decides which lines are left out, in whole seconds: pure, with time as an argument.
 * @internal
 */
export class RateCap {
  readonly #perMessage: number;
  readonly #total: number;
  readonly #counts = new Map<string, Count>();
  #passed = 0;
  #leftOut = 0;
  #startedAtMs = -Infinity;

  constructor({ perMessage, total }: { readonly perMessage: number; readonly total: number }) {
    this.#perMessage = perMessage;
    this.#total = total;
  }

  /** What was left out in the second that is over, if anything: told once. */
  over(nowMs: number): LeftOut | undefined {
    // A clock that was set back ends the second as well.
    const ageMs = nowMs - this.#startedAtMs;
    return ageMs >= 0 && ageMs < SECOND_MS ? undefined : this.restart(nowMs);
  }

  /** Ends the second at once. */
  restart(nowMs: number): LeftOut | undefined {
    const left = this.#leftOut === 0 ? undefined : { lines: this.#leftOut, messages: this.#worst() };
    this.#counts.clear();
    this.#passed = 0;
    this.#leftOut = 0;
    this.#startedAtMs = nowMs;
    return left;
  }

  /** Whether one more line of this message is written. */
  admits(message: string): boolean {
    const count = this.#count(message);
    if (count.passed < this.#perMessage && this.#passed < this.#total) {
      count.passed++;
      this.#passed++;
      return true;
    }
    count.leftOut++;
    this.#leftOut++;
    return false;
  }

  #count(message: string): Count {
    const known = this.#counts.get(message);
    if (known !== undefined) return known;
    const name = this.#counts.size < MOST_MESSAGES ? message : REST;
    const shared = this.#counts.get(name);
    if (shared !== undefined) return shared;
    const count = { passed: 0, leftOut: 0 };
    this.#counts.set(name, count);
    return count;
  }

  #worst(): LeftOut['messages'] {
    return [...this.#counts]
      .map(([message, { leftOut }]) => ({ message, lines: leftOut }))
      .filter(({ lines }) => lines > 0)
      .sort((a, b) => b.lines - a.lines)
      .slice(0, MOST_TOLD);
  }
}
