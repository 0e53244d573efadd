import { checkCost } from './cost.js';

/**
 * Tokens that were taken ahead of a call, made by {@link RateLimiter.reserve}. Say what came of it, once: what is said
 * first counts.
 */
export interface Reservation {
  /** Milliseconds to wait before the call may go; `0` when it may go now, `Infinity` when it never may and nothing was taken. */
  readonly delayMs: number;
  /**
   * The call was made. What it took less than was reserved is given back, what it took more is taken as well, even if the
   * bucket then owes it. Once the bucket was full again and others took from it, there is nothing to give back.
   *
   * @param actual - what the call took: integer, at least 0. @defaultValue what was reserved
   * @throws `InvalidArgumentError` when `actual` is not such an integer; the reservation is then still open.
   */
  commit(actual?: number): void;
  /**
   * The call will not be made: its tokens are given back, but for those that later reservations have the promise of.
   * Without effect once the call might have begun; `commit(0)` gives the tokens back even then.
   */
  cancel(): void;
}

/** What a reservation tells its limiter. @internal */
export interface Ledger<R> {
  /** The call took so much more than was reserved; less than 0 for less. */
  settle(reservation: R, difference: number): void;
  /** The call will not be made. */
  release(reservation: R): void;
}

/** A reservation whose tokens were taken. @internal */
export class Held implements Reservation {
  readonly delayMs: number;
  readonly cost: number;
  /** When the call may go. */
  readonly dueMs: number;
  /** How many had joined the line before it. */
  readonly place: number;
  /** Which configuration of the limiter it belongs to. */
  readonly epoch: number;
  /** How often the bucket had been full until then. */
  readonly fullTimes: number;
  #ledger: Ledger<Held> | undefined;

  constructor(ledger: Ledger<Held>, held: Pick<Held, 'cost' | 'delayMs' | 'dueMs' | 'place' | 'epoch' | 'fullTimes'>) {
    this.#ledger = ledger;
    this.cost = held.cost;
    this.delayMs = held.delayMs;
    this.dueMs = held.dueMs;
    this.place = held.place;
    this.epoch = held.epoch;
    this.fullTimes = held.fullTimes;
  }

  commit(actual: number = this.cost): void {
    checkCost('Reservation.commit', actual);
    const ledger = this.#ledger;
    this.#ledger = undefined;
    if (actual !== this.cost) ledger?.settle(this, actual - this.cost);
  }

  cancel(): void {
    const ledger = this.#ledger;
    this.#ledger = undefined;
    ledger?.release(this);
  }
}

/** A reservation for which nothing was taken. @internal */
export class Refused implements Reservation {
  readonly delayMs: number;

  constructor(delayMs: number) {
    this.delayMs = delayMs;
  }

  commit(actual = 0): void {
    checkCost('Reservation.commit', actual);
  }

  cancel(): void {
    // There is nothing to give back.
  }
}
