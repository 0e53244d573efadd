/** What may not be exceeded before new blocks stop. */
const MOST_BLOCKED_RATIO = 0.2;
/** Below this many addresses a share says nothing. */
const FEWEST_ADDRESSES = 50;

/** Whether so many blocked ones, of all that were seen, are too many. @internal */
export function wouldBlockTooMany(blocked: number, seen: number): boolean {
  return seen >= FEWEST_ADDRESSES && blocked > seen * MOST_BLOCKED_RATIO;
}

/**
 * Stops blocking when it would hit a large part of everybody: then the addresses are probably not the clients', such as
 * those of a proxy or forged ones.
 * @internal
 */
export class Brake {
  readonly #windowMs: number;
  #startMs = -Infinity;
  #seen = 0;
  #blocked = 0;
  /** Counts the minutes. */
  minute = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Starts a new minute when the last one is over. */
  advance(nowMs: number): void {
    if (nowMs - this.#startMs < this.#windowMs) return;
    this.#startMs = nowMs;
    this.#seen = 0;
    this.#blocked = 0;
    this.minute++;
  }

  /** One more address came in this minute. */
  see(): void {
    this.#seen++;
  }

  /**
   * One more address came that is blocked already. It belongs to the minute as well: else a fifth of those that are left
   * could be blocked each minute, and in a quarter of an hour nearly all.
   */
  seeBlocked(): void {
    this.#seen++;
    this.#blocked++;
  }

  /** One more address exceeded the limit in this minute: may it be blocked? */
  release(): boolean {
    this.#blocked++;
    return !wouldBlockTooMany(this.#blocked, this.#seen);
  }
}
