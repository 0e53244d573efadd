/** Reasons that hold until each is taken back; the latest of them counts. @internal */
export class Reasons {
  readonly #held = new Set<{ readonly because: string }>();
  readonly #changed: (latest: string | undefined) => void;
  #latest: string | undefined;

  /** @param changed - told the reason that counts from now on, or `undefined` when none holds any more. */
  constructor(changed: (latest: string | undefined) => void) {
    this.#changed = changed;
  }

  get latest(): string | undefined {
    return this.#latest;
  }

  /** Disposing it a second time does nothing. */
  hold(because: string): Disposable {
    const wish = { because };
    this.#held.add(wish);
    this.#settle();
    return {
      [Symbol.dispose]: () => {
        if (this.#held.delete(wish)) this.#settle();
      },
    };
  }

  #settle(): void {
    const latest = [...this.#held].at(-1)?.because;
    if (latest === this.#latest) return;
    this.#latest = latest;
    this.#changed(latest);
  }
}
