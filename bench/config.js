import * as z from 'zod';
import { ConfigValidator } from '../dist/config.js';
import { convict } from './config-peers/drivers/convict.js';
import { envalid } from './config-peers/drivers/envalid.js';
import { t3Env } from './config-peers/drivers/t3-env.js';
import { objectOf, shapeOf } from './config-peers/drivers/zod-schemas.js';
import { compare, imports, repeated } from './harness.js';

const CALLS = 20;
const LEVELS = ['debug', 'info', 'warn', 'error'];
/** Types that all of them have, with a text of each. */
const KINDS = [
  [{ type: 'int', required: true }, (i) => String(i * 37)],
  [{ type: 'str', required: true }, (i) => `value number ${String(i)}`],
  [{ type: 'bool', default: false }, (i) => (i % 20 < 10 ? 'true' : 'off')],
  [{ type: 'int', default: 3 }, (i) => String(i)],
  [{ type: 'enum', of: LEVELS, required: true }, (i) => LEVELS[i % 4]],
  [{ type: 'float', default: 0.5 }, (i) => `${String(i)}.25`],
  [{ type: 'str', default: 'eu-west' }, () => undefined],
  [{ type: 'json', required: true }, (i) => `{"rows":${String(i)},"names":["a","b"]}`],
  [{ type: 'str', required: true, secret: true, minLength: 32 }, (i) => `${String(i)}-`.padEnd(40, 'correct-horse-')],
  [{ type: 'port', default: 8_000 }, (i) => String(8_000 + i)],
];
const KEYS = {};
const ENV = {};
for (let i = 0; i < 100; i++) {
  const [spec, text] = KINDS[i % KINDS.length];
  KEYS[`SHOP_SETTING_${String(i)}`] = spec;
  if (text(i) !== undefined) ENV[`SHOP_SETTING_${String(i)}`] = text(i);
}
const NAMES = Object.keys(KEYS);
/** What the environment of a container holds besides. */
const BESIDES = ['PATH', 'HOME', 'HOSTNAME', 'LANG', 'NODE_ENV', 'NODE_VERSION', 'PWD', 'SHLVL', 'TERM', 'TZ', 'USER'];
for (const name of BESIDES) ENV[name] = 'x';
for (let i = 0; i < 29; i++) ENV[`SERVICE_${String(i)}_SERVICE_HOST`] = '10.0.0.1';

function registered() {
  const config = new ConfigValidator({ env: ENV });
  for (const [key, { type, of, ...options }] of Object.entries(KEYS)) {
    if (type === 'port') config.register(key, 'int', { min: 1, max: 65_535, ...options });
    else config.register(key, type, of === undefined ? options : { choices: of, ...options });
  }
  return config;
}

function floor() {
  const seen = { length: 0 };
  return () => {
    for (const name of NAMES) seen.length += ENV[name]?.length ?? 0;
  };
}

function validation() {
  const config = registered();
  const schema = objectOf(shapeOf(KEYS), KEYS);
  const compiled = z.compile(schema);
  const [cleanEnv, createEnv, convicted] = [envalid, t3Env, convict].map((driver) => driver.declare(KEYS));
  const run = (call) => ({ calls: CALLS, run: repeated(call, CALLS) });
  return compare(
    'config, 100 keys of mixed types, 40 more that are set, each time anew',
    [
      { name: 'read 100 properties', role: 'floor', ...run(floor()) },
      { name: 'breakwater validateOrThrow', role: 'ours', ...run(() => config.validateOrThrow()) },
      {
        name: 'breakwater, registered anew as well',
        role: 'also',
        ...run(() => {
          using(registered());
        }),
      },
      { name: 'envalid', role: 'peer', ...run(() => cleanEnv.read(ENV)) },
      { name: 't3-env with zod', role: 'peer', ...run(() => createEnv.read(ENV)) },
      { name: 'convict', role: 'peer', ...run(() => convicted.read(ENV)) },
      { name: 'zod', role: 'peer', ...run(() => schema.parse(ENV)) },
      { name: 'zod, compiled', role: 'peer', ...run(() => compiled.parse(ENV)) },
    ],
    { mostNs: 1e6, text: 'at most 1 ms a validation' },
  );
}

/** What it registers to be masked is given back, or the process would be full of it. */
function using(config) {
  config.validateOrThrow();
  config[Symbol.dispose]();
}

function importCost() {
  const url = (name) => import.meta.resolve(name);
  return imports('config, import in a fresh process, best of many', [
    { name: 'an empty module', role: 'floor', urls: ['data:text/javascript,'] },
    { name: 'breakwater/config', role: 'ours', urls: [url('../dist/config.js')] },
    { name: 'envalid', role: 'peer', urls: [url('envalid')] },
    { name: 't3-env with zod', role: 'peer', urls: [url('@t3-oss/env-core'), url('zod')] },
    { name: 'convict', role: 'peer', urls: [url('convict')] },
    { name: 'zod', role: 'peer', urls: [url('zod')] },
  ]);
}

/** All groups; `true` when every budget is met. */
export async function configBench() {
  const met = [await validation(), importCost()];
  return met.every(Boolean);
}
