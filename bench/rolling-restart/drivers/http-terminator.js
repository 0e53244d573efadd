import { versionOf, wait } from './shared.js';

export const httpTerminator = {
  id: 'httpTerminator',
  module: import.meta.url,
  name: 'http-terminator',
  version: versionOf('http-terminator'),
  means:
    '`createHttpTerminator({ server })`, on SIGTERM `terminate()`, then `process.exit(0)`; it leaves both to its user',
  byHand: 'a wait before it',
  async serve({ server, listen, delayMs }) {
    const { createHttpTerminator } = await import('http-terminator');
    await listen();
    const terminator = createHttpTerminator({ server });
    process.once('SIGTERM', async () => {
      if (delayMs > 0) await wait(delayMs);
      await terminator.terminate();
      process.exit(0);
    });
  },
};
