import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import type { Ticket } from './engine.js';
import type { Verdict } from './state.js';
import { isThrottle } from './verdict.js';

/**
 * A permit for one call. Say what came of it, once: the first answer is the one that may count. A lease of an earlier
 * state of the circuit counts no more, nor does one whose probe time is over.
 */
export interface Lease {
  /** The call succeeded. @returns whether the answer counted. */
  success(): boolean;
  /** The call failed with `error`. @returns whether the answer counted. */
  failure(error?: unknown): boolean;
  /** The call says nothing about the dependency; a probe's place is free again. @returns whether the lease was still current. */
  ignore(): boolean;
  /**
   * The dependency asked to be left alone for `ms` milliseconds, at least 0: the circuit opens for as long.
   *
   * @returns whether the answer counted.
   * @throws {@link InvalidArgumentError} for anything else; the lease is then still to be answered.
   */
  throttled(ms: number): boolean;
}

/** Takes the outcomes of leases. @internal */
export interface LeaseTaker {
  /** Ends a call and books it; `false` when it no longer counts. */
  answer(verdict: Verdict, generation: number, ticket: Ticket, error: unknown): boolean;
}

/** @internal */
export class CallLease implements Lease {
  #taker: LeaseTaker | undefined;
  readonly #generation: number;
  readonly #ticket: Ticket;

  constructor(taker: LeaseTaker, generation: number, ticket: Ticket) {
    this.#taker = taker;
    this.#generation = generation;
    this.#ticket = ticket;
  }

  success(): boolean {
    return this.#answer('success', undefined);
  }

  failure(error?: unknown): boolean {
    return this.#answer('failure', error);
  }

  ignore(): boolean {
    return this.#answer('ignore', undefined);
  }

  throttled(ms: number): boolean {
    if (!isThrottle(ms)) {
      throw new InvalidArgumentError(`Lease.throttled: expected milliseconds of at least 0, got ${describe(ms)}`);
    }
    return this.#answer({ throttledMs: ms }, undefined);
  }

  #answer(verdict: Verdict, error: unknown): boolean {
    const taker = this.#taker;
    this.#taker = undefined;
    return taker?.answer(verdict, this.#generation, this.#ticket, error) ?? false;
  }
}
