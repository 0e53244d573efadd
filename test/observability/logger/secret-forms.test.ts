import { registerSecret } from 'breakwater/core';
import { expect, it } from 'vitest';
import { logger } from './setup.js';

it('OBS-L10 masks a registered value as URLs, forms and JSON write it', () => {
  const secret = 'p@ss w0rd!\'(x)*~"\u00fc';
  using _ = registerSecret(secret);
  const { log, out } = logger();
  const url = new URL('https://example.org/');
  url.searchParams.set('q', secret);
  log.systemEvent('x', {
    form: new URLSearchParams({ q: secret }).toString(),
    url: url.href,
    whole: encodeURI(secret),
    part: encodeURIComponent(secret).toLowerCase(),
    twice: encodeURIComponent(encodeURIComponent(secret)),
    json: JSON.stringify(JSON.stringify({ q: secret })),
  });
  expect(out.texts.join('')).not.toMatch(/w0rd/i);
});

it('OBS-L9 hides names of ones own in texts too, flattened and in brackets', () => {
  const { log, out } = logger({ redact: { keys: ['iban', 'user.email'], show: ['nextPageToken'] } });
  log.systemEvent('iban=S1 nextPageToken=shown', {
    body: '{"iban":"S2"}',
    'user.email': 'S3',
    'data.iban': 'S4',
    'data[iban]': 'S5',
  });
  log.error('x', new Error('iban: S6'));
  expect(out.texts.join('')).not.toMatch(/S\d/);
  expect(out.texts.join('')).toContain('nextPageToken=shown');
});

it('OBS-L9 hides raw headers, values beside their names in any form, and names with a tail', () => {
  const { log, out } = logger();
  log.systemEvent('x', {
    rawHeaders: ['Host', 'example.org', 'X-Api-Key', 'S1', 'X-Auth-Token', 'S2'],
    aws: [{ Key: 'password', Value: 'S3' }],
    invalid: [
      { path: 'password', value: 'S4' },
      { property: 'password', value: 'S5' },
      { field: 'token', val: 'S6' },
    ],
    password2: 'S7',
    newPassword1: 'S7',
    passwordConfirmation: 'S7',
    passwordHash: 'S7',
    apiKey2: 'S7',
    secretValue: 'S7',
    token_hash: 'S7',
    authorizationHeader: 'S7',
    passcode: 'S7',
  });
  log.systemEvent('password2=S8 token_hash: S9');
  expect(out.texts.join('')).not.toMatch(/S\d/);
  expect(out.texts.join('')).toContain('example.org');
});

it('OBS-L10 masks a number of many digits before it is cut', () => {
  const digits = '9876543210'.repeat(3);
  using _ = registerSecret(digits);
  const { log, out } = logger();
  log.systemEvent('x', { big: BigInt(`1${'0'.repeat(16_370)}${digits}`) });
  expect(out.texts.join('')).not.toContain('98765');
});

it('OBS-L10 shows no registered value in a warning about operations', async () => {
  using _ = registerSecret('secret-operation');
  const { log, reported } = logger();
  const outer = log.startOperation('secret-operation');
  outer.run(() => log.startOperation('inner'));
  outer.end();
  await Promise.resolve();
  expect(String(reported[0])).not.toContain('secret-operation');
});
