/** Failures in a row of one sort of question after which a store is not asked any more. */
const MOST_FAILURES = 3;
/** How often it is tried then, while somebody asks. */
const PROBE_EVERY_MS = 500;

/** When to come back to what cannot decide without its store, in ms: by then it has been tried again. @internal */
export const LOST_RETRY_MS = 2 * PROBE_EVERY_MS;

/**
 * Whether a store is worth asking. After {@link MOST_FAILURES} failures in a row of one sort of question it is lost,
 * whatever it says to others: one that can be read but not written is none. Then it is tried by one probe at a time, and
 * the first that succeeds restores it. What was asked before it was lost or restored says nothing about later.
 * @internal
 */
export class Availability {
  readonly #failures = new Map<string, number>();
  #lostAtMs: number | undefined;
  #probing = false;
  #probedAtMs = -Infinity;
  /** Counts the times that the store was lost or restored. */
  period = 0;

  get lost(): boolean {
    return this.#lostAtMs !== undefined;
  }

  /** An answer to what was asked in `period`. */
  succeeded(sort: string, period: number): void {
    if (this.#failures.size > 0 && period === this.period) this.#failures.delete(sort);
  }

  /** None; whether the store is thereby lost. */
  failed(sort: string, period: number, nowMs: number): boolean {
    if (period !== this.period || this.lost) return false;
    const failures = (this.#failures.get(sort) ?? 0) + 1;
    this.#failures.set(sort, failures);
    if (failures < MOST_FAILURES) return false;
    this.period++;
    this.#lostAtMs = nowMs;
    // The failures themselves were tries.
    this.#probedAtMs = nowMs;
    return true;
  }

  /** Whether a lost store is to be tried now; that is then being done. */
  probe(nowMs: number): boolean {
    if (!this.lost || this.#probing || nowMs - this.#probedAtMs < PROBE_EVERY_MS) return false;
    this.#probing = true;
    this.#probedAtMs = nowMs;
    return true;
  }

  /** The probe is over; for how long the store had been lost, when it is thereby restored. */
  probed(answered: boolean, nowMs: number): number | undefined {
    this.#probing = false;
    if (!answered || this.#lostAtMs === undefined) return undefined;
    const lostForMs = nowMs - this.#lostAtMs;
    this.period++;
    this.#failures.clear();
    this.#lostAtMs = undefined;
    return lostForMs;
  }
}
