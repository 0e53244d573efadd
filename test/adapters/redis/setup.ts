import type { Clock } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import { createRedisStore, type RedisStoreOptions } from 'breakwater/redis';

export const BUCKET = { group: 'g', subject: 's', capacity: 10, refillTokens: 1, refillUs: 100_000, cost: 1 };

/** What a server would say to one bucket that holds the tokens. */
export const ALLOWED = [9, 0, 100_000];

/** A server of which only the time is real: every script that comes in time is answered alike. */
export class FakeServer {
  readonly clock = new ManualClock({ now: 5_000 });
  /** What the server's clock is ahead of ours. */
  aheadUs = 1_700_000_000_000_000;
  answer: readonly unknown[] = ALLOWED;
  knowsScripts = true;
  /** By which it knows what was sent to it before. */
  readonly known = new Set<string>();
  readonly seen: { readonly command: string; readonly untilUs: number; readonly late: boolean }[] = [];
  /** How many operations each command that arrived had. */
  readonly together: number[] = [];
  /** Runs before a command reaches the server. */
  way: () => Promise<void> = () => Promise.resolve();

  get nowUs(): number {
    return this.clock.now() * 1_000 + this.aheadUs;
  }

  readonly send = async (args: readonly string[]): Promise<unknown> => {
    await this.way();
    const [command = '', , keys = '0'] = args;
    if (command === 'EVAL') this.knowsScripts = true;
    if (!this.knowsScripts) throw new Error('NOSCRIPT No matching script. Please use EVAL.');
    const answers: unknown[] = [];
    let at = 3 + Number(keys);
    const baseUs = Number(args[at++]);
    // The key of what is to be done once is the first.
    const once = args[at]?.startsWith('once ') === true ? args[3] : undefined;
    if (once !== undefined && this.known.has(once)) return [this.nowUs, [], ['!', 'sent before']];
    if (once !== undefined) this.known.add(once);
    while (at < args.length) {
      const untilUs = baseUs + Number(args[at + 1]);
      const late = this.nowUs > untilUs;
      this.seen.push({ command, untilUs, late });
      answers.push(late ? [] : this.answer);
      at += 2 + Number(args[at]?.split(' ')[2]);
    }
    this.together.push(answers.length);
    return [this.nowUs, ...answers];
  };

  store(options: Omit<RedisStoreOptions, 'clock'> & { readonly clock?: Clock } = {}) {
    return createRedisStore({ send: this.send }, { clock: this.clock, ...options });
  }
}

/** Lets everything that is ready happen. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
