/**
 * A token bucket whose whole state is one number: the time at which it will be full again. Tokens, waits and resets
 * follow from it, and a key without a number is a full bucket.
 *
 * With `refillPerSecond` 0 nothing ever comes back: time stands still and the number is what was used.
 *
 * The same arithmetic is known as the generic cell rate algorithm (ITU-T I.371).
 * @internal
 */
export class TokenBucket {
  readonly capacity: number;
  readonly refills: boolean;
  /** Time for one token. */
  readonly #tokenMs: number;
  /** Time from empty to full. */
  readonly #fullMs: number;
  /** What the clock itself may be off by. */
  readonly #clockErrorMs: number;

  /** @param clockMs - what the clock says: the larger its numbers, the coarser their fractions. */
  constructor(capacity: number, refillPerSecond: number, clockMs: number) {
    this.capacity = capacity;
    this.refills = refillPerSecond > 0;
    this.#tokenMs = this.refills ? 1_000 / refillPerSecond : 1;
    this.#fullMs = capacity * this.#tokenMs;
    this.#clockErrorMs = Number.isFinite(clockMs) ? Math.abs(clockMs) * Number.EPSILON : 0;
  }

  /** The time that counts for this bucket. */
  time(nowMs: number): number {
    return this.refills ? nowMs : 0;
  }

  /** The state to keep of one that fits: never past empty, so that roundings do not add up while the bucket is used hard. */
  settle(takenMs: number, nowMs: number): number {
    return Math.min(takenMs, nowMs + this.#fullMs);
  }

  /** The state after taking `cost`, whether or not it fits. */
  take(fullAtMs: number, cost: number, nowMs: number): number {
    return Math.max(fullAtMs, nowMs) + cost * this.#tokenMs;
  }

  /** Whether that state is one that the bucket allows. */
  fits(takenMs: number, nowMs: number): boolean {
    return takenMs - nowMs <= this.#fullMs + this.#slackMs(nowMs);
  }

  /** Time until a state that does not fit would; `Infinity` for never. */
  waitMs(takenMs: number, cost: number, nowMs: number): number {
    if (cost > this.capacity || !this.refills) return Infinity;
    return Math.max(0, takenMs - nowMs - this.#fullMs);
  }

  /** The time in which so many tokens come. */
  timeOf(tokens: number): number {
    return tokens * this.#tokenMs;
  }

  /** Tokens in the bucket, with fractions; less than 0 when some are owed. */
  balance(fullAtMs: number, nowMs: number): number {
    return this.capacity - Math.max(0, fullAtMs - nowMs) / this.#tokenMs;
  }

  /** The state of a bucket with such a balance. */
  withBalance(tokens: number, nowMs: number): number {
    return nowMs + (this.capacity - tokens) * this.#tokenMs;
  }

  /** Tokens in the bucket, with fractions. */
  tokens(fullAtMs: number, nowMs: number): number {
    return Math.min(this.capacity, Math.max(0, this.balance(fullAtMs, nowMs)));
  }

  /** Whole tokens in the bucket. */
  whole(fullAtMs: number, nowMs: number): number {
    const owedMs = fullAtMs - nowMs;
    if (owedMs <= 0) return this.capacity;
    const tokens = Math.floor((this.#fullMs - owedMs + this.#slackMs(nowMs)) / this.#tokenMs);
    return Math.min(this.capacity, Math.max(0, tokens));
  }

  /** Time until the bucket is full; `Infinity` for never. */
  resetMs(fullAtMs: number, nowMs: number): number {
    const owedMs = Math.max(0, fullAtMs - nowMs);
    return this.refills || owedMs === 0 ? owedMs : Infinity;
  }

  /** The state after `tokens` were given back; never more than full. */
  give(fullAtMs: number, tokens: number, nowMs: number): number {
    return Math.max(nowMs, fullAtMs - tokens * this.#tokenMs);
  }

  /**
   * The roundings of a few thousand additions, but a ten-millionth of a token at most, and always a few units in the last
   * place of the numbers involved: a call at the very moment that was promised is admitted. Never as much as a token,
   * which would admit everything.
   */
  #slackMs(nowMs: number): number {
    const sizeMs = Math.abs(nowMs) + this.#fullMs;
    const roundingMs = Math.max(Math.min(this.#tokenMs * 1e-7, sizeMs * 2 ** -40), sizeMs * 4 * Number.EPSILON);
    return Math.min(roundingMs + this.#clockErrorMs, this.#tokenMs / 4);
  }
}

/** What becomes of the tokens in a bucket whose capacity changes. */
export type Inheritance =
  /** They stay as they are. */
  | 'as-is'
  /** The bucket stays as full as it was. */
  | 'proportional'
  /** The change of the capacity is added to them. */
  | 'additive'
  /** The bucket is filled. */
  | 'reset';

/**
 * The balance of a bucket after a change of its capacity. No change makes a debt, and none takes a debt away but by what
 * it adds.
 * @internal
 */
export function inherited(how: Inheritance, balance: number, from: number, to: number): number {
  if (how === 'reset') return to;
  const owed = Math.min(balance, 0);
  const tokens =
    how === 'additive' ? balance + to - from : how === 'proportional' && balance > 0 ? (balance * to) / from : balance;
  return Math.min(to, Math.max(owed, tokens));
}
