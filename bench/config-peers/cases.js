import { SECRET } from './check.js';

const parsed = (parse) => ({
  keys: { CODE: { type: 'own', parse, required: true, secret: true } },
  env: { CODE: SECRET },
});

/** What a process of its own reads, since it might end it. */
export const CASES = {
  wrong: { keys: { COUNT: { type: 'int', required: true } }, env: { COUNT: 'many' }, how: { asShipped: true } },
  throws: parsed((text) => {
    throw new Error(`bad ${text}`, { cause: text });
  }),
  later: parsed(async (text) => {
    throw new Error(`bad ${text}`, { cause: text });
  }),
};
