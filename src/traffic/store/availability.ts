/** Failures in a row after which a store is not asked any more. */
const MOST_FAILURES = 3;
/** How often it is tried then, while somebody asks. */
const PROBE_EVERY_MS = 500;

/**
 * Whether a store is worth asking. After {@link MOST_FAILURES} failures in a row it is lost, and tried by one probe at a
 * time; the first that succeeds restores it. What was asked before it was lost or restored says nothing about later.
 * @internal
 */
export class Availability {
  #failures = 0;
  #lostAtMs: number | undefined;
  #probing = false;
  #probedAtMs = -Infinity;
  /** Counts the times that the store was lost or restored. */
  period = 0;

  get lost(): boolean {
    return this.#lostAtMs !== undefined;
  }

  /** An answer to what was asked in `period`. */
  succeeded(period: number): void {
    if (period === this.period) this.#failures = 0;
  }

  /** None; whether the store is thereby lost. */
  failed(period: number, nowMs: number): boolean {
    if (period !== this.period || this.lost || ++this.#failures < MOST_FAILURES) return false;
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
    this.#failures = 0;
    this.#lostAtMs = undefined;
    return lostForMs;
  }
}
