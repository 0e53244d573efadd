import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The built library: `dist/` of this project, unless `BREAKWATER_DIST` names the folder of another build. */
const { BREAKWATER_DIST } = process.env;
const dist =
  BREAKWATER_DIST === undefined ? new URL('../../../dist/', import.meta.url) : pathToFileURL(`${BREAKWATER_DIST}/`);
const library = new URL('lifecycle.js', dist);
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

export const breakwater = {
  id: 'breakwater',
  module: import.meta.url,
  name: 'Breakwater',
  version,
  means: '`new ApplicationLifecycle()`, `attach(server)`, with WebSockets `attach(webSocketServer)` as well, `start()`',
  built: () => existsSync(library),
  async serve({ server, sockets, listen }) {
    const { ApplicationLifecycle } = await import(library);
    const lifecycle = new ApplicationLifecycle();
    lifecycle.attach(server);
    if (sockets !== undefined) lifecycle.attach(sockets);
    await listen();
    await lifecycle.start();
  },
};
