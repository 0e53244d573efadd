const FIRST_VALUES = 16;

/** Figures of some values. @internal */
export interface RingFigures {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly avg: number;
  readonly last: number;
}

/** The last so many values. What is known of them is worked out when it is asked for, so that nothing drifts. @internal */
export class ValueRing {
  readonly #most: number;
  #values = new Float64Array(0);
  #next = 0;
  #size = 0;

  /** @param most - how many values are kept, at least 1. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Bytes of its table. */
  get bytes(): number {
    return this.#values.byteLength;
  }

  add(value: number): void {
    if (this.#next === this.#values.length) {
      if (this.#next < this.#most) this.#grow();
      else this.#next = 0;
    }
    this.#values[this.#next++] = value;
    if (this.#size < this.#next) this.#size = this.#next;
  }

  /** `null` when there are no values. */
  figures(): RingFigures | null {
    const values = this.#values.subarray(0, this.#size);
    const last = values[this.#next - 1];
    if (last === undefined) return null;
    let min = last;
    let max = last;
    // By index: walking over a thousand values by iterator takes four times as long.
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    return {
      count: this.#size,
      min,
      max,
      avg: Math.min(max, Math.max(min, average(values, Math.max(-min, max)))),
      last,
    };
  }

  #grow(): void {
    const values = new Float64Array(Math.min(Math.max(FIRST_VALUES, this.#values.length * 2), this.#most));
    values.set(this.#values);
    this.#values = values;
  }
}

/** The sum keeps what rounding drops, as in {@link SteadySum}; here as a loop over locals, which is many times as fast. */
function average(values: Float64Array, size: number): number {
  // Of numbers whose sum could be too large, halves of so many that it is not.
  const scale = size > Number.MAX_VALUE / values.length ? 2 ** -Math.ceil(Math.log2(values.length) + 1) : 1;
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const term = (values[i] as number) * scale;
    const before = sum;
    sum += term;
    lost += Math.abs(before) >= Math.abs(term) ? before - sum + term : term - sum + before;
  }
  return (sum + lost) / values.length / scale;
}
