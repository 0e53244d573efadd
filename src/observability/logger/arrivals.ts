/** Somebody who waits for lines that were under way at some time. */
interface Waiter {
  /** Lines with smaller numbers were. */
  readonly before: number;
  left: number;
  hasFailure: boolean;
  readonly done: (allArrived: boolean) => void;
}

/** Lines that are under way: in a stream that has not written them, or with a promise that has not settled. @internal */
export class Arrivals {
  readonly #waiters = new Set<Waiter>();
  #next = 0;
  #underWay = 0;

  /** A line goes on its way. What is returned is called once, when it has arrived or is lost. */
  begin(): (arrived: boolean) => void {
    const number = this.#next++;
    this.#underWay++;
    return (arrived) => {
      this.#underWay--;
      for (const waiter of this.#waiters) {
        if (number >= waiter.before) continue;
        if (!arrived) waiter.hasFailure = true;
        if (--waiter.left > 0) continue;
        this.#waiters.delete(waiter);
        waiter.done(!waiter.hasFailure);
      }
    };
  }

  /** Calls `done` when all that are under way now have ended; the returned function takes that back. */
  wait(done: (allArrived: boolean) => void): () => void {
    const waiter: Waiter = { before: this.#next, left: this.#underWay, hasFailure: false, done };
    if (waiter.left === 0) done(true);
    else this.#waiters.add(waiter);
    return () => this.#waiters.delete(waiter);
  }
}
