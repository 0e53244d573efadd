/** Somebody who waits for lines that were under way at some time. */
interface Waiter {
  readonly lines: Set<object>;
  hasFailure: boolean;
  readonly done: (allArrived: boolean) => void;
}

/** Ends a line: without an error it has arrived, else it is lost. Only the first end counts. @internal */
export type EndLine = (error?: unknown) => void;

/** Lines that are under way: in a stream that has not written them, or with a promise that has not settled. @internal */
export class Arrivals {
  readonly #ended: EndLine;
  readonly #underWay = new Set<EndLine>();
  readonly #waiters = new Set<Waiter>();

  /** @param ended - hears of each line, with the error of a lost one. */
  constructor(ended: EndLine) {
    this.#ended = ended;
  }

  /** A line goes on its way. */
  begin(): EndLine {
    const end: EndLine = (error) => {
      if (!this.#underWay.delete(end)) return;
      this.#ended(error);
      for (const waiter of this.#waiters) this.#tell(waiter, end, error === undefined || error === null);
    };
    this.#underWay.add(end);
    return end;
  }

  /** Ends all that are under way. */
  loseAll(error: unknown): void {
    for (const end of [...this.#underWay]) end(error);
  }

  /** Calls `done` when all that are under way now have ended; the returned function takes that back. */
  wait(done: (allArrived: boolean) => void): () => void {
    const waiter: Waiter = { lines: new Set(this.#underWay), hasFailure: false, done };
    if (waiter.lines.size === 0) done(true);
    else this.#waiters.add(waiter);
    return () => this.#waiters.delete(waiter);
  }

  #tell(waiter: Waiter, line: EndLine, hasArrived: boolean): void {
    if (!waiter.lines.delete(line)) return;
    if (!hasArrived) waiter.hasFailure = true;
    if (waiter.lines.size > 0) return;
    this.#waiters.delete(waiter);
    waiter.done(!waiter.hasFailure);
  }
}
