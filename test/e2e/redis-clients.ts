import type { RedisClient } from 'breakwater/redis';
import * as iovalkey from 'iovalkey';
import * as ioredis5 from 'ioredis';
import * as ioredis6 from 'ioredis-6';
import * as redis4 from 'redis-4';
import * as redis5 from 'redis';
import * as redis6 from 'redis-6';

/** A client of somebody's, connected. */
export interface Connected {
  readonly client: RedisClient;
  /** Sends any command, for tests. */
  readonly send: (...args: string[]) => PromiseLike<unknown>;
  readonly end: () => unknown;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** What the libraries have in common, which they type each in its own way. */
interface Ioredis {
  status: string;
  call(...args: string[]): Promise<unknown>;
  on(event: 'error', listener: () => void): void;
  disconnect(): void;
}
type IoredisClass = new (...options: unknown[]) => Ioredis;
interface IoredisLibrary {
  readonly Redis: unknown;
  readonly Cluster: unknown;
}
interface NodeRedis {
  isOpen: boolean;
  connect(): Promise<unknown>;
  on(event: 'error', listener: () => void): void;
  sendCommand(...args: unknown[]): Promise<unknown>;
  quit?(): Promise<unknown>;
  destroy?(): void;
  disconnect?(): unknown;
}

const quiet = (): void => undefined;

function ioredis(library: IoredisLibrary) {
  return ({ host, port }: Address): Connected => {
    const client = new (library.Redis as IoredisClass)({ host, port });
    return ioredisMade(client);
  };
}

function ioredisMade(client: Ioredis): Connected {
  client.on('error', quiet);
  return {
    client,
    send: (...args) => client.call(...args),
    end: () => {
      client.disconnect();
    },
  };
}

function nodeRedis(create: unknown) {
  return async ({ host, port }: Address): Promise<Connected> => {
    const client = (create as (options: object) => NodeRedis)({ url: `redis://${host}:${String(port)}` });
    client.on('error', quiet);
    await client.connect();
    return { client, send: (...args) => client.sendCommand(args), end: () => endOf(client) };
  };
}

async function endOf(client: NodeRedis): Promise<void> {
  if (client.destroy === undefined) await client.disconnect?.();
  else client.destroy();
}

/** Every client that a store is promised to take, on one server. */
export const CLIENTS: Readonly<Record<string, (address: Address) => Connected | Promise<Connected>>> = {
  'ioredis 5': ioredis(ioredis5),
  'ioredis 6': ioredis(ioredis6),
  iovalkey: ioredis(iovalkey),
  'node-redis 4': nodeRedis(redis4.createClient),
  'node-redis 5': nodeRedis(redis5.createClient),
  'node-redis 6': nodeRedis(redis6.createClient),
  'a pool of node-redis 5': nodeRedis((options: object) => redis5.createClientPool(options)),
};

/** Their cluster forms. */
export const CLUSTER_CLIENTS: Readonly<Record<string, (nodes: readonly Address[]) => Connected | Promise<Connected>>> =
  {
    'ioredis 5': (nodes) => ioredisMade(new (ioredis5.Cluster as unknown as IoredisClass)(nodes)),
    'ioredis 6': (nodes) => ioredisMade(new (ioredis6.Cluster as unknown as IoredisClass)(nodes)),
    iovalkey: (nodes) => ioredisMade(new (iovalkey.Cluster as unknown as IoredisClass)(nodes)),
    'node-redis 4': (nodes) => nodeCluster(redis4.createCluster, nodes),
    'node-redis 5': (nodes) => nodeCluster(redis5.createCluster, nodes),
    'node-redis 6': (nodes) => nodeCluster(redis6.createCluster, nodes),
  };

async function nodeCluster(create: unknown, nodes: readonly Address[]): Promise<Connected> {
  const rootNodes = nodes.map(({ host, port }) => ({ url: `redis://${host}:${String(port)}` }));
  const client = (create as (options: object) => NodeRedis)({ rootNodes });
  client.on('error', quiet);
  await client.connect();
  return { client, send: (...args) => client.sendCommand(args[1], false, args), end: () => endOf(client) };
}

/** Their sentinel forms. */
export const SENTINEL_CLIENTS: Readonly<Record<string, (nodes: readonly Address[]) => Connected | Promise<Connected>>> =
  {
    'ioredis 5': (sentinels) =>
      ioredisMade(new (ioredis5.Redis as unknown as IoredisClass)({ sentinels, name: 'main' })),
    'node-redis 5': async (nodes) => {
      const create = redis5.createSentinel as unknown as (options: object) => NodeRedis;
      const client = create({ name: 'main', sentinelRootNodes: nodes });
      client.on('error', quiet);
      await client.connect();
      return { client, send: (...args) => client.sendCommand(false, args), end: () => endOf(client) };
    },
  };
