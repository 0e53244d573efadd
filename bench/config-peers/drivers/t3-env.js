import { createEnv } from '@t3-oss/env-core';
import { versionOf } from './version.js';
import { LACKS, objectOf, shapeOf } from './zod-schemas.js';

export const t3Env = {
  id: 't3Env',
  module: import.meta.url,
  name: 't3-env',
  version: versionOf('@t3-oss/env-core'),
  means: '`createEnv` with the schemas of zod as below and `emptyStringAsUndefined`',
  lacks: { ...LACKS, pages: 'makes no pages' },
  remarks: { P01: 'with `emptyStringAsUndefined`', S04: 'with the codec of the documentation of zod' },
  notes: { R01: 'by a schema for all keys together', E03: 'with `emptyStringAsUndefined` off, which is for all keys' },
  declare(keys, { allowMissing = false, emptyIsValue = false } = {}) {
    const server = shapeOf(keys);
    const isRuled = Object.values(keys).some(({ requiredWhen }) => requiredWhen !== undefined);
    return {
      read(env) {
        const values = createEnv({
          server,
          runtimeEnv: env,
          emptyStringAsUndefined: !emptyIsValue,
          skipValidation: allowMissing,
          ...(isRuled ? { createFinalSchema: (shape) => objectOf(shape, keys) } : {}),
        });
        return { values, get: (key) => values[key] };
      },
    };
  },
};
