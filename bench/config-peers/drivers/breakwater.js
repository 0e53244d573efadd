import { readFileSync } from 'node:fs';

const { ConfigValidator, Secret } = await import('../../../dist/config.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('dist/config.js is not there: run `npm run build` first');
  process.exit(2);
});
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

const PORT = { min: 1, max: 65_535 };

/** The library's type and options of one key. */
function declared({ type, of, parse, ...options }) {
  switch (type) {
    case 'port':
      return ['int', { ...PORT, ...options }];
    case 'ids':
      return ['list', { items: 'bigint', ...options }];
    case 'own':
      return [{ type: 'own', parse }, options];
    default:
      return [type, of === undefined ? options : { choices: of, ...options }];
  }
}

function declare(keys, { allowMissing = false } = {}) {
  const made = (env) => {
    const config = new ConfigValidator({ name: 'config', env, allowMissing });
    for (const [key, spec] of Object.entries(keys)) config.register(key, ...declared(spec));
    return config;
  };
  /** What is masked for one statement is none of the next one's business. */
  const using = (env, use) => {
    const config = made(env);
    try {
      return use(config);
    } finally {
      config[Symbol.dispose]();
    }
  };
  made({});
  return {
    read(env) {
      const values = using(env, (config) => config.validateOrThrow());
      return { values, get: (key) => (values[key] instanceof Secret ? values[key].reveal() : values[key]) };
    },
    warnings: (env) =>
      using(env, (config) => config.validate().warnings.map(({ key, message }) => `${key} ${message}`)),
    pages: () =>
      using({}, (config) => [JSON.stringify(config.toJSONSchema()), config.toMarkdown(), config.toEnvExample()]),
    print: (env) => using(env, (config) => [config.summary(), config.summary('json')]),
  };
}

export const breakwater = {
  id: 'breakwater',
  module: import.meta.url,
  name: 'Breakwater',
  version,
  means: '`ConfigValidator`, with its own types throughout',
  lacks: {},
  remarks: {},
  notes: { R02: 'in the warnings of `validate()` and `summary()`; `validateOrThrow()` does not tell' },
  declare,
};
