import type { Clock } from '../../core/clock.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { AbortFollowers } from '../../internal/abort-followers.js';
import type { Decision } from '../decision.js';

interface Waiter {
  readonly cost: number;
  readonly signal: PlatformAbortSignal | undefined;
  readonly admit: (decision: Decision) => void;
  /** Gives up; whether it was still waiting. */
  readonly leave: () => boolean;
}

/** What the line asks the limiter about the call at its head. @internal */
export interface Turnstile {
  delayMs(cost: number): number;
  admit(cost: number): Decision;
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
      const waiter: Waiter = {
        cost,
        signal,
        admit: (decision) => {
          if (signal !== undefined) this.#followers.unfollow(signal, aborted);
          resolve(decision);
        },
        leave: () => {
          if (!this.#remove(waiter)) return false;
          // The caller's own reason, whatever it is.
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
          reject(signal?.reason);
          return true;
        },
      };
      if (signal !== undefined) this.#followers.follow(signal, aborted);
      this.#waiters.add(waiter);
      this.cost += cost;
      if (this.#waiters.size === 1) this.advance();
    });
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
      const delayMs = this.#turnstile.delayMs(waiter.cost);
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
      waiter.admit(this.#turnstile.admit(waiter.cost));
    }
  }

  #remove(waiter: Waiter): boolean {
    const waited = this.#waiters.delete(waiter);
    if (waited) this.cost -= waiter.cost;
    return waited;
  }
}
