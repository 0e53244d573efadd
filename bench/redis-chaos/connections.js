import { Redis } from 'ioredis';
import { createClient, createSentinel } from 'redis';

/** What a client of each library needs to be open, and to be ended. `to` is an address, or has those of sentinels. */
const MAIN = 'main';
const quiet = () => undefined;

/** @param options - as the library calls them. */
export function ioredis(options = {}) {
  return async ({ sentinels, host, port }) => {
    const where = sentinels === undefined ? { host, port } : { sentinels: sentinels.map(addressOf), name: MAIN };
    const client = new Redis({ ...where, ...options });
    client.on('error', quiet);
    if (client.status !== 'ready') await new Promise((resolve) => client.once('ready', resolve));
    return {
      client,
      send: ([name, ...args]) => client.call(name, ...args),
      end: () => client.disconnect(),
    };
  };
}

/** @param options - as the library calls them. */
export function nodeRedis(options = {}) {
  return async ({ sentinels, host, port }) => {
    const client =
      sentinels === undefined
        ? createClient({ url: `redis://${host}:${String(port)}`, ...options })
        : createSentinel({ name: MAIN, sentinelRootNodes: sentinels.map(addressOf), nodeClientOptions: options });
    client.on('error', quiet);
    await client.connect();
    return {
      client,
      send: (args) => (sentinels === undefined ? client.sendCommand(args) : client.sendCommand(false, args)),
      end: () => client.destroy(),
    };
  };
}

function addressOf({ host, port }) {
  return { host, port };
}
