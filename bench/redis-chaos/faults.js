import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, startSentinels } from '../../test/e2e/redis.ts';
import { SlowProxy } from '../../test/e2e/slow-proxy.ts';
import { ioredis } from './connections.js';

const observe = ioredis();
/** Until sentinels know of each other, and of the replica. */
const ACQUAINTED_MS = 2_500;
const FAILOVER_WITHIN_MS = 20_000;

/** One server, and a way to it that can be slow. */
async function single() {
  const server = await startRedis();
  const proxy = await SlowProxy.to(server);
  const observer = await observe(server);
  return {
    server,
    proxy,
    observer,
    at: server,
    async remove() {
      observer.end();
      await proxy.remove();
      server.resume();
      await server.remove();
    },
  };
}

async function behindProxy() {
  const world = await single();
  return { ...world, at: world.proxy };
}

/** The observer is the replica's, which will be the master. */
async function watched() {
  const sentinels = await startSentinels();
  await pause(ACQUAINTED_MS);
  const observer = await observe(sentinels.replica);
  return {
    master: sentinels.master,
    observer,
    at: { sentinels: sentinels.sentinels },
    async remove() {
      observer.end();
      await sentinels.remove();
    },
  };
}

async function promoted({ send }) {
  const endMs = performance.now() + FAILOVER_WITHIN_MS;
  while ((await send(['ROLE']))[0] !== 'master') {
    if (performance.now() > endMs) throw new Error('no failover');
    await pause(20);
  }
}

/** By name: what there is, and what happens to it, which is over when it is mended. */
export const FAULTS = {
  'killed, back after 1 s': {
    world: single,
    async happen({ server }) {
      await server.stop();
      await pause(1_000);
      await server.start();
    },
  },
  'paused for 1 s': {
    world: single,
    async happen({ server }) {
      server.pause();
      await pause(1_000);
      server.resume();
    },
  },
  '500 ms each way for 2 s': {
    world: behindProxy,
    async happen({ proxy }) {
      proxy.delayMs = 500;
      await pause(2_000);
      proxy.delayMs = 0;
    },
  },
  'connections cut six times': {
    world: behindProxy,
    async happen({ proxy }) {
      proxy.delayMs = 20;
      // At another moment of the way there and back each time.
      for (let i = 0; i < 6; i++) {
        await pause(240 + 9 * i);
        proxy.cut();
      }
      proxy.delayMs = 0;
    },
  },
  READONLY: {
    world: single,
    happen: ({ observer }) => spoilt(observer, ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']),
  },
  'memory full': {
    world: single,
    happen: ({ observer }) =>
      spoilt(observer, ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']),
  },
  'SCRIPT FLUSH': {
    world: single,
    async happen({ observer }) {
      for (let i = 0; i < 20; i++) {
        await observer.send(['SCRIPT', 'FLUSH']);
        await pause(20);
      }
    },
  },
  failover: {
    world: watched,
    async happen({ master, observer }) {
      await master.stop();
      await promoted(observer);
    },
  },
};

async function spoilt({ send }, spoil, mend) {
  await send(spoil);
  await pause(700);
  await send(mend);
}
