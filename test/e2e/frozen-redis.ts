import { createHash } from 'node:crypto';
import type { RedisSend } from 'breakwater/redis';

const ASKS_THE_TIME = "redis.call('TIME')";

/** A Redis whose scripts see a time that stands still until it is moved. */
export class FrozenRedis implements RedisSend {
  readonly #send: (args: string[], key: string) => PromiseLike<unknown>;
  /** By what the store calls a script: what it is called here. */
  readonly #known = new Map<string, string>();
  /** Later than the server's, whose keys end by its own. */
  #nowUs = Date.now() * 1_000;

  constructor(send: (args: string[], key: string) => PromiseLike<unknown>) {
    this.#send = send;
  }

  advance(ms: number): void {
    this.#nowUs += Math.round(ms * 1_000);
  }

  async send(args: readonly string[], { key }: { readonly key: string }): Promise<unknown> {
    const [command = '', script = '', ...rest] = args;
    const ours = command === 'EVALSHA' ? this.#known.get(script) : this.#frozen(script);
    if (ours === undefined) throw new Error('NOSCRIPT no such script here');
    return await this.#send([command, ours, ...rest, String(this.#nowUs)], key);
  }

  #frozen(text: string): string {
    if (text.split(ASKS_THE_TIME).length !== 2) throw new Error('a script asks for the time once');
    const time = '{math.floor(tonumber(NOW) / 1000000), tonumber(NOW) % 1000000}';
    const ours = `local NOW = table.remove(ARGV)\n${text.replace(ASKS_THE_TIME, time)}`;
    this.#known.set(sha(text), sha(ours));
    return ours;
  }
}

function sha(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
