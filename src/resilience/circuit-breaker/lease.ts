import type { Verdict } from './state.js';

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
}

/** Takes an outcome back to the breaker. @internal */
export type SettleLease = (verdict: Verdict, generation: number, ticket: number, error: unknown) => boolean;

/** @internal */
export class CallLease implements Lease {
  #settle: SettleLease | undefined;
  readonly #generation: number;
  readonly #ticket: number;

  constructor(settle: SettleLease, generation: number, ticket: number) {
    this.#settle = settle;
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

  #answer(verdict: Verdict, error: unknown): boolean {
    const settle = this.#settle;
    this.#settle = undefined;
    return settle?.(verdict, this.#generation, this.#ticket, error) ?? false;
  }
}
