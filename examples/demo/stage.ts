import { Client } from './client.js';
import type { Database } from './database.js';
import type { LogBook } from './log-book.js';
import type { Narrator, Promised } from './narrator.js';
import type { SceneWord } from './options.js';
import type { DemoService } from './service.js';

/** One act of the demo. */
export interface Scene {
  readonly title: string;
  /** Whether it is among those that play without `all`. */
  readonly main: boolean;
  /** What plays it alone, on the command line, if it can stand alone. */
  readonly word?: SceneWord;
  /** Rejects when something goes wrong that no promise speaks of. */
  play(stage: Stage): Promise<void>;
}

/** What scenes have at hand. The next scene finds the database and the service as the last one left them. */
export class Stage {
  readonly database: Database;
  readonly service: DemoService;
  /** What the service logs. */
  readonly book: LogBook;
  /** The monitoring, inside: it does not come through the load balancer. */
  readonly inside: Client;
  /** The Redis that whoever plays the demo has named. */
  readonly redis: URL | undefined;
  readonly #narrator: Narrator;
  readonly #visitors: Client[] = [];
  #promises: Promised[] = [];
  #closed = false;

  constructor(database: Database, service: DemoService, book: LogBook, narrator: Narrator, redis?: URL) {
    this.database = database;
    this.service = service;
    this.book = book;
    this.inside = new Client(service.url, undefined);
    this.redis = redis;
    this.#narrator = narrator;
  }

  /** Somebody new, from an address that nobody had before. */
  visitor(): Client {
    const number = this.#visitors.length;
    // The two networks are set aside for examples.
    const client = new Client(
      this.service.url,
      `${number < 200 ? '198.51.100' : '203.0.113'}.${String((number % 200) + 1)}`,
    );
    this.#visitors.push(client);
    return client;
  }

  say(text: string): void {
    if (!this.#closed) this.#narrator.say(text);
  }

  /** Shows a text as it is, in at most so many lines of the terminal. */
  quote(text: string, rows = 1): void {
    if (!this.#closed) this.#narrator.quote(text, rows);
  }

  /** States what was promised, whether it was kept and what was seen. */
  promise(what: string, kept: boolean, seen: string): void {
    const promised = { what, kept, seen };
    this.#promises.push(promised);
    if (!this.#closed) this.#narrator.promise(promised);
  }

  /** Whether the play is over, also in the middle of a scene. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The promises made since the last call. */
  takePromises(): readonly Promised[] {
    const promises = this.#promises;
    this.#promises = [];
    return promises;
  }

  /** Hangs up for all visitors; a scene that still plays is heard no more. */
  close(): void {
    this.#closed = true;
    for (const client of [this.inside, ...this.#visitors]) client.close();
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Asks again every 50 ms until `good` or the time is over, and says what was seen last and after how long. */
export async function watch<T>(
  look: () => Promise<T>,
  good: (seen: T) => boolean,
  withinMs: number,
): Promise<{ readonly seen: T; readonly afterMs: number }> {
  const startedMs = performance.now();
  for (;;) {
    const seen = await look();
    const afterMs = performance.now() - startedMs;
    if (good(seen) || afterMs >= withinMs) return { seen, afterMs };
    await sleep(50);
  }
}
