import { Server } from 'node:net';
import { versionOf } from './shared.js';

/** Its own server listens to the whole network, which it has no option for; no run of ours does that. */
function keepOnLoopback() {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (options, ...rest) {
    const open = options?.host === '0.0.0.0';
    return listen.call(this, open ? { ...options, host: '127.0.0.1' } : options, ...rest);
  };
}

export const lightship = {
  id: 'lightship',
  module: import.meta.url,
  name: 'lightship',
  version: versionOf('lightship'),
  means:
    '`createLightship()`, a shutdown handler that calls `server.close()`, `signalReady()`; its delay of 5 s is there by' +
    ' default only where it finds Kubernetes, and is 0 elsewhere, as here',
  byHand: '`shutdownDelay`',
  async serve({ server, listen, delayMs }) {
    keepOnLoopback();
    const { createLightship } = await import('lightship');
    await listen();
    const made = await (delayMs > 0 ? createLightship({ shutdownDelay: delayMs }) : createLightship());
    made.registerShutdownHandler(() => {
      server.close();
    });
    made.signalReady();
  },
};
