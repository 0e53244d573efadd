import type { Clock } from '../../core/clock.js';
import { StoreUnavailableError } from '../../traffic/store/index.js';
import { DeadlineList, type DeadlineNode } from '../../internal/deadline-list.js';
import type { Connection } from './client.js';
import type { Reply } from './read-reply.js';
import type { Script } from './script.js';
import { ServerClock } from './server-clock.js';

/** How often a question is asked in all, when the server says that it came too late and did nothing. */
const MOST_TRIES = 3;

interface Waiting extends DeadlineNode<Waiting> {
  readonly over: () => void;
}

/**
 * Runs scripts on a server. Each has a time limit, by the server's own clock as well: what a client keeps back, or sends once
 * more, changes nothing when it arrives after it.
 * @internal
 */
export class Runner {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  readonly #server = new ServerClock();
  readonly #waiting: DeadlineList<Waiting>;

  constructor(connection: Connection, timeoutMs: number, clock: Clock) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
    const schedule: Clock['schedule'] = (fn, delayMs, options) => clock.schedule(fn, delayMs, options);
    this.#waiting = new DeadlineList<Waiting>(clock, schedule, timeoutMs, ({ over }) => {
      over();
    });
  }

  /**
   * @param withinMs - how long whoever asks waits, and sees to it.
   * @throws whatever the client rejects with, or {@link StoreUnavailableError}.
   */
  run(script: Script, keys: readonly string[], args: readonly string[], withinMs = Infinity): Promise<Reply> {
    if (withinMs <= this.#timeoutMs) return this.#ask(script, keys, args, withinMs);
    return new Promise((resolve, reject) => {
      const node: Waiting = {
        dueMs: undefined,
        earlier: undefined,
        later: undefined,
        over: () => {
          reject(new StoreUnavailableError(`createRedisStore: no answer within ${String(this.#timeoutMs)} ms`));
        },
      };
      this.#waiting.add(node, this.#timeoutMs);
      void this.#ask(script, keys, args, this.#timeoutMs)
        .then(resolve, reject)
        .finally(() => {
          this.#waiting.remove(node);
        });
    });
  }

  async #ask(script: Script, keys: readonly string[], args: readonly string[], withinMs: number): Promise<Reply> {
    const [key = ''] = keys;
    let sentMs = this.#waiting.now();
    const untilMs = sentMs + withinMs;
    for (let tries = 1; ; tries++) {
      const problem = this.#connection.problem();
      if (problem !== undefined) throw new StoreUnavailableError(`createRedisStore: ${problem}`);
      const rest = [String(keys.length), ...keys, String(this.#server.at(untilMs * 1_000)), ...args];
      let reply: unknown;
      try {
        reply = await this.#connection.send(key, ['EVALSHA', script.sha, ...rest]);
      } catch (error) {
        if (!isUnknownScript(error)) throw error;
        reply = await this.#connection.send(key, ['EVAL', script.text, ...rest]);
      }
      const receivedMs = this.#waiting.now();
      if (!isReply(reply)) throw new StoreUnavailableError('createRedisStore: an answer that no script of ours gives');
      this.#server.learn(Number(reply[0]), sentMs * 1_000, receivedMs * 1_000);
      if (reply.length > 1) return reply;
      if (receivedMs >= untilMs || tries === MOST_TRIES) {
        throw new StoreUnavailableError('createRedisStore: the command reached the server too late');
      }
      sentMs = receivedMs;
    }
  }
}

/** Every one begins with the server's time. */
function isReply(reply: unknown): reply is Reply {
  return Array.isArray(reply) && Number.isSafeInteger(Number(reply[0]));
}

/** The server does not know the script: it was restarted, or told to forget it. Nothing has been done then. */
function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
