import { DeploymentChecker, securityCheck } from 'breakwater/deployment';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { redactLine, redactText, redactValue } from '../../src/core/redaction.js';
import { maskEnvironment } from '../../src/internal/masked-environment.js';
import { runs } from '../runs.js';

/** A text as it is shown while this environment is masked. */
function shown(environment: Readonly<Record<string, string>>, text: string, named: readonly string[] = []): string {
  using _ = maskEnvironment(environment, named);
  return redactLine(text, 2_000);
}

describe('HLD-59 what stands in a variable and is quoted by itself', () => {
  it.each([
    ['the password of a URL', 'DATABASE_URL', 'postgres://app:s3cr3t-pw@db/x', 's3cr3t-pw'],
    ['as it is written there', 'DATABASE_URL', 'postgres://app:s%40cr3t%2Fpw@db/x', 's%40cr3t%2Fpw'],
    ['as it is', 'DATABASE_URL', 'postgres://app:s%40cr3t%2Fpw@db/x', 's@cr3t/pw'],
    ['with an at sign', 'DATABASE_URL', 'postgres://app:p@ss-w0rd@db/x?user=a@b', 'p@ss-w0rd'],
    ['without a user', 'REDIS_URL', 'redis://:hunter2pw@cache:6379', 'hunter2pw'],
    ['a token for a user', 'GIT_REMOTE', 'https://0123456789abcdef0123@git.example/x', '0123456789abcdef0123'],
    ['of three characters', 'REDIS_URL', 'redis://:h4x@cache:6379', 'h4x'],
    ['of a connection string', 'AZURE_SQL', 'Server=h;User=sa;Password=p4ssw0rd,x;', 'p4ssw0rd'],
    ['of a query', 'MONGO', 'mongodb://h/?authSource=a&password=p4ssw0rd', 'p4ssw0rd'],
    ['of JSON', 'ACCOUNT', '{"project":"x","private_key":"ab\\ncdefgh"}', 'ab\ncdefgh'],
    ['of a query in the web', 'SEARCH', 'https://a.example/?q=1&password=p4ssw0rd&x=2', 'p4ssw0rd'],
    ['of the first field of a query', 'SEARCH', 'https://a.example/?password=p4ssw0rd', 'p4ssw0rd'],
    ['behind a host and commas', 'CACHE', 'redis://h:1,password=p4ssw0rd,ssl=true', 'p4ssw0rd'],
    ['in a field in a field', 'OPTIONS', '{"url":"h?a=1;password=p4ssw0rd"}', 'p4ssw0rd'],
    ['one of a list', 'API_KEYS', 'first-key-1,second-key-2', 'second-key-2'],
    [
      'a line',
      'PRIVATE_KEY',
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END PRIVATE KEY-----',
      'BgkqhkiG9w0B',
    ],
    [
      'a line of joined ones',
      'JWK',
      '-----BEGIN EC PRIVATE KEY-----\\nMIIEvQIBADAN\\nBgkqhkiG9w0B\\n-----END',
      'BgkqhkiG9w0B',
    ],
  ])('%s', (_, name, value, part) => {
    const line = shown({ [name]: value }, `the driver says that "${part}" was rejected`);
    expect(line).toBe('the driver says that "[secret]" was rejected');
  });

  const PEM =
    '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END ENCRYPTED PRIVATE KEY-----\n';
  it.each([
    ['as it is', PEM],
    ['with its lines joined', PEM.replaceAll('\n', '\\n')],
    ['in a line', PEM.replaceAll('\n', ' ')],
    ['in JSON', JSON.stringify({ type: 'account', name: 'an ordinary name', cert: PEM }, undefined, 2)],
    ['in JSON in JSON', JSON.stringify({ of: JSON.stringify({ cert: PEM }) })],
  ])('a private key under any name, %s, whole and line by line', (_, value) => {
    for (const quoted of [value, JSON.stringify(value), PEM, 'MIIEvQIBADAN', 'BgkqhkiG9w0B'])
      expect(shown({ ORDINARY: value }, `got ${quoted}`)).not.toMatch(/MIIE|Bgkq/);
    const text = 'an ordinary name of an account is ENCRYPTED, "name": "account"';
    expect(shown({ ORDINARY: value }, text)).toBe(text);
  });

  it.each([
    'ADMIN_PIN',
    'PIN',
    'SSH_PASSPHRASE',
    'LOCK_PASSCODE',
    'HASH_SALT',
    'SENTRY_DSN',
    'SERVICE_BUS_CONN',
    'GITHUB_PAT',
  ])('the value of %s', (name) => {
    expect(shown({ [name]: '7x1y' }, 'no use for 7x1y here')).toBe('no use for [secret] here');
  });

  it.each([
    ['PORT', '3000'],
    ['NODE_ENV', 'production'],
    ['HOST', 'localhost'],
    ['MAX_CONN', '1000'],
    ['BCRYPT_SALT', '1000'],
    ['SHIPPING', 'standard'],
    ['USE_TOKEN', 'true'],
    ['API_TOKEN', 'undefined'],
    ['DATABASE_URL', 'postgres://localhost/standard'],
    ['DOCS', 'https://example.org:8080/@standard'],
    ['DB_PASSWORD', 'pw'],
    ['PIN', '12'],
    ['PWD', '/standard'],
    ['XDG_SESSION_ID', '1000'],
    ['DB_PASSWORD', '   '],
  ])('but not %s=%s', (name, value) => {
    const text = `listens on 3000 of localhost:8080 for production, standard, true, undefined, pw, 12, postgres: 1000 in /standard`;
    expect(shown({ [name]: value }, text, name === 'SHIPPING' ? [] : [name])).toBe(text);
  });

  it('short ones where they are words of their own, however they are written', () => {
    expect(shown({ ADMIN_PIN: '407' }, 'pin 407 of 14070, "407", 407ms, NDA3, 343037')).toBe(
      'pin [secret] of 14070, "[secret]", 407ms, [secret], [secret]',
    );
    expect(shown({ ADMIN_PIN: 'a/b', API_TOKEN: 'a/b-longer' }, 'a/b a%2Fb a/b-longer')).toBe(
      '[secret] [secret] [secret]',
    );
    expect(shown({ ADMIN_PIN: 'a.b' }, 'a.b axb')).toBe('[secret] axb');
  });
});

it('HLD-59 shows no secret in base64, hex or percent signs, alone or in the middle of something', () => {
  const secret = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }).filter((one) => /^\S.{4,}\S$/u.test(one));
  fc.assert(
    fc.property(secret, fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), (value, before, behind) => {
      const bytes = Buffer.from(value);
      const percent = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      const alone = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'), percent];
      for (const text of [...alone, alone[2]?.toUpperCase() ?? ''])
        expect(shown({ SECRET_KEY: value }, `(${text})`)).toBe('([secret])');
      for (const encoding of ['base64', 'base64url', 'hex'] as const) {
        const around = Buffer.from(before + value + behind).toString(encoding);
        expect(shown({ SECRET_KEY: value }, around)).toContain('[secret]');
      }
    }),
    { numRuns: runs(2_000) },
  );
});

it.each(['h4x1', 'hunter2', 's3cr3t-pw', 'Jq8x0Yv3nTz1LrW6m', 'pass-wörd'])(
  'HLD-59 leaves nothing of %s behind a user, as Basic has it, nor in a list of its bytes',
  (secret) => {
    for (const user of ['', 'u', 'ap', 'app', 'admin']) {
      const sent = Buffer.from(`${user}:${secret}`).toString('base64');
      const line = shown({ DB_PASSWORD: secret }, `sent ${sent} and ${sent.replace(/=+$/, '')}`);
      const before = Buffer.from(user).toString('base64').replace(/=+$/, '').slice(0, -1);
      expect(line).toMatch(new RegExp(`^sent ${before}.{0,3}\\[secret\\] and ${before}.{0,3}\\[secret\\]$`));
    }
    expect(shown({ DB_PASSWORD: secret }, JSON.stringify(Buffer.from(secret)))).toBe(
      '{"type":"Buffer","data":[[secret]]}',
    );
  },
);

describe('HLD-59 shows no secret as the bytes that it is made of', () => {
  const secret = 'kQ7!wörd-29xLm';
  const bytes = Buffer.from(secret);
  const numbers = [...bytes];
  const byIndex = Object.fromEntries(numbers.entries());
  const pairs = bytes.toString('hex').match(/../g) ?? [];
  const wide = Buffer.from(secret, 'utf16le');
  it.each([
    ['inspect of a buffer', inspect(bytes)],
    ['inspect of bytes', inspect(new Uint8Array(bytes))],
    ['inspect of an object', inspect(byIndex)],
    ['inspect of a long buffer', inspect(Buffer.from(`${secret} `.repeat(3)))],
    ['JSON', JSON.stringify(numbers)],
    ['JSON of a buffer', JSON.stringify(bytes, undefined, 4)],
    ['JSON in JSON', JSON.stringify(JSON.stringify({ a: numbers }, undefined, 2))],
    ['an object in JSON', JSON.stringify(byIndex)],
    ['an object in JSON of many lines', JSON.stringify({ a: { b: byIndex } }, undefined, 2)],
    ['colons', pairs.join(':')],
    ['blanks', pairs.join(' ')],
    ['large letters', pairs.join('-').toUpperCase()],
    ['source text', pairs.map((pair) => `0x${pair}`).join(', ')],
    ['escapes', pairs.map((pair) => `\\x${pair}`).join('')],
    ['entities', numbers.map((one) => `&#${String(one)};`).join('')],
    ['a dump', bytes.toString('hex').replace(/.{4}/g, '$& ')],
    ['UTF-16 in hex', wide.toString('hex')],
    ['UTF-16 in base64', wide.toString('base64')],
    ['inspect of UTF-16', inspect(wide)],
  ])('%s', (_, written) => {
    const line = shown({ DB_PASSWORD: secret }, `before: ${written} and behind 12, 13`);
    expect(line).toContain('[secret]');
    for (const part of [pairs, numbers.map(String), [wide.toString('base64').slice(8, 20)]])
      for (let at = 0; at + 4 <= part.length; at++)
        expect(line).not.toMatch(new RegExp(part.slice(at, at + 4).join('[^\\da-z]+'), 'i'));
    expect(line).toMatch(/^before: .*and behind 12, 13$/);
  });

  it('nor what is shown of a longer one', () => {
    const long = 'kQ7wrd29xL'.repeat(30);
    expect(shown({ DB_PASSWORD: long }, inspect(Buffer.from(long)))).toBe('<Buffer [secret] ... 250 more bytes>');
    expect(shown({ DB_PASSWORD: long }, inspect(new Uint8Array(Buffer.from(long))))).toMatch(
      /^Uint8Array\(300\) \[ \[secret\], ... 200 more items \]$/,
    );
  });

  it('in metadata', () => {
    using _ = maskEnvironment({ DB_PASSWORD: secret });
    const copied = redactValue({ list: numbers, object: byIndex, deep: [{ a: [1, ...numbers] }], n: [1, 2, 3] });
    expect(copied).toEqual({ list: '[secret]', object: '[secret]', deep: [{ a: '[secret]' }], n: [1, 2, 3] });
  });

  it.each([
    '10.0.0.1 at 2026-11-27T09:02:13.123Z took 12, 13, 14 and 107, 81, 55, 33 ms',
    '00:1a:2b:3c:4d:5e of 123e4567-e89b-12d3-a456-426614174000',
    '{"0":1,"1":2,"2":3,"3":4}',
  ])('but others: %s', (text) => {
    expect(shown({ DB_PASSWORD: secret }, text)).toBe(text);
  });

  it('in time that grows with the text alone', () => {
    using _ = maskEnvironment({ DB_PASSWORD: secret });
    for (const text of ['12, '.repeat(25_000), 'ab:'.repeat(30_000), '1 '.repeat(50_000), `1${' '.repeat(99_000)}`]) {
      const before = process.cpuUsage();
      redactText(text, 100_000);
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
    }
  });
});

it('HLD-59 masks a secret in small and in large letters, but no words', () => {
  expect(shown({ API_TOKEN: 'Ab12-Xy89' }, 'ab12-xy89 AB12-XY89 aB12-Xy89')).toBe('[secret] [secret] aB12-Xy89');
  expect(shown({ API_TOKEN: 'Production', A_KEY: 'Top1' }, 'production PRODUCTION TOP1')).toBe(
    'production PRODUCTION TOP1',
  );
});

it('HLD-59 masks no words of its own findings, which would break their ids and tell what they stand for', async () => {
  const environment = {
    NODE_ENV: 'production',
    DB_PASSWORD: 'password',
    API_TOKEN: 'security',
    DATABASE_URL: 'postgres://app:secret@db/x',
  };
  const check = securityCheck({ environment, userId: 1_000, execArgv: [], root: '/nowhere' });
  const { results } = await new DeploymentChecker({ env: false, environment, checks: [check] }).runAllChecks();
  expect(results[0]?.id).toBe('security');
  expect(results[0]?.findings?.map(({ id }) => id)).toEqual([
    'security.secret-strength.API_TOKEN',
    'security.secret-strength.DB_PASSWORD',
    'security.database-password.DATABASE_URL',
  ]);
  expect(JSON.stringify(results[0]?.findings)).not.toContain('[secret]');
  expect(shown(environment, 'asks postgres://app:secret@db/x with password=password')).toBe(
    'asks postgres://[secret]@db/x with password=[secret]',
  );
});

it('HLD-59 masks however many there are', () => {
  const environment = Object.fromEntries(
    Array.from({ length: 12_000 }, (_, i) => [`K${String(i)}_SECRET`, `value-${String(i)}-x`]),
  );
  expect(shown(environment, 'value-0-x value-9999-x value-11999-x')).toBe('[secret] [secret] [secret]');
});

it('HLD-59 masks what is set after it began, and nothing once it is over', async () => {
  const environment: Record<string, string> = {};
  {
    using _ = maskEnvironment(environment);
    expect(redactText('later-secret')).toBe('later-secret');
    await Promise.resolve();
    environment['API_TOKEN'] = 'later-secret';
    expect(redactText('later-secret')).toBe('[secret]');
    environment['API_TOKEN'] = 'another-secret';
    await Promise.resolve();
    expect(redactText('later-secret another-secret')).toBe('[secret] [secret]');
  }
  environment['API_TOKEN'] = 'last-secret';
  await Promise.resolve();
  expect(redactText('later-secret another-secret last-secret')).toBe('later-secret another-secret last-secret');
});

it('HLD-59 goes on with one environment when another is over', () => {
  const [one, two] = [maskEnvironment({ A_PIN: 'x1x' }), maskEnvironment({ B_PIN: 'y2y', C_KEY: 'longer-1' })];
  expect(redactText('x1x y2y longer-1')).toBe('[secret] [secret] [secret]');
  one[Symbol.dispose]();
  one[Symbol.dispose]();
  expect(redactText('x1x y2y longer-1')).toBe('x1x [secret] [secret]');
  two[Symbol.dispose]();
  expect(redactText('x1x y2y longer-1')).toBe('x1x y2y longer-1');
});

it('HLD-59 masks what a check sets, also where it is the first to be asked', async () => {
  const environment: Record<string, string> = {};
  const says = (id: string, secret: string) => ({
    id,
    name: id,
    run: () => {
      environment[`${id}_URL`] = `redis://:${secret}@h`;
      throw new Error(`no use for ${secret}`);
    },
  });
  const { results } = await new DeploymentChecker({
    env: false,
    environment,
    checks: [says('one', 'first-secret'), says('two', 'second-secret')],
  }).runAllChecks();
  expect(results.map(({ message }) => message)).toEqual(Array(2).fill('crashed: no use for [secret]'));
});
