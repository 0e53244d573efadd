import { Buffer } from 'node:buffer';
import { wait } from './drivers/shared.js';

/** Longer than the lag of its clients. */
const DRAIN_MS = 1_000;
const LONGEST_LEAVE_MS = 3_000;
const STEP_MS = 10;
/**
 * GOAWAY with no error and the highest stream there can be: a server goes, and says later which request was the last (RFC
 * 9113, 6.8). The platform's `goaway()` would have it drop what is on its way, so it is written past it.
 */
const NOTICE = Buffer.from('0000080700000000007fffffff00000000', 'hex');

/** A stop written by hand, for this service alone: what a run looks like in which nothing fails. */
export const reference = {
  id: 'reference',
  module: import.meta.url,
  name: 'reference',
  async serve({ server, streams, sockets, listen }) {
    const connections = new Set();
    const sessions = new Set();
    server.prependListener('connection', (socket) => {
      connections.add(socket);
      socket.on('close', () => connections.delete(socket));
    });
    server.on('session', (session) => {
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    await listen();
    process.once('SIGTERM', async () => {
      if (sessions.size === 0) server.prependListener('request', (_, response) => (response.shouldKeepAlive = false));
      await wait(DRAIN_MS);
      if (sessions.size > 0) for (const socket of connections) socket.write(NOTICE);
      for (let ms = 0; sessions.size > 0 && ms < LONGEST_LEAVE_MS; ms += STEP_MS) await wait(STEP_MS);
      server.close(() => process.exit(0));
      for (const stream of streams) stream.end();
      for (const socket of sockets?.clients ?? []) socket.close(1001);
      for (const session of sessions) session.close();
      for (;;) {
        server.closeIdleConnections?.();
        await wait(STEP_MS);
      }
    });
  },
};
