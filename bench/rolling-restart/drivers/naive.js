import { wait } from './shared.js';

export const naive = {
  id: 'naive',
  module: import.meta.url,
  name: '`server.close()`',
  version: '–',
  means: 'on SIGTERM `server.close()`, and `process.exit(0)` in its callback',
  byHand: 'a wait before it',
  async serve({ server, listen, delayMs }) {
    process.once('SIGTERM', () => {
      const close = () => server.close(() => process.exit(0));
      if (delayMs > 0) void wait(delayMs).then(close);
      else close();
    });
    await listen();
  },
};
