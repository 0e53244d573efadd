import { Agent, request } from 'node:http';
import { Failure, failureOfStatus } from './tally.js';

/** A client that hears nothing for so long gives up. It is longer than a replica may take to stop. */
const SILENCE_MS = 15_000;

/** One request, which rejects unless the whole answer is there. */
function ask(port, agent, { path, method, body, answer }) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent, path, method, timeout: SILENCE_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) reject(failureOfStatus(response.statusCode));
        else if (!response.complete || text !== answer) reject(new Failure('other', 'a truncated answer'));
        else resolve();
      });
    });
    asked.on('timeout', () => asked.destroy(new Failure('other', 'no answer')));
    asked.on('error', reject);
    asked.end(body);
  });
}

/** The connection of one client to whichever replica is current: one for each, kept until the replica is gone. */
export function ownAgent(world) {
  let replica;
  let agent;
  return () => {
    if (world.replica !== replica) {
      replica = world.replica;
      const made = new Agent({ keepAlive: true, maxSockets: 1 });
      replica.leftover(() => made.destroy());
      agent = made;
    }
    return { port: replica.port, agent };
  };
}

/** A client that keeps its connection. */
export function keepAliveClient(world) {
  const connection = ownAgent(world);
  return world.loop(() => {
    const { port, agent } = connection();
    return ask(port, agent, world.job());
  });
}

/** A client that opens a connection for each request. */
export function newConnectionClient(world) {
  return world.loop(() => ask(world.replica.port, false, world.job()));
}
