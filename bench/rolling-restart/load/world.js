import { setTimeout as sleep } from 'node:timers/promises';
import { Tally } from './tally.js';

/** A client pauses so long between two requests, in milliseconds. */
const THINK_MS = [10, 30];
/** A client that failed waits so long before the next request: who retries at once only counts the same hole more often. */
const PAUSE_AFTER_FAILURE_MS = 200;
const SLOW_SHARE = 0.08;
const FAST_MS = [0, 20];
const SLOW_MS = [100, 300];
const POST_SHARE = 0.1;
const POST_BYTES = 2_000;
const LARGE_SHARE = 0.1;
const SIZES = { small: 200, large: 40_000 };

/** The same numbers in every run (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the clients of a run have in common: where to send, what to ask for, what came of it, and when to stop. */
export class World {
  tally = new Tally();
  stopped = false;
  /** The replica that requests go to at the moment. */
  replica;
  #next = generator(20_260_105);
  #id = 0;
  #stops = new Set();

  constructor(replica) {
    this.replica = replica;
  }

  between([least, most]) {
    return Math.floor(least + this.#next() * (most - least + 1));
  }

  /** What a client asks for, and what a whole answer is. */
  job() {
    const id = String(++this.#id);
    const slow = this.#next() < SLOW_SHARE;
    const ms = this.between(slow ? SLOW_MS : FAST_MS);
    // Half of the slow ones have begun to answer when they are caught, and cannot say any more that they are the last.
    const early = slow && this.#next() < 0.5;
    const size = this.#next() < LARGE_SHARE ? SIZES.large : SIZES.small;
    const body = this.#next() < POST_SHARE ? 'b'.repeat(POST_BYTES) : undefined;
    return {
      path: `/work?id=${id}&ms=${String(ms)}&size=${String(size)}${early ? '&early' : ''}`,
      method: body === undefined ? 'GET' : 'POST',
      body,
      answer: `${id}:${String(body?.length ?? 0)}:${'x'.repeat(size)}`,
    };
  }

  /** Has `attempt` made again and again, each one counted, until the run is over. */
  async loop(attempt) {
    // Clients do not begin as one.
    await sleep(this.between([0, 100]));
    while (!this.stopped) {
      this.tally.requests++;
      let pauseMs = this.between(THINK_MS);
      try {
        await attempt();
      } catch (error) {
        // What the end of the run cuts off is no failure.
        if (this.stopped) return;
        this.tally.fail(error);
        pauseMs = PAUSE_AFTER_FAILURE_MS;
      }
      await sleep(pauseMs);
    }
  }

  async think() {
    await sleep(this.between(THINK_MS));
  }

  /** What is called when the run is over; the returned function takes it back. */
  onStop(fn) {
    this.#stops.add(fn);
    return () => this.#stops.delete(fn);
  }

  stop() {
    this.stopped = true;
    for (const fn of this.#stops) fn();
  }
}
