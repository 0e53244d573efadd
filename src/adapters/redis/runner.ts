import type { Clock } from '../../core/clock.js';
import { checkCall, type StoreCall, StoreUnavailableError } from '../../traffic/store/index.js';
import { DeadlineList, type DeadlineNode } from '../../internal/deadline-list.js';
import { HexIds } from '../../internal/hex-ids.js';
import { RemoteClock } from '../../internal/remote-clock.js';
import type { Connection } from './client.js';
import type { Keys } from './keys.js';
import type { Reply } from './read-reply.js';
import type { Script } from './script.js';

/** How often an operation is sent in all, when the server says that it came too late and did nothing. */
const MOST_TRIES = 3;
/** How many commands are under way before what comes next waits for company, … */
const MOST_COMMANDS = 2;
/** … and how many operations are company enough: as many as run on the server in a fraction of a millisecond. */
const MOST_TOGETHER = 48;
/** How much longer than it matters it is known that a command was done, for what the server's time is not known better than. */
const KNOWN_FOR_MS = 1_000;
/** So many commands may be unanswered after their time; a client that is given more keeps them all in its memory, … */
const MOST_UNSETTLED = 32;
/** … so that it is given another only now and then, after a pause that doubles with each up to this. */
const LONGEST_PAUSE_MS = 60_000;
/** So many that no two processes have the same. */
const NAME_BYTES = 12;

/** One thing to be done, by name. @internal */
export interface Operation {
  readonly name: 'take' | 'count' | 'record' | 'mark' | 'changes' | 'clear';
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

interface Asked {
  readonly operation: Operation;
  readonly untilMs: number;
  readonly answer: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  tries: number;
}

/** A command under way; nobody waits for it any more once it is over. */
interface Command extends DeadlineNode<Command> {
  readonly asked: readonly Asked[];
  over: boolean;
  /** In which silence its time was over, before the client said anything of it. */
  silence: number | undefined;
}

/**
 * Has operations done on a server, those of one moment by one command. Each has a time limit, by the server's own clock as well:
 * what a client keeps back, or sends once more, changes nothing when it arrives after it. Before it, what a client may send once more
 * is done only if it was not.
 * @internal
 */
export class Runner {
  readonly #connection: Connection;
  readonly #script: Script;
  readonly #timeoutMs: number;
  readonly #server = new RemoteClock();
  readonly #commands: DeadlineList<Command>;
  readonly #keys: Pick<Keys, 'onceOf'>;
  /** Of its own among all that use the server. */
  #name: string | undefined;
  #commandsSent = 0;
  #waiting: Asked[] = [];
  #underWay = 0;
  /** Commands of this silence whose time is over and of which the client has said nothing. */
  #unsettled = 0;
  /** Each ends with an answer: what was sent before it may never be answered. */
  #silences = 0;
  #sentAtMs = -Infinity;

  constructor(connection: Connection, script: Script, timeoutMs: number, clock: Clock, keys: Pick<Keys, 'onceOf'>) {
    this.#connection = connection;
    this.#script = script;
    this.#timeoutMs = timeoutMs;
    this.#keys = keys;
    const schedule: Clock['schedule'] = (fn, delayMs, options) => clock.schedule(fn, delayMs, options);
    this.#commands = new DeadlineList<Command>(clock, schedule, timeoutMs, (command) => {
      command.silence = this.#silences;
      this.#unsettled++;
      this.#fail(command, unavailable(`no answer within ${String(timeoutMs)} ms`));
    });
  }

  /**
   * @param make - says what is to be done; what it throws rejects.
   * @param read - reads the answer.
   * @param call - how long whoever asks waits, at most the runner's own limit.
   * @throws whatever the client rejects with, or {@link StoreUnavailableError}.
   */
  run<T>(make: () => Operation, read: (reply: Reply) => T, call: StoreCall | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const operation = make();
      checkCall(call);
      const untilMs = this.#commands.now() + Math.min(call?.withinMs ?? Infinity, this.#timeoutMs);
      const answer = (reply: Reply): void => {
        resolve(read(reply));
      };
      this.#ask({ operation, untilMs, answer, reject, tries: 0 });
    });
  }

  #ask(asked: Asked): void {
    this.#waiting.push(asked);
    if (this.#underWay < MOST_COMMANDS || this.#waiting.length >= MOST_TOGETHER) this.#sendWaiting();
  }

  /** Sends what waits; what has waited too long is told so. */
  #sendWaiting(): void {
    const nowMs = this.#commands.now();
    const waiting = this.#waiting;
    this.#waiting = [];
    const asked = waiting.filter((one) => one.untilMs > nowMs);
    for (const one of waiting) if (one.untilMs <= nowMs) one.reject(unavailable('no answer in time'));
    if (asked.length > 0) this.#send(asked, nowMs);
  }

  #send(asked: readonly Asked[], sentMs: number): void {
    const command: Command = {
      asked,
      over: false,
      silence: undefined,
      dueMs: undefined,
      earlier: undefined,
      later: undefined,
    };
    this.#underWay++;
    this.#commands.add(command, this.#timeoutMs);
    try {
      const problem = this.#connection.problem() ?? this.#silence(sentMs);
      if (problem !== undefined) throw unavailable(problem);
      this.#sentAtMs = sentMs;
      const [key, args] = this.#argumentsOf(asked);
      this.#connection
        .send(key, ['EVALSHA', this.#script.sha, ...args])
        .then(undefined, (error: unknown) => {
          if (!isUnknownScript(error)) throw error;
          return this.#connection.send(key, ['EVAL', this.#script.text, ...args]);
        })
        .then((reply) => {
          this.#silences++;
          this.#unsettled = 0;
          this.#answer(command, reply, sentMs);
        })
        .then(undefined, (error: unknown) => {
          this.#settled(command);
          this.#fail(command, error);
        });
    } catch (error) {
      this.#fail(command, error);
    }
  }

  /** What is wrong with a client that says nothing. */
  #silence(nowMs: number): string | undefined {
    const more = this.#unsettled - MOST_UNSETTLED;
    if (more < 0 || nowMs - this.#sentAtMs >= Math.min(LONGEST_PAUSE_MS, this.#timeoutMs * 2 ** more)) return undefined;
    return `the Redis client has not answered ${String(this.#unsettled)} commands`;
  }

  #settled(command: Command): void {
    if (command.silence === this.#silences) this.#unsettled--;
    command.silence = undefined;
  }

  #argumentsOf(asked: readonly Asked[]): readonly [key: string, args: readonly string[]] {
    const keys: string[] = [];
    const firstUs = this.#server.at((asked[0]?.untilMs ?? 0) * 1_000);
    const rest: string[] = [String(firstUs)];
    if (this.#connection.resends) {
      keys.push(this.#keys.onceOf(this.#nextName()));
      const mattersMs = this.#timeoutMs + KNOWN_FOR_MS;
      rest.push('once 1 1', String(this.#timeoutMs * 1_000), String(Math.ceil(mattersMs)));
    }
    for (const { operation, untilMs } of asked) {
      const { name, keys: own, args } = operation;
      const until = this.#server.at(untilMs * 1_000) - firstUs;
      rest.push(`${name} ${String(own.length)} ${String(args.length)}`, String(until));
      for (const arg of args) rest.push(arg);
      for (const key of own) keys.push(key);
    }
    return [keys[0] ?? '', [String(keys.length), ...keys, ...rest]];
  }

  #nextName(): string {
    this.#name ??= new HexIds().draw(NAME_BYTES);
    return `${this.#name}${(this.#commandsSent++).toString(36)}`;
  }

  #answer(command: Command, reply: unknown, sentMs: number): void {
    if (command.over) return;
    const { asked } = command;
    const before = this.#connection.resends ? 2 : 1;
    if (!isReply(reply, before - 1 + asked.length))
      throw unavailable('the server answered something else than the script does');
    const nowMs = this.#commands.now();
    this.#server.learn(Number(reply[0]), sentMs * 1_000, nowMs * 1_000);
    this.#end(command);
    for (const [i, one] of asked.entries()) {
      const said = reply[i + before] as Reply;
      if (said[0] === '!') one.reject(new Error(String(said[1])));
      else if (said.length > 0) heard(one, said);
      else if (one.untilMs <= nowMs || ++one.tries === MOST_TRIES)
        one.reject(unavailable('it reached the server too late'));
      else this.#ask(one);
    }
    this.#sendWaiting();
  }

  #fail(command: Command, error: unknown): void {
    if (command.over) return;
    this.#end(command);
    for (const { reject } of command.asked) reject(error);
    this.#sendWaiting();
  }

  #end(command: Command): void {
    command.over = true;
    this.#underWay--;
    this.#commands.remove(command);
  }
}

function heard(one: Asked, said: Reply): void {
  try {
    one.answer(said);
  } catch (error) {
    one.reject(error);
  }
}

function unavailable(reason: string): StoreUnavailableError {
  return new StoreUnavailableError(`createRedisStore: ${reason}`);
}

/** The server's time, and then one list for each operation. */
function isReply(reply: unknown, operations: number): reply is Reply {
  return (
    Array.isArray(reply) &&
    reply.length === operations + 1 &&
    Number.isSafeInteger(Number(reply[0])) &&
    reply.slice(1).every((one) => Array.isArray(one))
  );
}

/** The server does not know the script: it was restarted, or told to forget it. Nothing has been done then. */
function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
