import { versionOf } from './version.js';
import { LACKS, objectOf, shapeOf } from './zod-schemas.js';

export const zod = {
  id: 'zod',
  module: import.meta.url,
  name: 'zod',
  version: versionOf('zod'),
  means:
    '`z.object().readonly()`; whole numbers, floats and JSON by the codecs of its documentation, booleans by `z.stringbool`,' +
    ' defaults of texts by `prefault`, which are parsed',
  lacks: {
    ...LACKS,
    pages: 'does not know secrets',
    'allow-missing': 'has no mode in which keys may be missing',
  },
  remarks: { S04: 'with the codec of its documentation' },
  notes: { R01: 'by a refinement of the whole object' },
  declare(keys) {
    const schema = objectOf(shapeOf(keys), keys).readonly();
    return {
      read(env) {
        const values = schema.parse(env);
        return { values, get: (key) => values[key] };
      },
    };
  },
};
