import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The built library: `dist/` of this project, unless `BREAKWATER_DIST` names the folder of another build. */
const { BREAKWATER_DIST } = process.env;
const dist =
  BREAKWATER_DIST === undefined ? new URL('../../dist/', import.meta.url) : pathToFileURL(`${BREAKWATER_DIST}/`);

const load = (name) =>
  import(new URL(`${name}.js`, dist).href).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.error(`${name}.js is not in ${dist.pathname}: run \`npm run build\` first`);
    process.exit(2);
  });

export const resilience = { ...(await load('circuit-breaker')), ...(await load('resilience')) };
export const testing = await load('testing');
export const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
