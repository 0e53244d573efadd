import type { Clock } from '../../core/clock.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { AbortFollowers } from '../../internal/abort-followers.js';
import type { Decision } from '../decision.js';

interface Waiter {
  readonly cost: number;
  readonly signal: PlatformAbortSignal | undefined;
  /** Which one it was to join. */
  readonly place: number;
  /** What had been reserved when it joined: that comes before it, what came later does not. */
  reservedBefore: number;
  readonly admit: (decision: Decision) => void;
  readonly refuse: (error: unknown) => void;
  /** Gives up; whether it was still waiting. */
  readonly leave: () => boolean;
}

/** What the line asks the limiter about the call at its head. @internal */
export interface Turnstile {
  /** @param behind - tokens that were reserved after the call joined. */
  delayMs(cost: number, behind: number): number;
  admit(cost: number, behind: number): Decision;
  /** Takes tokens that nobody is to get. */
  keep(tokens: number): void;
  /** The error for a call whose turn will never come. */
  never(cost: number): unknown;
}

/**
 * Calls that wait for tokens, first come first served, with one timer for the one whose turn it is.
 * @internal
 */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #turnstile: Turnstile;
  // A set keeps its order and lets one leave from the middle without moving the others.
  readonly #waiters = new Set<Waiter>();
  readonly #followers = new AbortFollowers();
  #cancelTimer: (() => void) | undefined;
  #joined = 0;
  /** Tokens of all reservations so far that were made while somebody waited. */
  #reserved = 0;
  /** Tokens that are promised to those who wait. */
  cost = 0;

  constructor(clock: Clock, turnstile: Turnstile) {
    this.#clock = clock;
    this.#turnstile = turnstile;
  }

  get length(): number {
    return this.#waiters.size;
  }

  /** Resolves when it is this call's turn, holding its tokens; rejects with the signal's reason. */
  join(cost: number, signal: PlatformAbortSignal | undefined): Promise<Decision> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        if (waiter.leave()) this.advance();
      };
      const unfollow = (): void => {
        if (signal !== undefined) this.#followers.unfollow(signal, aborted);
      };
      const waiter: Waiter = {
        cost,
        signal,
        place: this.#joined++,
        reservedBefore: this.#reserved,
        admit: (decision) => {
          unfollow();
          resolve(decision);
        },
        // Whatever it is.
        /* eslint-disable @typescript-eslint/prefer-promise-reject-errors */
        refuse: (error) => {
          unfollow();
          this.#remove(waiter);
          reject(error);
        },
        leave: () => {
          if (!this.#remove(waiter)) return false;
          this.#keep(waiter);
          reject(signal?.reason);
          return true;
        },
        /* eslint-enable @typescript-eslint/prefer-promise-reject-errors */
      };
      if (signal !== undefined) this.#followers.follow(signal, aborted);
      this.#waiters.add(waiter);
      this.cost += cost;
      if (this.#waiters.size === 1) this.advance();
    });
  }

  /** Tokens were reserved behind everybody who waits; the answer says where that is. */
  reserve(cost: number): number {
    if (this.#waiters.size > 0) this.#reserved += cost;
    return this.#joined;
  }

  /** So many tokens of a reservation at `place` were given back. */
  release(place: number, tokens: number): void {
    this.#shift(place, -tokens);
  }

  /** Whoever can never have a turn any more is told. All that is reserved comes before those who stay. */
  sift(): void {
    for (const waiter of this.#waiters) {
      waiter.reservedBefore = this.#reserved;
      if (this.#turnstile.delayMs(waiter.cost, 0) === Infinity) waiter.refuse(this.#turnstile.never(waiter.cost));
    }
    this.advance();
  }

  /** Admits everybody whose tokens are there, and waits for the next. */
  advance(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const waiter of this.#waiters) {
      // One of many whose signal has just aborted and who are told one after another: it must not be admitted meanwhile.
      if (waiter.signal?.aborted === true) {
        waiter.leave();
        continue;
      }
      const behind = this.#reserved - waiter.reservedBefore;
      const delayMs = this.#turnstile.delayMs(waiter.cost, behind);
      if (delayMs > 0) {
        // A caller's promise waits for this one.
        this.#cancelTimer = this.#clock.schedule(
          () => {
            this.advance();
          },
          delayMs,
          { hold: true },
        );
        return;
      }
      this.#remove(waiter);
      waiter.admit(this.#turnstile.admit(waiter.cost, behind));
    }
  }

  /**
   * Reservations behind a call that has left go when they were told to. What they are to use then is kept for them:
   * whoever got it would go beside them.
   */
  #keep({ cost, place, reservedBefore }: Waiter): void {
    const kept = Math.min(cost, this.#reserved - reservedBefore);
    if (kept <= 0) return;
    this.#turnstile.keep(kept);
    this.#shift(place, kept);
  }

  /** What is reserved at `place` became more or less; for those who joined after it nothing has come after them. */
  #shift(place: number, tokens: number): void {
    let before = false;
    for (const waiter of this.#waiters) {
      if (waiter.place < place) before = true;
      else if (before) waiter.reservedBefore += tokens;
    }
    if (before) this.#reserved += tokens;
  }

  #remove(waiter: Waiter): boolean {
    const waited = this.#waiters.delete(waiter);
    if (waited) this.cost -= waiter.cost;
    return waited;
  }
}
