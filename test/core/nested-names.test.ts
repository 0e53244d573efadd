import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactText } from '../../src/core/redaction.js';
import { sensitivityOf } from '../../src/core/sensitive-names.js';
import { jsonText } from '../../src/observability/logger/text-writer.js';

const RULES = { anyName: false, of: sensitivityOf };

describe('a name of a secret behind another one', () => {
  it.each([
    ['Bad credentials: password: hunter2X', 'Bad credentials: [secret]'],
    ['invalid token: password: hunter2X at /a.js:1', 'invalid token: [secret] at /a.js:1'],
    ['credentials:\n  token: hunter2X\nuser: bob', 'credentials:\n  [secret]\nuser: bob'],
    ['secrets:\n  db_password: hunter2X', 'secrets:\n  [secret]'],
    ['secret: api_key: hunter2X', 'secret: [secret]'],
    ['password= token= hunter2X next', 'password= [secret] next'],
    ['credentials: token: password: hunter2X next', 'credentials: [secret] next'],
    ['credentials: "password" : "a hunter2X" next', 'credentials: [secret] next'],
    [String.raw`"credentials: \"password\": \"a hunter2X\", \"n\": 1"`, String.raw`"credentials: [secret], \"n\": 1"`],
    ['credentials: user[password] = hunter2X', 'credentials: [secret]'],
    ['credentials: [password]: hunter2X', 'credentials: [secret]'],
    ['credentials: /body/password: hunter2X', 'credentials: [secret]'],
    ['password=token:"a hunter2X" next', 'password=[secret] next'],
    ['invalid token: cookie: a=b; c=hunter2X', 'invalid token: [secret]'],
    ['authorization: "token": "a hunter2X"\nnext', 'authorization: [secret]\nnext'],
    ['Bearer token: hunter2X next', 'Bearer [secret] next'],
    ['access_token=abcdefToken==', 'access_token=[secret]'],
  ])('%j', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it.each([
    ['password="token: a" next', 'password=[secret] next'],
    ['{"password":"token","user":"bob"}', '{"password":[secret],"user":"bob"}'],
    ['password: token\nuser: bob', 'password: [secret]\nuser: bob'],
    ['credentials:\n  token:\n\n\n\nand then', 'credentials:\n  [secret]\n\n\n\nand then'],
  ])('is hidden alone when there is nothing behind it: %j', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it.each(['the key: value pairs', 'Error: token expired: retry', 'errors: name: required', 'key: value: 3'])(
    'is not found in ordinary text: %s',
    (text) => {
      expect(redactText(text)).toBe(text);
    },
  );

  it('never shows what belongs to the innermost, in messages and lines alike', () => {
    const name = fc.constantFrom('credentials', 'token', 'db_password', 'x-api-key', 'cookie', 'secrets', 'user[pwd]');
    const quoted = fc.constantFrom(
      (text: string) => text,
      JSON.stringify,
      (text: string) => `'${text}'`,
    );
    const separator = fc.constantFrom(':', ': ', '=', ' = ', ' => ', ':\n  ', '\t: ');
    const part = fc.tuple(name, quoted, separator).map(([text, quote, between]) => quote(text) + between);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), quoted, fc.boolean(), (parts, quote, isScheme) => {
        const text = `${isScheme ? 'Bearer ' : 'x '}${parts.join('')}${quote('hunter2X')} next`;
        expect(redactText(text)).not.toContain('hunter2X');
        expect(jsonText(text, undefined, RULES)).not.toContain('hunter2X');
      }),
      { numRuns: 3_000 },
    );
  });
});
