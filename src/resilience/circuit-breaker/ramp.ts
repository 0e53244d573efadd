/** How a circuit that has just closed takes up its load again. @internal */
export interface RampSettings {
  readonly fromRatio: number;
  readonly overMs: number;
}

/** Sums of shares are rounded: ten times a tenth must be one call. */
const ROUNDING = 1e-9;

/**
 * Lets a growing share of the calls through: each adds the share of its moment to a credit, and one that makes it whole
 * goes. The calls that go are spread evenly, and the same calls always come to the same.
 * @internal
 */
export class Ramp {
  readonly endsAtMs: number;
  readonly #settings: RampSettings;
  #credit = 0;

  constructor(startedAtMs: number, settings: RampSettings) {
    this.#settings = settings;
    this.endsAtMs = startedAtMs + settings.overMs;
  }

  /** One that is at `ratio` now, and goes on from there. */
  static at(ratio: number, nowMs: number, settings: RampSettings): Ramp | undefined {
    const { fromRatio, overMs } = settings;
    const done = Math.max(0, (ratio - fromRatio) / (1 - fromRatio));
    return done < 1 ? new Ramp(nowMs - done * overMs, settings) : undefined;
  }

  /** Share of the calls that go now. */
  ratioAt(nowMs: number): number {
    const { fromRatio, overMs } = this.#settings;
    const done = 1 - (this.endsAtMs - nowMs) / overMs;
    return fromRatio + (1 - fromRatio) * Math.min(1, Math.max(0, done));
  }

  /** Whether this call goes. */
  admits(nowMs: number): boolean {
    this.#credit += this.ratioAt(nowMs);
    if (this.#credit < 1 - ROUNDING) return false;
    this.#credit = Math.max(0, this.#credit - 1);
    return true;
  }
}
