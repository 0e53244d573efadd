import lib from 'convict';
import { versionOf } from './version.js';

let formats = 0;

/** Formats are known to the whole library, so each gets a name of its own. */
function ownFormat(coerce) {
  const name = `own-${String(++formats)}`;
  lib.addFormat({ name, validate: () => undefined, coerce });
  return name;
}

const FORMATS = { int: 'int', float: Number, bool: Boolean, port: 'port', list: Array, ids: Array, json: Object };

function format({ type, of, minLength, parse }) {
  if (type === 'enum') return of;
  if (type === 'own') return ownFormat(parse);
  if (type !== 'str') return FORMATS[type];
  if (minLength === undefined) return String;
  return (value) => {
    if (typeof value !== 'string' || value.length < minLength)
      throw new Error(`needs at least ${String(minLength)} characters`);
  };
}

function declared(key, spec) {
  return {
    env: key,
    format: format(spec),
    // A key without a default is one whose default its format does not accept.
    default: spec.default ?? null,
    nullable: spec.default === undefined && spec.required !== true,
    sensitive: spec.secret === true,
  };
}

export const convict = {
  id: 'convict',
  module: import.meta.url,
  name: 'convict',
  version: versionOf('convict'),
  means:
    '`convict()` and `validate({ allowed: "strict" })`, with its own formats; secrets are `sensitive`, lengths are checked by' +
    ' a format of one line, own parsers are the `coerce` of a format',
  lacks: {
    url: 'has its format for URLs in a package of its own',
    schemes: 'has its format for URLs in a package of its own',
    condition: 'has no key that depends on another',
    'secret-file': 'reads files of settings, not of one value',
    deprecation: 'has no deprecated keys',
    misspelling: 'looks for unknown names in files alone',
    'allow-missing': 'has no mode in which keys may be missing',
  },
  remarks: {},
  notes: {},
  declare(keys) {
    const schema = Object.fromEntries(Object.entries(keys).map(([key, spec]) => [key, declared(key, spec)]));
    const made = (env) => lib(schema, { env, args: [] });
    return {
      read(env) {
        const config = made(env).validate({ allowed: 'strict' });
        return {
          get values() {
            return config.getProperties();
          },
          get: (key) => config.get(key) ?? undefined,
        };
      },
      pages: () => [made({}).getSchemaString()],
      print: (env) => [made(env).toString()],
    };
  },
};
