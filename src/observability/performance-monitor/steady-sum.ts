/**
 * A sum that keeps what rounding drops (Neumaier's variant of Kahan's summation), and stays finite: beyond the largest
 * number it stops there.
 * @internal
 */
export class SteadySum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const before = this.#sum;
    const after = before + value;
    // `abs` of both is compared, so that what is smaller loses its digits.
    this.#lost += Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before;
    this.#sum = after;
    if (after - after !== 0) this.#saturate(after);
  }

  get value(): number {
    return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, this.#sum + this.#lost));
  }

  #saturate(sum: number): void {
    this.#sum = sum > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
    this.#lost = 0;
  }
}
