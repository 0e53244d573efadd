import { request } from 'node:http';
import { ownAgent } from './http1.js';
import { Failure, failureOfStatus } from './tally.js';

/** An event is due every 100 ms; a stream that is silent for so long is dead. */
const SILENCE_MS = 3_000;

/** Resolves when the stream ends as a stream should: after a whole event, and with the last chunk of its encoding. */
function listen(world, { port, agent }) {
  return new Promise((resolve, reject) => {
    const headers = { accept: 'text/event-stream' };
    const asked = request(
      { host: '127.0.0.1', port, agent, path: '/events', headers, timeout: SILENCE_MS },
      (response) => {
        let last = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          last = (last + chunk).slice(-2);
        });
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode !== 200) reject(failureOfStatus(response.statusCode));
          else if (!response.complete || last !== '\n\n') reject(new Failure('other', 'a truncated stream'));
          else resolve();
        });
      },
    );
    const forget = world.onStop(() => asked.destroy());
    asked.on('close', forget);
    asked.on('timeout', () => asked.destroy(new Failure('other', 'a silent stream')));
    asked.on('error', reject);
    asked.end();
  });
}

/** A client that listens to a stream, and to another one when it ends. */
export function eventClient(world) {
  const connection = ownAgent(world);
  return world.loop(() => listen(world, connection()));
}
