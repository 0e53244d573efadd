/* global setImmediate */
/**
 * Virtual time for every library alike: the platform's own timers and clocks are replaced while a statement runs, so each
 * library runs with its production clock, and nobody waits.
 */

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const START_MS = Date.UTC(2026, 0, 5);
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  Date: globalThis.Date,
  now: performance.now,
};

/** Resolves once no microtask is left, since an immediate runs only then. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

class Timer {
  constructor(fn, delayMs, dueMs, repeats) {
    Object.assign(this, { fn, delayMs, dueMs, repeats, held: true });
  }
  ref() {
    this.held = true;
    return this;
  }
  unref() {
    this.held = false;
    return this;
  }
  hasRef() {
    return this.held;
  }
}

export class World {
  #nowMs = 0;
  #wallOffsetMs = START_MS;
  #timers = new Set();
  #unhandled = [];
  #note = (error) => this.#unhandled.push(error);

  /** Replaces time. */
  enter() {
    const wallMs = () => this.wallMs();
    const start =
      (repeats) =>
      (fn, delayMs, ...args) => {
        // As the platform does: what is no delay, or too long a one, becomes a millisecond.
        const ms = delayMs >= 1 && delayMs <= LONGEST_TIMER_MS ? delayMs : 1;
        const timer = new Timer(() => fn(...args), ms, this.#nowMs + ms, repeats);
        this.#timers.add(timer);
        return timer;
      };
    const stop = (timer) => {
      this.#timers.delete(timer);
    };
    globalThis.setTimeout = start(false);
    globalThis.setInterval = start(true);
    globalThis.clearTimeout = stop;
    globalThis.clearInterval = stop;
    globalThis.Date = class extends real.Date {
      constructor(...args) {
        super(...(args.length === 0 ? [wallMs()] : args));
      }
      static now() {
        return wallMs();
      }
    };
    performance.now = () => this.#nowMs;
    process.on('unhandledRejection', this.#note).on('uncaughtException', this.#note);
  }

  /** Puts the platform's time back. */
  leave() {
    const { now, ...globals } = real;
    Object.assign(globalThis, globals);
    performance.now = now;
    process.off('unhandledRejection', this.#note).off('uncaughtException', this.#note);
  }

  now() {
    return this.#nowMs;
  }

  wallMs() {
    return this.#nowMs + this.#wallOffsetMs;
  }

  /** How many timers are armed. */
  get timers() {
    return this.#timers.size;
  }

  /** What nobody caught. */
  get unhandled() {
    return this.#unhandled;
  }

  /** Lets every promise that can settle do so. */
  async settle() {
    await turn();
    await turn();
  }

  /** Moves time, firing each timer when it is due. */
  async advance(ms) {
    const endMs = this.#nowMs + ms;
    await this.settle();
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      if (timer.repeats) timer.dueMs += timer.delayMs;
      else this.#timers.delete(timer);
      timer.fn();
      await turn();
    }
    this.#nowMs = endMs;
    await this.settle();
  }

  /** Moves time while the process is busy: no timer gets its turn. */
  busy(ms) {
    this.#nowMs += ms;
  }

  /** What a time server's correction does: the wall clock moves, the monotonic one does not. */
  stepWall(ms) {
    this.#wallOffsetMs += ms;
  }

  #next(endMs) {
    let first;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }
}

/** Rejects after `ms` of real time: what hangs has failed. */
export function withinRealTime(promise, ms, what) {
  return new Promise((resolve, reject) => {
    const timer = real.setTimeout(() => reject(new Error(what)), ms);
    promise.then(resolve, reject).finally(() => real.clearTimeout(timer));
  });
}
