/** One second of one kind of line. */
interface Second {
  startMs: number;
  lines: number;
  suppressed: number;
}

const SECOND_MS = 1_000;

/** Counts lines of one kind by the second, from the first one on, and says which are too many. @internal */
export class LineBudget {
  readonly #most: number;
  readonly #seconds = new Map<string, Second>();

  /** @param most - lines a second for each kind. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Asks for one line of a kind. There must be an end of kinds: each is remembered.
   *
   * @returns how many were left out since the last one of its kind; `undefined` when this one is to be left out too.
   */
  take(kind: string, nowMs: number): number | undefined {
    let second = this.#seconds.get(kind);
    if (second === undefined) {
      second = { startMs: nowMs, lines: 0, suppressed: 0 };
      this.#seconds.set(kind, second);
    } else if (nowMs - second.startMs >= SECOND_MS) {
      second.startMs = nowMs;
      second.lines = 0;
    }
    if (second.lines >= this.#most) {
      second.suppressed++;
      return undefined;
    }
    second.lines++;
    const { suppressed } = second;
    second.suppressed = 0;
    return suppressed;
  }
}
