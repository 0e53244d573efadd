import * as lib from 'envalid';
import { versionOf } from './version.js';

const checked = (fits, problem) =>
  lib.makeValidator((text) => {
    if (!fits(text)) throw new lib.EnvError(problem);
    return text;
  });

/** Its documentation shows how an integer is made, with the platform's function. */
const int = lib.makeValidator((text) => {
  const value = parseInt(text, 10);
  if (Number.isNaN(value)) throw new lib.EnvError('no integer');
  return value;
});

function validator({ type, minLength, parse }) {
  switch (type) {
    case 'int':
      return int;
    case 'float':
      return lib.num;
    case 'enum':
      return lib.str;
    case 'own':
      return lib.makeValidator(parse);
    case 'str':
      if (minLength === undefined) return lib.str;
      return checked((text) => text.length >= minLength, `needs at least ${String(minLength)} characters`);
    default:
      // bool, port, url, json
      return lib[type];
  }
}

function declared(spec) {
  const options = {};
  if (spec.of !== undefined) options.choices = spec.of;
  if (spec.required !== true) options.default = spec.default;
  if (spec.requiredWhen !== undefined) {
    const conditions = Object.entries(spec.requiredWhen);
    options.requiredWhen = (env) => conditions.every(([key, value]) => env[key] === value);
  }
  return validator(spec)(options);
}

/** Throws what the default reporter prints, with the errors that it gets. */
function reporter({ errors }) {
  if (Object.keys(errors).length === 0) return;
  const lines = [];
  lib.envalidErrorFormatter(errors, (line) => lines.push(line));
  throw Object.assign(new Error(lines.join('\n')), { errors });
}

export const envalid = {
  id: 'envalid',
  module: import.meta.url,
  name: 'envalid',
  version: versionOf('envalid'),
  means:
    '`cleanEnv`; whole numbers by the `parseInt` validator that its documentation makes, floats by `num`, lengths by a' +
    ' validator of one line; a reporter that throws what the default one prints, but where ending the process is the question',
  lacks: {
    list: 'has no lists',
    schemes: 'does not choose between schemes',
    'secret-mark': 'does not know secrets',
    pages: 'makes no pages',
    'secret-file': 'reads no files',
    deprecation: 'has no deprecated keys',
    misspelling: 'does not look for misspelt names',
    'allow-missing': 'has no mode in which keys may be missing',
  },
  remarks: {
    E01: 'as documented',
    D01: 'as documented',
    D02: 'as documented',
    O03: 'as documented',
  },
  notes: {},
  declare(keys, { asShipped = false } = {}) {
    const specs = Object.fromEntries(Object.entries(keys).map(([key, spec]) => [key, declared(spec)]));
    return {
      read(env) {
        const values = lib.cleanEnv(env, specs, asShipped ? {} : { reporter });
        return { values, get: (key) => values[key] };
      },
    };
  },
};
