import type { Clock } from '../../core/clock.js';
import type { Reporter } from '../../core/reporter.js';
import { SHARED_FOR_MS } from './for-a-second.js';
import { SharedStream, type StreamReader } from './shared-stream.js';

/**
 * A collection a second, for all who ask meanwhile. To collect is work for the whole service, and several who scrape, or
 * one who has gone wild, must not multiply it; so they read one text, which is let go when its second is over and its
 * last reader done. Without their own details all see the same, so that there is one text for each format and no more.
 * @internal
 */
export class SharedScrape {
  readonly #open: () => AsyncIterable<string>;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #reporter: Reporter;
  #latest: SharedStream | undefined;
  #startedAtMs = -Infinity;

  /** @param now - reads the time; never fails. */
  constructor(open: () => AsyncIterable<string>, clock: Clock, now: () => number, reporter: Reporter) {
    this.#open = open;
    this.#clock = clock;
    this.#now = now;
    this.#reporter = reporter;
  }

  /** Somebody who reads it; waits for the next second when the text of this one is not kept. */
  async read(): Promise<{ readonly stream: SharedStream; readonly reader: StreamReader }> {
    for (;;) {
      const leftMs = this.#startedAtMs + SHARED_FOR_MS - this.#now();
      const stream = leftMs > 0 ? this.#latest : this.#start();
      const reader = stream?.read();
      if (stream !== undefined && reader !== undefined) return { stream, reader };
      await this.#pause(leftMs);
    }
  }

  #start(): SharedStream {
    this.#latest?.close();
    this.#startedAtMs = this.#now();
    const stream = new SharedStream(this.#open, this.#clock, this.#reporter);
    this.#latest = stream;
    this.#clock.schedule(() => {
      stream.close();
      if (this.#latest === stream) this.#latest = undefined;
    }, SHARED_FOR_MS);
    return stream;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      // Timers may be a little early, and then it is looked at again.
      this.#clock.schedule(resolve, Math.max(1, ms), { hold: true });
    });
  }
}
