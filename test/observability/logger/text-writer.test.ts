import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactText } from '../../../src/core/redaction.js';
import { sensitivityOf } from '../../../src/core/sensitive-names.js';
import { jsonText } from '../../../src/observability/logger/text-writer.js';
import { runs } from '../../runs.js';

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      'password',
      'token',
      'apiKey',
      'db_pass',
      'password2',
      'tokenHash',
      'apiKey_12',
      'secret.value',
      'https',
      'wss',
      'keyRaw',
      'otp',
      'cardCvv',
      'CVC',
      'cvv2',
      'secret_key_base',
      'tokenOld',
      'pwd_previous',
      'http',
      'env',
      'Authorization',
      'cookie',
      'Bearer',
      'basic',
      'DIGEST',
      'x',
      'T08',
      'ts',
    ],
    ...[
      '=',
      ':',
      '=>',
      '%3d',
      '%3A',
      '%5D',
      ' ',
      '\t',
      '\n',
      '"',
      "'",
      ',',
      ';',
      '\\',
      '[',
      ']',
      '{',
      '}',
      '/',
      '//',
      '://',
    ],
    ...[
      'postgres://',
      'https://',
      'u:p@h',
      '@',
      '-----BEGIN RSA PRIVATE KEY-----',
      '--',
      'é',
      '\u{1f600}',
      '\ud800',
      '\u0085',
      '7',
    ],
  ),
  fc.string({ maxLength: 6 }),
);
const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

const RULES = { anyName: false, of: sensitivityOf };

it('OBS-L10 the quick look never lets through what the search would mask', () => {
  fc.assert(
    fc.property(text, (given) => {
      const searched = redactText(given, 16_384);
      expect(JSON.parse(jsonText(given, undefined, RULES))).toBe(searched);
    }),
    { numRuns: runs(20_000) },
  );
});

it('cuts text that is too long', () => {
  expect(JSON.parse(jsonText('z'.repeat(16_385), undefined, undefined))).toHaveLength(16_384);
  expect(jsonText('z'.repeat(16_384), undefined, undefined)).not.toContain('…');
});
