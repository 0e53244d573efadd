/** Libraries that are broken on purpose, each in another way. */

const driver = (id, declare) => ({ id, module: import.meta.url, name: id, lacks: {}, notes: {}, remarks: {}, declare });

/** Refuses everything, and says what it was given. */
export const strict = driver('strict', (keys) => ({
  read(env) {
    throw new Error(`cannot use ${JSON.stringify(env)}`, { cause: env });
  },
  warnings: () => [],
  pages: () => [JSON.stringify(keys)],
  print: (env) => [JSON.stringify(env)],
}));

/** Takes everything as it is, defaults too, and empties what it took it from. */
export const lax = driver('lax', (keys) => ({
  read(env) {
    const values = Object.fromEntries(Object.entries(keys).map(([key, spec]) => [key, env[key] || spec.default]));
    for (const key of Object.keys(env)) Reflect.deleteProperty(env, key);
    return { values, get: (key) => values[key] };
  },
  warnings: () => [],
  pages: () => ['nothing'],
  print: () => ['nothing'],
}));

const CONVERSIONS = {
  int: Number,
  float: Number,
  port: (text) => parseInt(text, 10),
  bool: (text) => text === 'true',
  json: (text) => JSON.parse(text),
  list: (text) => text.split(','),
  ids: (text) => text.split(',').map(Number),
};

/** Converts as the platform does, ends the process for what is no number, and shows what a parser throws. */
export const sloppy = driver('sloppy', (keys, { asShipped = false } = {}) => ({
  read(env) {
    const values = {};
    for (const [key, { type, default: fallback, parse = CONVERSIONS[type] ?? String, required }] of Object.entries(
      keys,
    )) {
      if (env[key] === undefined && required === true) throw new Error('something is missing');
      values[key] = env[key] === undefined ? fallback : parse(env[key]);
      if (asShipped && Number.isNaN(values[key])) process.exit(1);
    }
    return { values, get: (key) => values[key] };
  },
  warnings: () => ['something is old'],
  pages: () => [],
  print: (env) => [JSON.stringify(env)],
}));
