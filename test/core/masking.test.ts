import { registerSecret } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { redactName, redactText, redactValue } from '../../src/core/redaction.js';
import { isSensitiveKey } from '../../src/core/sensitive-names.js';

describe('header lines', () => {
  it.each([
    ['authorization: Token 9944b09199c62bcf', 'authorization: [secret]'],
    ['Authorization: ApiKey abcdef123456', 'Authorization: [secret]'],
    ['Authorization: Negotiate YIIabcdef\nHost: x', 'Authorization: [secret]\nHost: x'],
    ['Proxy-Authorization: Basic dXNlcjpwYXNz', 'Proxy-Authorization: [secret]'],
    ['Authorization: Digest username="bob", response="6629fae49393"', 'Authorization: [secret]'],
    ['Authorization: AWS4-HMAC-SHA256 Credential=AKIAI/2024, Signature=fe5f80', 'Authorization: [secret]'],
    ['Cookie: theme=dark; session=deadbeefcafe', 'Cookie: [secret]'],
    ['set-cookie: sid=deadbeefcafe; Path=/\r\nVary: *', 'set-cookie: [secret]\r\nVary: *'],
    ['{"authorization":"Token 9944b09199","host":"x"}', '{"authorization":[secret],"host":"x"}'],
    ["headers: { authorization: 'Token 9944b0', host: 'x' }", "headers: { authorization: [secret], host: 'x' }"],
    ['{"set-cookie":["sid=dead; Path=/","b=c"],"n":1}', '{"set-cookie":[secret],"n":1}'],
    [
      '{"message":"sent authorization: Token abc","status":500}',
      '{"message":"sent authorization: [secret]","status":500}',
    ],
    ["curl -H 'authorization: Token abc def' http://h/", "curl -H 'authorization: [secret]' http://h/"],
    [String.raw`"{\"authorization\":\"Token abc\",\"n\":1}"`, String.raw`"{\"authorization\":[secret],\"n\":1}"`],
    ['sent Digest username="bob", realm="r", response="6629fae4"', 'sent Digest [secret]'],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

describe('schemes and names', () => {
  it.each([
    ['Bearer 1|abcSECRETdef', 'Bearer [secret]'],
    ['Bearer abc:defSECRET', 'Bearer [secret]'],
    ['Bearer abc%2BSECRET', 'Bearer [secret]'],
    ['Bearer "abcdefSECRET" sent', 'Bearer [secret]" sent'],
    ['bearer: abcdSECRET', 'bearer: [secret]'],
    ['x-api-key: sk_live_SECRET', 'x-api-key: [secret]'],
    ['X-Api-Key=sk_live_SECRET', 'X-Api-Key=[secret]'],
    ['client-secret: SECRET', 'client-secret: [secret]'],
    ['private-key=SECRET', 'private-key=[secret]'],
    ['access-key: SECRET', 'access-key: [secret]'],
    ['session-id=SECRET', 'session-id=[secret]'],
    ['secretKey=SECRET', 'secretKey=[secret]'],
    ['AccountName=a;AccountKey=SECRET==;EndpointSuffix=b', 'AccountName=a;AccountKey=[secret];EndpointSuffix=b'],
    ['db_pass=SECRET', 'db_pass=[secret]'],
    ['Signature=SECRET', 'Signature=[secret]'],
    ['tokens: [ "a", "SECRET" ], n: 1', 'tokens: [secret], n: 1'],
    [String.raw`"{\"tokens\":[\"a\",\"SECRET\"],\"n\":1}"`, String.raw`"{\"tokens\":[secret],\"n\":1}"`],
    ['{"tokens":["a","SECRET', '{"tokens":[secret]'],
    ['token=>SECRET', 'token=>[secret]'],
    ['user[password]=SECRET&n=1', 'user[password]=[secret]&n=1'],
    ['user%5Bpassword%5D=SECRET', 'user%5Bpassword%5D=[secret]'],
    ['{"user[password]":"SECRET"}', '{"user[password]":[secret]}'],
    [`user["password"]=SECRET`, `user["password"]=[secret]`],
    ['password[0]=SECRET&n=1', 'password[0]=[secret]&n=1'],
    ['password[]=SECRET', 'password[]=[secret]'],
    ['user[password][12]=SECRET', 'user[password][12]=[secret]'],
    ['user%5Bpassword%5D%5B0%5D=SECRET', 'user%5Bpassword%5D%5B0%5D=[secret]'],
    ['password%3A%20SECRET', 'password%3A[secret]'],
    ['password="abc"SECRET next', 'password=[secret] next'],
    ["['authorization', 'Token SECRET', 'host', 'x']", "['authorization', [secret], 'host', 'x']"],
    ['key -----BEGIN RSA PRIVATE KEY-----\nMIIESECRET\n-----END RSA PRIVATE KEY----- end', 'key [secret] end'],
    ['-----BEGIN PRIVATE KEY-----\nMIIESECRET', '[secret]'],
    ['sig=SECRET', 'sig=[secret]'],
    ['?token%3DSECRET', '?token%3D[secret]'],
    ['[{"name":"password","value":"SECRET"},{"name":"n"}]', '[{"name":"password","value":[secret]},{"name":"n"}]'],
    ["{ key: 'DB_PASSWORD', value: 'a SECRET' }", "{ key: 'DB_PASSWORD', value: [secret] }"],
    [
      String.raw`"[{\"name\":\"token\",\"value\":\"SECRET\"}]"`,
      String.raw`"[{\"name\":\"token\",\"value\":[secret]}]"`,
    ],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

describe('values without quotes', () => {
  it.each([
    ['password=(S3cret! next', 'password=[secret] next'],
    ['pwd={my;secretpass}', 'pwd=[secret]'],
    ['password=a,bSECRET next', 'password=[secret] next'],
    ['password=a;bSECRET', 'password=[secret]'],
    ['password=&SECRET', 'password=[secret]'],
    ['password=a"bSECRET', 'password=[secret]'],
    ['password = SECRET', 'password = [secret]'],
    ['{"token":12345,"user":"bob"}', '{"token":[secret],"user":"bob"}'],
    ['[{"password":null},{"user":"bob"}]', '[{"password":null},{"user":"bob"}]'],
    ['{"message":"password=abc","user":"bob"}', '{"message":"password=[secret]","user":"bob"}'],
    ['f(token=abc) failed', 'f(token=[secret]) failed'],
    ['?token=abc&user=bob', '?token=[secret]&user=bob'],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

describe('URLs', () => {
  const long = 'J'.repeat(1_990);
  it.each([
    ['postgres://user:pa/ssSECRET@host/db', 'postgres://[secret]@host/db'],
    ['postgres://u:p@a/ssSECRET@host/db', 'postgres://[secret]@host/db'],
    ['postgres://user:a#SECRET@h/db', 'postgres://[secret]@h/db'],
    ['mongodb+srv://u:SECRET@h,h2/db', 'mongodb+srv://[secret]@h,h2/db'],
    [`https://x:${long}@h/y`, 'https://[secret]@h/y'],
    ['two: a://u:x@h b://u:y@h', 'two: a://[secret]@h b://[secret]@h'],
    ['https://u:SECRET@h/a@b', 'https://[secret]@h/a@b'],
  ])('%.60s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

it.each([
  'keyboard=qwerty',
  'monkey: 3',
  'the token expired',
  'passed: 12',
  'compass: north, bypass=1',
  'https://example.com/a@b',
  'https://example.com:8080/a@b',
  'http://[::1]:8080/a@b',
  '{"url":"https://example.com","email":"a@b.c"}',
  'GET /health/live 200 in 3 ms; response: 200',
  'tokens_used=5',
  'mail bob@example.com, key: 3',
  'the response="ok" came',
  '/files/a:b/c=d',
  "missing: 'token', 'user'",
  '{"required":[["password","email"],["token"]]}',
  '{"field":"password","values":3}',
  'signal=1, author=bob',
])('leaves ordinary text as it is: %s', (text) => {
  expect(redactText(text)).toBe(text);
});

describe('the edge of very long text', () => {
  it('shows no half of a registered secret, however much before it was masked', () => {
    using _registered = registerSecret('correct-horse-battery-staple');
    const edge = `token=${'A'.repeat(20_180)} correct-horse-battery-staple`;
    for (let shift = 0; shift < 60; shift++) {
      expect(redactText(`${'B'.repeat(shift)}${edge}`, 200)).not.toMatch(/corr|horse|batt/);
      expect(
        redactText(`${'B'.repeat(shift)}token=${'A'.repeat(365)} correct-horse-battery-staple`, 200, 200),
      ).not.toMatch(/corr|horse|batt/);
    }
  });

  it('shows no half of what only its end would give away', () => {
    const text = `token=${'A'.repeat(22_150)} https://u:hunter2${'x'.repeat(100)}@h`;
    expect(redactText(text)).toBe('token=[secret]…');
  });
});

it.each([
  'a://'.repeat(50_000),
  `${'a://'.repeat(5_000)}@`,
  'a://b@'.repeat(30_000),
  `a://x@${'y'.repeat(1_990)}`.repeat(50),
  'token=['.repeat(25_000),
  'token=[ '.repeat(25_000),
  'token=["'.repeat(25_000),
  'cookie:'.repeat(25_000),
  'cookie: \n'.repeat(25_000),
  'password=,'.repeat(20_000),
  'password=}'.repeat(20_000),
  `password=${'\\'.repeat(100_000)}`,
  `password=${'&a'.repeat(50_000)}`,
  'digest a='.repeat(20_000),
  `bearer${' '.repeat(100_000)}`,
  'bearer '.repeat(25_000),
  'token:'.repeat(25_000),
  'token : '.repeat(25_000),
  'bearer token: '.repeat(15_000),
  '"token": ['.repeat(15_000),
  '%3d'.repeat(50_000),
  "cookie','".repeat(20_000),
  '-----BEGIN PRIVATE KEY-----'.repeat(5_000),
  '-----BEGIN PRIVATE KEY----- -----END '.repeat(4_000),
])('takes time that grows with the text alone (case %#)', (text) => {
  const before = process.cpuUsage();
  for (let i = 0; i < 5; i++) redactText(text);
  const { user } = process.cpuUsage(before);
  expect(user / 5).toBeLessThan(150_000);
});

describe('names of fields', () => {
  it.each([
    'x-api-key',
    'X-API-Key',
    'secretKey',
    'AccountKey',
    'SSHKey',
    'pass',
    'dbPass',
    'DB_PASS',
    'tokens',
    'signature',
    'x-auth-token',
    'session-id',
    'JSESSIONID',
    'proxy-authorization',
    'JWT_SECRET_OLD',
    'SECRET_KEY_BASE',
    'apiKeyPrevious',
    'signing_secret_next',
    'otp',
    'userOtp',
    'CARD_CVV',
    'cvc',
    'cvv2',
    'ENCRYPTION_KEY_V2',
    'API_SECRET_V1',
    'SECRET_V2',
    'secretV2',
    'GITHUB_TOKEN_RO',
    'SECRETS_JSON',
    'GOOGLE_APPLICATION_CREDENTIALS_JSON',
    'TLS_KEY_B64',
    'API_KEY_OLD_2',
    'DB_PW',
    'dbpw',
    'PSK',
    'WIFI_PSK',
    'MYPASS',
    'SEED_PHRASE',
    'recoveryCode',
    'RECOVERY_CODES',
    'PRIVKEY',
  ])('%s is sensitive', (name) => {
    expect(isSensitiveKey(name)).toBe(true);
    expect(redactText(`${name}=SECRET`)).toBe(`${name}=[secret]`);
  });

  it.each([
    'compass',
    'passed',
    'monkey',
    'keys_total',
    'response',
    'bypass',
    'key',
    'secretary',
    'token_count',
    'secrets_total',
    'keybase',
    'desktop',
    'hotp',
    'laptop',
    'otp_sent',
    'SSO_URL',
    'KEYBOARD',
    'PASSENGER',
    'key_v2',
    'token_ttl',
    'tokenro',
    'status_code',
    'phrase',
    'data_json',
    'api_v2',
  ])('%s is not', (name) => {
    expect(isSensitiveKey(name)).toBe(false);
  });

  it.each([
    ['token:refresh', 'token:refresh'],
    ['basic auth', 'basic auth'],
    ['basic authentication', 'basic authentication'],
    ['Bearer abcdefgh12345678', 'Bearer [secret]'],
    ['Basic dXNlcjpwYXNz', 'Basic [secret]'],
    ['cookie: sessions', 'cookie: sessions'],
    ['Server=h;Password=SECRET;Database=d', 'Server=h;Password=[secret];Database=d'],
    ['cache redis://u:SECRET@h', 'cache redis://[secret]@h'],
  ])('of parts are names, also when they read like fields: %s', (name, shown) => {
    expect(redactName(name)).toBe(shown);
  });

  it('are masked themselves where they are secrets, and bounded', () => {
    using _registered = registerSecret('correct-horse-battery-staple');
    const copy = redactValue({
      'redis://u:S3CRETPW@h': 'up',
      'correct-horse-battery-staple': 1,
      ['k'.repeat(5_000)]: 2,
    }) as object;
    expect(Object.keys(copy)).toEqual(['redis://[secret]@h', '[secret]', `${'k'.repeat(199)}…`]);
  });
});

describe('what says only that there is a secret, or none', () => {
  it.each([
    'token: missing',
    'set automountServiceAccountToken: false in the spec',
    '{"token":null,"password":true}',
    'api_key=undefined, password=none',
    'jwt: expired',
  ])('%s is shown', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it.each([
    ['token: missing-you', 'token: [secret]'],
    ['token: missing1', 'token: [secret]'],
    ['password: "missing"', 'password: [secret]'],
    ['authorization: none', 'authorization: [secret]'],
    ['password: trueblue', 'password: [secret]'],
  ])('%s is not', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});
