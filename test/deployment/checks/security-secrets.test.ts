import { securityCheck } from 'breakwater/deployment';
import fc from 'fast-check';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { lines, run } from './run.js';

const STRONG = 'Jq8-x0Yv3nTz1LrW6mKd9sHb4cGf7aPe2uQi5oXy';
const WELL = { userId: 1_000, execArgv: [], root: '/nowhere' };

async function found(environment: Record<string, string>): Promise<string[]> {
  return lines(await run(securityCheck({ ...WELL, environment: { NODE_ENV: 'production', ...environment } })));
}

const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

describe('one of several secrets that sign', () => {
  it.each(['JWT_SECRET_OLD', 'ENCRYPTION_KEY_V2', 'API_SECRET_V1', 'SECRET_KEY_BASE', 'APP_KEY_2'])(
    '%s is judged as the one that is in use',
    async (name) => {
      const weak = [`FAIL security.secret-strength.${name}: ${name} is weak or a known default`];
      for (const value of ['changeme', 'Jq8-x0Yv3nTz']) expect(await found({ [name]: value })).toEqual(weak);
      expect(await found({ [name]: STRONG })).toEqual([]);
    },
  );

  it('may be the same as before, and is not what only tells of it', async () => {
    expect(await found({ JWT_SECRET: STRONG, JWT_SECRET_OLD: STRONG })).toEqual([]);
    expect(await found({ JWT_SECRET_HEADER: 'x-secret', JWT_SECRET_PEM: '/run/secrets/jwt.pem' })).toEqual([]);
    const same = 'FAIL security.secret-reuse.APP_SECRET_OLD: APP_SECRET_OLD, JWT_SECRET have the same value';
    expect(await found({ JWT_SECRET: STRONG, APP_SECRET_OLD: STRONG })).toEqual([same]);
  });
});

describe('a known default', () => {
  it.each([
    'BOT_TOKEN',
    'DB_PASSWORD',
    'PGPASSWORD',
    'MYSQL_ROOT_PASSWORD',
    'REDIS_PASS',
    'SMTP_PWD',
    'API_KEY',
    'JWT_KEY',
    'PRIVATE_KEY',
    'SESSION_KEY',
    'GITHUB_TOKEN_RO',
    'DB_PW',
    'WIFI_PSK',
    'MYPASS',
    'SEED_PHRASE',
    'RECOVERY_CODE',
    'PRIVKEY',
    'SAS_URL',
    'PRIVATE_PEM',
    'SECRETS_JSON',
    'SECRETKEY',
    'apiKey',
    'PASSWORD_SALT',
    'DB_PASSWORD_PROD',
    'AWS_SECRET_ACCESS_KEY',
    'GITHUB_PAT',
    'REDIS_AUTH',
    'COOKIE_KEYS',
    'VITE_ADMIN_PASSWORD',
  ])('fails under %s', async (name) => {
    const finding = [`FAIL security.secret-strength.${name}: ${name} is a known default`];
    for (const value of ['changeme', 'password', ' changeme\n', 'change-me-please', '<your token>', '${SECRET}'])
      expect(await found({ [name]: value })).toEqual(finding);
    expect(await found({ [name]: STRONG })).toEqual([]);
  });

  it.each([
    'test',
    'admin:admin',
    'drowssap',
    '321nimda',
    'secretsecretsecret',
    'MyTokenMyToken',
    'passwords',
    'admins2024',
    'P@$$w0rd!#%',
    'Passw0rd!@#$%^&*',
    'admin123!@#',
    'Y2hhbmdlbWU=',
    'a-string-secret-at-least-256-bits-long',
    'AKIAIOSFODNN7EXAMPLE',
    '1357913579',
    '000102030405060708090a0b0c0d0e0f',
    '00112233445566778899aabbccddeeff',
    '00010203-0405-0607-0809-0a0b0c0d0e0f',
    '123e4567-e89b-12d3-a456-426614174000',
    '00000000-0000-4000-8000-000000000000',
    hash('md5', ''),
    hash('sha256', 'changeme'),
    Buffer.from(hash('sha1', 'admin'), 'hex').toString('base64'),
  ])('is %s', async (value) => {
    expect(await found({ API_TOKEN: value })).toEqual([
      'FAIL security.secret-strength.API_TOKEN: API_TOKEN is a known default',
    ]);
  });

  it.each<[string, string]>([
    ['MAX_TOKENS', '4096'],
    ['OPENAI_MAX_TOKENS', '100000'],
    ['COOKIE_KEYS', '100'],
    ['REQUIRE_AUTH', '1'],
    ['ENABLE_PASSWORD', 'true'],
    ['SMTP_AUTH', 'LOGIN'],
    ['SESSION_COOKIE', 'sid'],
    ['API_KEY_HEADER', 'x-api-key'],
    ['PASSWORD_MIN_LENGTH', '12'],
    ['PASSWORD_RESET_TTL', '900'],
    ['PASSWORD_POLICY', 'strong'],
    ['PARTITION_KEY', 'id'],
    ['PUBLIC_KEY', 'test'],
    ['CSRF_TOKEN_HEADER', 'x-test'],
    ['PASSWORD_HASH_ALGO', 'test'],
    ['VITE_MAPS_KEY', 'changeme'],
    ['OPENAI_MAX_TOKENS', '4096'],
    ['TLS_KEY', '/etc/app/test.key'],
    ['API_KEYS', '["9f8a7b6c","0a1b2c3e"]'],
    ['BCRYPT_SALT', '10'],
    ['LED_PIN', '17'],
    ['MAX_CONN', '100'],
    ['PWD', '/app'],
    ['NODE_AUTH_TOKEN', 'XXXXX-XXXXX-XXXXX-XXXXX'],
    ['DB_PASSWORD', 'c_r#.t#W?j}_'],
    ['DB_PASSWORD', '{[K_#$(93\\LNWTzh"}'],
    ['DB_PASSWORD', '$Kq8x0Yv3nTz1'],
    ['API_KEY', '89cba4027583726396117139'],
    ['XDG_SESSION_ID', '3'],
    ['RESET_TOKEN_URL', 'https://shop.test/token'],
    ['WEBHOOK_URL', 'https://shop.test/hook'],
    ['HOSTNAME', 'admin'],
    ['ADMIN_PIN', '4071'],
    ['DB_PASSWORD', ' '],
  ])('is not what is no secret, or what nobody knows: %s=%s', async (name, value) => {
    expect(await found({ [name]: value })).toEqual([]);
  });

  it('is nothing that was issued, however short', async () => {
    const issued = fc.oneof(
      fc.constantFrom<BufferEncoding>('hex', 'base64', 'base64url').map((form) => randomBytes(12).toString(form)),
      fc.constant(undefined).map(() => randomUUID()),
    );
    const property = fc.asyncProperty(issued, async (value) => {
      expect(await found({ API_KEY: value, DATABASE_URL: `postgres://app:${encodeURIComponent(value)}@db/x` })).toEqual(
        [],
      );
    });
    await fc.assert(property, { numRuns: runs(2_000) });
  });

  it('is counted with what was looked at, and told once', async () => {
    const environment = { NODE_ENV: 'production', SECRET_KEY: 'changeme', API_KEY: 'changeme', BOT_TOKEN: STRONG };
    const report = await run(securityCheck({ ...WELL, environment }));
    expect(lines(report)).toEqual([
      'FAIL security.secret-strength.SECRET_KEY: SECRET_KEY is weak or a known default',
      'FAIL security.secret-strength.API_KEY: API_KEY is a known default',
    ]);
    expect(report.message).toMatch(/^looked at 3 secrets, /);
  });
});

describe('a secret of a service', () => {
  const SAMPLE =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c';

  it.each([
    '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i)).toString('base64'),
    '550e8400-e29b-41d4-a716-446655440000',
    hash('sha256', ''),
    hash('sha256', 'password').toUpperCase(),
    hash('md5', 'secret'),
    hash('sha1', 'admin'),
    'drowssap-drowssap-drowssap-drowssap',
    'secretssecretssecretssecretssecrets',
    'passwords-of-the-admins-and-the-users',
    SAMPLE,
  ])('such as %s is weak', async (value) => {
    expect(await found({ SECRET_KEY: value })).toEqual([
      'FAIL security.secret-strength.SECRET_KEY: SECRET_KEY is weak or a known default',
    ]);
  });

  it('is weak as the token that a document shows, whoever it is for', async () => {
    expect(await found({ API_TOKEN: SAMPLE })).toHaveLength(1);
    expect(await found({ SECRET_KEY: hash('sha256', STRONG), API_TOKEN: randomUUID() })).toEqual([]);
  });
});

describe('the password in a connection string', () => {
  const bad = 'FAIL security.database-password.DB: the password in DB is empty or a known default';

  it.each<[string, string[]]>([
    ['host=db user=app password=changeme', [bad]],
    ["host=db password='change me' user=app", [bad]],
    ['host=db user=app password=app123', [bad]],
    [`host=db user=app password=${STRONG}`, []],
    ['host=db user=app dbname=x', []],
    ['host=localhost user=app password=changeme', []],
    ['host=/run/postgresql password=changeme', []],
    ['Server=db;User Id=sa;Password=changeme;', [bad]],
    ['Server=tcp:db,1433;Pwd=changeme', [bad]],
    ['Server=db;Password=', [bad]],
    ['Server=localhost,1433;Password=changeme', []],
    ['Server=.\\SQLEXPRESS;Password=changeme', []],
    ['Data Source=(localdb)\\x;Password=changeme', []],
    ['Server=db;Password=p,Zq8x0Yv3nTz1LrW', []],
    ['sqlserver://db:1433;user=sa;password=changeme', [bad]],
    ['jdbc:sqlserver://;serverName=db;password=changeme', [bad]],
    ['jdbc:postgresql://db/app?user=a&password=changeme', [bad]],
    ['jdbc:postgresql://localhost/app?user=a&password=changeme', []],
    [`jdbc:postgresql://db/app?user=a&password=${STRONG}`, []],
    ['postgres:///app?host=db&password=changeme', [bad]],
    [' postgres://app:changeme@db/app', [bad]],
    ['postgresql+psycopg2://app:changeme@db/app', [bad]],
    ['postgres://app:app2024@db/app', [bad]],
    ['postgres://shop_user:ShopUser1@db/app', [bad]],
    ['postgres://app:a@Zq8x0Yv3nTz1LrW@db/app', []],
    ['http://elastic:changeme@search:9200', [bad]],
    ['postgres://app:undefined@db/app', [bad]],
    ['redis://:todo@cache', [bad]],
    ['http://elastic:changeme@localhost:9200', []],
    [`https://x:${STRONG}@git.internal/x`, []],
    ['https://shop.test/login?server=eu&token=test', []],
    ['--host=db --password=changeme', []],
  ])('%s: %j', async (value, expected) => {
    expect(await found({ DB: value })).toEqual(expected);
  });

  it('is judged once where the name is that of a secret as well', async () => {
    expect(await found({ DB_CONN: 'Server=db;Password=changeme', SENTRY_DSN: 'https://public@sentry.test/1' })).toEqual(
      ['FAIL security.database-password.DB_CONN: the password in DB_CONN is empty or a known default'],
    );
  });
});
