import type { CancelTimer, Clock } from '../core/clock.js';
import { SteadyTime } from '../core/steady.js';
import { punctual, TOLERANCE_MS } from './punctual.js';

/** Something with a time limit; the list keeps its places in the nodes themselves. @internal */
export interface DeadlineNode<N> {
  dueMs: number | undefined;
  earlier: N | undefined;
  later: N | undefined;
}

/**
 * Nodes with a time limit. Those with the usual one are due in the order in which they come, so that a list of them needs
 * one timer for all: setting and clearing a timer for each call would cost more than the rest of the call. Any other limit
 * has a timer of its own.
 * @internal
 */
export class DeadlineList<N extends DeadlineNode<N>> {
  readonly #time: SteadyTime;
  readonly #schedule: Clock['schedule'];
  readonly #usualMs: number;
  readonly #expire: (node: N) => void;
  readonly #alone = new Map<N, CancelTimer>();
  #first: N | undefined;
  #last: N | undefined;
  #timer: CancelTimer | undefined;
  #setAtMs = -Infinity;

  /**
   * @param schedule - sets the timers.
   * @param expire - told of each node whose time is over, after it has left the list.
   */
  constructor(clock: Clock, schedule: Clock['schedule'], usualMs: number, expire: (node: N) => void) {
    this.#schedule = schedule;
    this.#time = new SteadyTime(clock);
    this.#usualMs = usualMs;
    this.#expire = expire;
  }

  /** Time that never goes back, on the scale of `dueMs`. */
  now(): number {
    return this.#time.now();
  }

  /** Of those with the usual limit the one that came first. */
  get first(): N | undefined {
    return this.#first;
  }

  /** Adds a node that is in no list. */
  add(node: N, limitMs: number): void {
    const nowMs = this.#time.now();
    node.dueMs = nowMs + limitMs;
    if (limitMs === this.#usualMs) this.#append(node, nowMs);
    else this.#wait(node, limitMs);
  }

  /** How long the time of a node has been over. */
  lateMs({ dueMs = 0 }: N): number {
    return this.now() - dueMs;
  }

  /** Tells of a node once more, that has left the list. */
  later(node: N, delayMs: number): void {
    this.#wait(node, delayMs);
  }

  /** Takes a node out; nothing happens when it has left before. */
  remove(node: N): void {
    if (node.earlier !== undefined || this.#first === node) this.#unlink(node);
    else if (this.#alone.size > 0) {
      this.#alone.get(node)?.();
      this.#alone.delete(node);
    }
  }

  #append(node: N, nowMs: number): void {
    // First of all: a clock that cannot set a timer must leave no node behind.
    if (this.#timer === undefined) this.#await(nowMs, node);
    const last = this.#last;
    this.#last = node;
    if (last !== undefined) {
      node.earlier = last;
      last.later = node;
      return;
    }
    this.#first = node;
    // The only node: nobody had been waiting for the timer.
    this.#timer?.hold?.(true);
  }

  #unlink(node: N): void {
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

  /** Sets the timer; where there is one, that of a node before will do. */
  #await(nowMs: number, { dueMs = nowMs }: N): void {
    this.#timer = this.#schedule(this.#fire, dueMs - nowMs, { hold: true });
    this.#setAtMs = nowMs;
  }

  /** The first node may be a later one than that for which the timer was set. */
  readonly #fire = (): void => {
    this.#timer = undefined;
    for (let node = this.#first; node !== undefined; node = this.#first) {
      const nowMs = this.now();
      if ((node.dueMs ?? nowMs) - nowMs > TOLERANCE_MS && nowMs > this.#setAtMs) {
        this.#await(nowMs, node);
        return;
      }
      // Where time stands still the first has waited for long enough, and the others for a timer more.
      this.#setAtMs = -Infinity;
      this.#unlink(node);
      this.#expire(node);
    }
  };

  #wait(node: N, delayMs: number): void {
    const timer = punctual(
      this.#schedule,
      () => this.now(),
      delayMs,
      () => {
        this.#alone.delete(node);
        this.#expire(node);
      },
    );
    this.#alone.set(node, timer);
  }
}
