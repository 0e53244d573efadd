import { wait } from './drivers/shared.js';

/** Longer than the lag of its clients. */
const DRAIN_MS = 1_000;

/** A stop written by hand, for this service alone: what a run looks like in which nothing fails. */
export const reference = {
  id: 'reference',
  module: import.meta.url,
  name: 'reference',
  async serve({ server, streams, sockets, listen }) {
    const sessions = new Set();
    server.on('session', (session) => {
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    await listen();
    process.once('SIGTERM', async () => {
      if (sessions.size === 0) server.prependListener('request', (_, response) => (response.shouldKeepAlive = false));
      await wait(DRAIN_MS);
      server.close(() => process.exit(0));
      for (const stream of streams) stream.end();
      for (const socket of sockets?.clients ?? []) socket.close(1001);
      for (const session of sessions) session.close();
      for (;;) {
        server.closeIdleConnections?.();
        await wait(10);
      }
    });
  },
};
