import { versionOf, wait } from './shared.js';

export const terminus = {
  id: 'terminus',
  module: import.meta.url,
  name: 'terminus',
  version: versionOf('@godaddy/terminus'),
  means: '`createTerminus(server, { healthChecks })`',
  byHand: '`beforeShutdown`',
  async serve({ server, listen, delayMs }) {
    const { createTerminus } = (await import('@godaddy/terminus')).default;
    const healthChecks = { '/healthcheck': () => Promise.resolve() };
    createTerminus(server, delayMs > 0 ? { healthChecks, beforeShutdown: () => wait(delayMs) } : { healthChecks });
    await listen();
  },
};
