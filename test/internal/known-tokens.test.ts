import { describe, expect, it } from 'vitest';
import { holdsToken, maskTokens } from '../../src/internal/known-tokens.js';

const TOKENS = [
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2ln',
  `ghp_${'a1B2'.repeat(9)}`,
  `gho_${'a1B2'.repeat(9)}`,
  `github_pat_${'a1B2_'.repeat(8)}`,
  `glpat-${'a1B2-'.repeat(4)}`,
  `npm_${'a1B2'.repeat(9)}`,
  `sk_live_${'a1B2'.repeat(6)}`,
  `rk_test_${'a1B2'.repeat(6)}`,
  `whsec_${'a1B2'.repeat(8)}`,
  `xoxb-${'1234-'.repeat(3)}abcdef`,
  `AKIA${'A1B2'.repeat(4)}`,
  `AIza${'a1B2-'.repeat(7)}`,
  `SG.${'a1B2'.repeat(5)}.${'a1B2'.repeat(10)}`,
  `sk-proj-${'a1B2'.repeat(8)}`,
];

describe('tokens that are known by their form', () => {
  it.each(TOKENS)('%s is masked wherever it stands', (token) => {
    for (const [before, after] of [
      ['', ''],
      ['refused: ', ' (401)'],
      ['"', '"'],
      ["DEFAULT '", "'::text"],
      ['=', '&x=1'],
    ] as const)
      expect(maskTokens(`${before}${token}${after}`)).toBe(`${before}[secret]${after}`);
    expect(holdsToken(token)).toBe(true);
  });

  it('a private key is, also when it is cut off', () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';
    expect(maskTokens(`a ${key} b ${key} c`)).toBe('a [secret] b [secret] c');
    expect(maskTokens(`a ${key.slice(0, 36)}`)).toBe('a [secret]');
  });

  it.each([
    'npm_config_registry',
    'sk-this-is-only-a-long-name-of-a-thing',
    'task_live_migration_of_everything',
    'AKIAN',
    'a-package-with-xoxb-in-it',
    'ghp_short',
    '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----',
    'disk-0123456789abcdefghijklm',
  ])('%s is none', (text) => {
    expect(maskTokens(text)).toBe(text);
    expect(holdsToken(text)).toBe(false);
  });

  it('long texts take no long time', () => {
    const texts = ['eyJ', 'sk-', 'SG.aaaaaaaaaaaaaaaaaaaa', '-----BEGIN PRIVATE KEY-----', 'xoxb-', 'sk-a-'];
    const start = performance.now();
    for (const text of texts) maskTokens(text.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
