import { eventClient } from './events.js';
import { keepAliveClient, newConnectionClient } from './http1.js';
import { newSessionClient, sessionClient } from './http2.js';
import { echoClient } from './websocket.js';
import { World } from './world.js';

const STAYING = 60;
const COMING = 20;

/** Who stays connected, and who comes anew for each request. */
const CLIENTS = {
  h1: [keepAliveClient, newConnectionClient],
  h2: [sessionClient, newSessionClient],
  sse: [eventClient, newConnectionClient],
  ws: [echoClient, newConnectionClient],
};

/** Starts all clients of a protocol; `stop()` resolves when the last one has come to rest. */
export function startLoad(protocol, replica) {
  const world = new World(replica);
  const [staying, coming] = CLIENTS[protocol];
  const clients = [
    ...Array.from({ length: STAYING }, (_, i) => staying(world, i)),
    ...Array.from({ length: COMING }, () => coming(world)),
  ];
  const all = Promise.all(clients);
  return {
    tally: world.tally,
    route(next) {
      world.replica = next;
    },
    async stop() {
      world.stop();
      await all;
    },
  };
}
