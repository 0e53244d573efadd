import { versionOf, wait } from './shared.js';

export const httpGracefulShutdown = {
  id: 'httpGracefulShutdown',
  module: import.meta.url,
  name: 'http-graceful-shutdown',
  version: versionOf('http-graceful-shutdown'),
  means: '`gracefulShutdown(server)`',
  byHand: '`preShutdown`',
  async serve({ server, listen, delayMs }) {
    const { default: gracefulShutdown } = await import('http-graceful-shutdown');
    await listen();
    if (delayMs > 0) gracefulShutdown(server, { preShutdown: () => wait(delayMs) });
    else gracefulShutdown(server);
  },
};
