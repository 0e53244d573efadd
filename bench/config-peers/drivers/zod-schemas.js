import * as z from 'zod';

/** As zod's documentation writes its codecs for texts. */
const int = z.codec(z.string().regex(z.regexes.integer), z.int(), {
  decode: (text) => parseInt(text, 10),
  encode: String,
});
const float = z.codec(z.string().regex(z.regexes.number), z.number(), { decode: parseFloat, encode: String });
const json = z.codec(z.string(), z.json(), {
  decode(text, context) {
    try {
      return JSON.parse(text);
    } catch ({ message }) {
      context.issues.push({ code: 'invalid_format', format: 'json_string', input: text, message });
      return z.NEVER;
    }
  },
  encode: (value) => JSON.stringify(value),
});

function ofType({ type, of, minLength, schemes, parse }) {
  switch (type) {
    case 'int':
      return int;
    case 'float':
      return float;
    case 'bool':
      return z.stringbool();
    case 'port':
      return int.pipe(z.int().min(1).max(65_535));
    case 'str':
      return minLength === undefined ? z.string() : z.string().min(minLength);
    case 'url':
      return schemes === undefined ? z.url() : z.url({ protocol: new RegExp(`^(?:${schemes.join('|')})$`) });
    case 'enum':
      return z.enum(of);
    case 'json':
      return json.readonly();
    case 'own':
      return z.string().transform(parse);
    default:
      throw new Error(`there is no schema for ${type}`);
  }
}

function schemaOf(spec) {
  const schema = ofType(spec);
  if (spec.default === undefined) return spec.required === true ? schema : schema.optional();
  // What is given before parsing is parsed; of the other types that would be another text than the value.
  return spec.type === 'str' ? schema.prefault(spec.default) : schema.default(spec.default);
}

/** The schema of each key. */
export function shapeOf(keys) {
  return Object.fromEntries(Object.entries(keys).map(([key, spec]) => [key, schemaOf(spec)]));
}

/** The schema of all keys, with the rules that are about several. */
export function objectOf(shape, keys) {
  let schema = z.object(shape);
  for (const [key, { requiredWhen }] of Object.entries(keys)) {
    if (requiredWhen === undefined) continue;
    const conditions = Object.entries(requiredWhen);
    schema = schema.refine(
      (values) => values[key] !== undefined || !conditions.every(([other, value]) => values[other] === value),
      { path: [key], error: 'is required here' },
    );
  }
  return schema;
}

/** What schemas have no part for. */
export const LACKS = {
  list: 'has no list within one text',
  'secret-mark': 'does not know secrets',
  'secret-file': 'reads no files',
  deprecation: 'warns of no deprecated key',
  misspelling: 'does not look for misspelt names',
};
