import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { isThenable } from '../../core/thenable.js';

/**
 * Sends one command, its name first. `key` is one of its keys, for what has to find the node that keeps it. It sends none again
 * that may have been done.
 */
export interface RedisSend {
  /** Resolves with what the server answers, or rejects with an error whose message begins as the server's does. */
  send(args: readonly string[], context: { readonly key: string }): PromiseLike<unknown>;
}

/** A client of ioredis 5 and newer or iovalkey, or their cluster form. */
export interface IoredisShape {
  /** `'ready'` once it is connected. */
  readonly status: string;
  /** Sends one command. */
  call(command: string, ...args: string[]): PromiseLike<unknown>;
}

/** A client of node-redis 4 and newer, or its pool. */
export interface NodeRedisShape {
  /** Whether it is connected, or about to be. */
  readonly isOpen: boolean;
  /** Sends one command, its name first. */
  sendCommand(args: string[]): PromiseLike<unknown>;
}

/** The cluster form of node-redis. */
export interface NodeRedisClusterShape {
  /** Whether it is connected, or about to be. */
  readonly isOpen: boolean;
  /** By this it is known as a cluster. */
  nodeClient(node: never): unknown;
  /** Sends one command to the node of a key. */
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): PromiseLike<unknown>;
}

/** The sentinel form of node-redis. */
export interface NodeRedisSentinelShape {
  /** Whether it is connected, or about to be. */
  readonly isOpen: boolean;
  /** By this it is known as a sentinel's. */
  getMasterNode(): unknown;
  /** Sends one command to the master, or where it may only read. */
  sendCommand(isReadonly: boolean, args: string[]): PromiseLike<unknown>;
}

/** What `createRedisStore` takes: it is told by what it has, whatever it is called. */
export type RedisClient = RedisSend | IoredisShape | NodeRedisShape | NodeRedisClusterShape | NodeRedisSentinelShape;

/** A client, whichever it is. @internal */
export interface Connection {
  readonly send: (key: string, args: string[]) => PromiseLike<unknown>;
  /** What is wrong with it, so that nothing that is sent now would arrive. */
  readonly problem: () => string | undefined;
  /** Sends again by itself, on a new connection, what was not answered on the one that broke, though it may have been done. */
  readonly resends: boolean;
}

/**
 * Finds out what sort of client it is.
 *
 * @throws `InvalidArgumentError` for what is none.
 * @internal
 */
export function connectionOf(client: unknown): Connection {
  if (has(client, 'send')) {
    const { send } = client as unknown as { send: RedisSend['send'] };
    const asked: Connection['send'] = (key, args) => {
      const answer: unknown = send.call(client, args, { key });
      if (isThenable(answer)) return answer;
      throw new InvalidArgumentError(`createRedisStore: send must return a promise, got ${describe(answer)}`);
    };
    return { send: asked, problem: () => undefined, resends: false };
  }
  if (has(client, 'call') && typeof (client as unknown as IoredisShape).status === 'string') {
    const io = client as unknown as IoredisShape & { readonly options?: { autoResendUnfulfilledCommands?: unknown } };
    return {
      send: (_, [name = '', ...args]) => io.call(name, ...args),
      problem: watch(() => io.status === 'ready'),
      resends: io.options?.autoResendUnfulfilledCommands !== false,
    };
  }
  if (!isNodeRedis(client)) {
    throw new InvalidArgumentError(
      'createRedisStore: client must be one of node-redis 4 or newer, ioredis 5 or newer, iovalkey, their cluster or ' +
        `sentinel forms, or an object with send(args); got ${wrongClient(client)}`,
    );
  }
  const problem = watch(() => client.isReady ?? client.isOpen);
  if (has(client, 'nodeClient')) {
    const cluster = client as unknown as NodeRedisClusterShape;
    return { send: (key, args) => cluster.sendCommand(key, false, args), problem, resends: false };
  }
  if (has(client, 'getMasterNode')) {
    const sentinel = client as unknown as NodeRedisSentinelShape;
    return { send: (_, args) => sentinel.sendCommand(false, args), problem, resends: true };
  }
  const single = client as unknown as NodeRedisShape;
  return { send: (_, args) => single.sendCommand(args), problem, resends: false };
}

/** Those that cannot be connected have no such state: transactions, callers of callbacks, clusters before 4.6. */
function isNodeRedis(
  client: unknown,
): client is { readonly isOpen: boolean; readonly isReady?: boolean } & Record<'sendCommand', unknown> {
  if (!has(client, 'sendCommand')) return false;
  const { isOpen, options } = client as {
    readonly isOpen?: unknown;
    readonly options?: { readonly legacyMode?: unknown };
  };
  return typeof isOpen === 'boolean' && options?.legacyMode !== true;
}

function wrongClient(client: unknown): string {
  if (has(client, 'exec'))
    return 'a pipeline or transaction, which answers on exec() only: give the client that it is of';
  if (has(client, 'sendCommand')) {
    return 'a client whose sendCommand cannot be used: one in legacy mode, or the cluster form of a node-redis before 4.6';
  }
  return describe(client);
}

/**
 * A client that was ready once and is not now keeps what it is given for later, when nobody waits for it any more. One that
 * has never been is given time: it may just be about to connect.
 */
function watch(isReady: () => boolean): () => string | undefined {
  let seen = false;
  return () => {
    if (isReady()) seen = true;
    else if (seen) return 'the Redis client is not connected';
    return undefined;
  };
}

function has<K extends string>(value: unknown, name: K): value is Readonly<Record<K, (...args: never[]) => unknown>> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<Record<string, unknown>>)[name] === 'function'
  );
}
