import type { CancelTimer, Clock } from '../core/clock.js';

/** Something with a time limit; the list keeps its places in the nodes themselves. @internal */
export interface DeadlineNode<N> {
  dueMs: number | undefined;
  earlier: N | undefined;
  later: N | undefined;
}

/**
 * Nodes in the order of their deadlines, with one timer for all: setting and clearing a timer for each call would cost
 * more than the rest of the call. Most nodes have the same limit, so that a new one belongs at the end.
 * @internal
 */
export class DeadlineList<N extends DeadlineNode<N>> {
  readonly #clock: Clock;
  readonly #expire: (node: N) => void;
  #first: N | undefined;
  #last: N | undefined;
  #timer: CancelTimer | undefined;
  #timerAtMs = 0;

  /** @param expire - told of each node whose time is over, after it has left the list. */
  constructor(clock: Clock, expire: (node: N) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** Adds a node that is in no list. */
  add(node: N, nowMs: number, dueMs: number): void {
    node.dueMs = dueMs;
    let before = this.#last;
    while (before !== undefined && (before.dueMs ?? 0) > dueMs) before = before.earlier;
    const after = before === undefined ? this.#first : before.later;
    node.earlier = before;
    node.later = after;
    if (before === undefined) this.#first = node;
    else before.later = node;
    if (after === undefined) this.#last = node;
    else after.earlier = node;
    // The only node: nobody had been waiting for the timer.
    if (before === undefined && after === undefined) this.#timer?.hold?.(true);
    this.#await(nowMs, dueMs);
  }

  /** Takes a node out. */
  remove(node: N): void {
    const { earlier, later } = node;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    node.earlier = undefined;
    node.later = undefined;
    if (this.#first === undefined) this.#rest();
  }

  /** Nobody waits any more. The timer stays for the next call, unless it would keep the process alive meanwhile. */
  #rest(): void {
    const timer = this.#timer;
    if (timer === undefined) return;
    if (timer.hold !== undefined) {
      timer.hold(false);
      return;
    }
    timer();
    this.#timer = undefined;
  }

  #arm(nowMs: number, dueMs: number): void {
    this.#timer?.();
    this.#timerAtMs = dueMs;
    this.#timer = this.#clock.schedule(this.#fire, dueMs - nowMs, { hold: true });
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    for (let node = this.#first; node !== undefined; node = this.#first) {
      const nowMs = this.#clock.now();
      const dueMs = node.dueMs ?? nowMs;
      if (dueMs > nowMs) {
        this.#await(nowMs, dueMs);
        return;
      }
      this.remove(node);
      this.#expire(node);
    }
  };

  /** Has a timer that is early enough. Those who were told may have set one. */
  #await(nowMs: number, dueMs: number): void {
    if (this.#timer === undefined || this.#timerAtMs > dueMs) this.#arm(nowMs, dueMs);
  }
}
