import { createRedisStore, type RedisClient } from 'breakwater/redis';
import { describe, expect, it } from 'vitest';
import { BUCKET, FakeServer } from './setup.js';

const NOT_CONNECTED = 'the Redis client is not connected';

/** Stand-ins with what each client has, as far as a store looks. */
function clients(server: FakeServer) {
  const sent: unknown[][] = [];
  const io = {
    status: 'ready',
    call(...args: string[]) {
      sent.push([this === io]);
      return server.send(args);
    },
    // ioredis has this as well, for commands of its own making.
    sendCommand: () => Promise.reject(new Error('not this one')),
  };
  const node = {
    isOpen: true,
    isReady: true,
    sendCommand(args: string[]) {
      sent.push([this === node]);
      return server.send(args);
    },
  };
  const pool = {
    isOpen: true,
    sendCommand(args: string[]) {
      sent.push([this === pool]);
      return server.send(args);
    },
  };
  const cluster = {
    isOpen: true,
    nodeClient: () => undefined,
    sendCommand(key: string, readonly: boolean, args: string[]) {
      sent.push([this === cluster, key, readonly]);
      return server.send(args);
    },
  };
  const sentinel = {
    isOpen: true,
    isReady: true,
    getMasterNode: () => undefined,
    sendCommand(readonly: boolean, args: string[]) {
      sent.push([this === sentinel, readonly]);
      return server.send(args);
    },
  };
  const bare = {
    send(args: readonly string[], { key }: { readonly key: string }) {
      sent.push([this === bare, key]);
      return server.send(args);
    },
  };
  return { sent, io, node, pool, cluster, sentinel, bare };
}

/** What answers nobody who waits for it. */
function chain(): void {
  return undefined;
}

const UNANSWERED: readonly (readonly [name: string, client: object, message: RegExp])[] = [
  ['a pipeline of ioredis', { call: chain, sendCommand: chain, exec: chain }, /pipeline or transaction.*exec/],
  ['a transaction of node-redis', { sendCommand: chain, exec: chain }, /pipeline or transaction.*exec/],
  ['the legacy form of node-redis 5', { sendCommand: chain }, /legacy mode/],
  [
    'the legacy mode of node-redis 4',
    { isOpen: true, options: { legacyMode: true }, sendCommand: chain },
    /legacy mode/,
  ],
];

describe('the client of a Redis store', () => {
  it.each(['io', 'node', 'pool', 'cluster', 'sentinel', 'bare'] as const)(
    'is known by what it has: %s',
    async (name) => {
      const server = new FakeServer();
      const all = clients(server);
      const store = createRedisStore(all[name] as RedisClient, { clock: server.clock });
      expect((await store.take([BUCKET]))[0]?.allowed).toBe(true);
      const key = expect.stringMatching(/^\{breakwater\}b[\w-]{8}s$/) as string;
      const how = {
        io: [true],
        node: [true],
        pool: [true],
        cluster: [true, key, false],
        sentinel: [true, false],
        bare: [true, key],
      };
      expect(all.sent.at(-1)).toEqual(how[name]);
    },
  );

  it.each([
    ['io', 'status', 'reconnecting', 'ready'],
    ['node', 'isReady', false, true],
    ['pool', 'isOpen', false, true],
    ['cluster', 'isOpen', false, true],
    ['sentinel', 'isReady', false, true],
  ] as const)('TRA-52: is given nothing while it is not connected: %s', async (name, field, away, back) => {
    const server = new FakeServer();
    const all = clients(server);
    const client = all[name] as unknown as Record<string, unknown>;
    const store = createRedisStore(all[name] as RedisClient, { clock: server.clock });
    // One that has just been made may be about to connect.
    client[field] = away;
    await store.take([BUCKET]);
    client[field] = back;
    await store.take([BUCKET]);
    const before = all.sent.length;
    client[field] = away;
    await expect(store.take([BUCKET])).rejects.toThrow(NOT_CONNECTED);
    expect(all.sent).toHaveLength(before);
    client[field] = back;
    expect(await store.take([BUCKET])).toHaveLength(1);
  });

  it.each([[undefined], [null], ['redis://127.0.0.1'], [{}], [{ status: 'ready' }], [{ call: () => undefined }], [42]])(
    'is refused when it is none: %j',
    (client) => {
      expect(() => createRedisStore(client as never)).toThrow(
        expect.objectContaining({
          code: 'BREAKWATER_INVALID_ARGUMENT',
          message: expect.stringMatching(/client must be one of node-redis 4 or newer, ioredis 5 or newer/) as string,
        }),
      );
    },
  );

  it.each(UNANSWERED)('is refused when what it sends is never answered: %s', (_, client, message) => {
    expect(() => createRedisStore(client as never)).toThrow(
      expect.objectContaining({
        code: 'BREAKWATER_INVALID_ARGUMENT',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  it('is told when its send returns no promise', async () => {
    const store = createRedisStore({ send: () => 'OK' } as never);
    await expect(store.take([BUCKET])).rejects.toThrow('createRedisStore: send must return a promise, got a string');
  });
});
