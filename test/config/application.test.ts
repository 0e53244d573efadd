import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  APIConfig,
  ApplicationConfig,
  BotConfig,
  ConfigInvalidError,
  ConfigValidator,
  DatabaseConfig,
  LoggingConfig,
  RedisConfig,
  type Secret,
  TLSConfig,
} from 'breakwater/config';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { selfSigned } from './certificate.js';
import { one, thrown } from './setup.js';

const KEY = 'k'.repeat(16) + 'q'.repeat(16);
const TOKEN = '123456:tok-en-of-bot';
const ENV = {
  DATABASE_URL: 'postgresql+asyncpg://app:pa55-word@db1,db2:5433/shop',
  SECRET_KEY: KEY,
  BOT_TOKEN: TOKEN,
  ADMIN_IDS: '12345678901234567890, 2,,2',
};

function application(env: Record<string, string> = ENV) {
  return new ApplicationConfig({ database: DatabaseConfig, api: APIConfig, bot: BotConfig }, { env });
}

describe('the configurations that are ready', () => {
  it('have the keys and defaults of their kind', () => {
    using database = new DatabaseConfig({ env: ENV });
    expect(database.validateOrThrow()).toEqual({
      DATABASE_URL: ENV.DATABASE_URL,
      DB_POOL_SIZE: 10,
      DB_MAX_OVERFLOW: 20,
    });
    using api = new APIConfig({ env: ENV });
    const { SECRET_KEY, ...rest } = api.validateOrThrow();
    expect(rest).toEqual({ API_HOST: '0.0.0.0', API_PORT: 8_000, API_WORKERS: 4 });
    expect(SECRET_KEY.reveal()).toBe(KEY);
    using bot = new BotConfig({ env: ENV });
    const { BOT_TOKEN, ADMIN_IDS } = bot.validateOrThrow();
    expect(BOT_TOKEN.reveal()).toBe(TOKEN);
    expect(ADMIN_IDS).toEqual(['12345678901234567890', '2']);
    using nobody = new BotConfig({ env: { BOT_TOKEN: TOKEN, ADMIN_IDS: '' } });
    expect(nobody.validateOrThrow().ADMIN_IDS).toEqual([]);
    using redis = new RedisConfig({ env: { REDIS_URL: 'rediss://cache:6379/1', REDIS_COMMAND_TIMEOUT: '250ms' } });
    expect(redis.validateOrThrow()).toEqual({
      REDIS_URL: 'rediss://cache:6379/1',
      REDIS_KEY_PREFIX: '',
      REDIS_CONNECT_TIMEOUT: 5_000,
      REDIS_COMMAND_TIMEOUT: 250,
    });
    using logging = new LoggingConfig({ env: { LOG_LEVEL: 'warn', SERVICE_NAME: 'shop' } });
    expect(logging.validateOrThrow()).toEqual({ LOG_LEVEL: 'warn', SERVICE_NAME: 'shop' });
  });

  it('refuse what cannot be', () => {
    const codes = (config: ConfigValidator): string[] => {
      using own = config;
      return own.validate().errors.map(({ key, code }) => `${key} ${code}`);
    };
    expect(codes(new DatabaseConfig({ env: { DATABASE_URL: 'localhost:5432', DB_POOL_SIZE: '0' } }))).toEqual([
      'DATABASE_URL bad_url',
      'DB_POOL_SIZE out_of_range',
    ]);
    expect(
      codes(new APIConfig({ env: { API_HOST: 'a b', API_PORT: '65536', API_WORKERS: '0', SECRET_KEY: 'short' } })),
    ).toEqual(['API_HOST bad_pattern', 'API_PORT out_of_range', 'API_WORKERS out_of_range', 'SECRET_KEY too_short']);
    expect(codes(new BotConfig({ env: { BOT_TOKEN: ' ' } }))).toEqual(['BOT_TOKEN empty']);
    expect(codes(new RedisConfig({ env: { REDIS_URL: 'http://cache' } }))).toEqual(['REDIS_URL bad_url']);
    expect(codes(new LoggingConfig({ env: { LOG_LEVEL: 'WARN' } }))).toEqual(['LOG_LEVEL not_in_set']);
  });

  it('go by their own name in errors, or by the one they are given', () => {
    expect(thrown(() => new DatabaseConfig({ env: {} }).validateOrThrow())).toMatchObject({
      message: 'DatabaseConfig: DATABASE_URL is required, and is not set',
    });
    expect(new DatabaseConfig({ name: 'orders' }).name).toBe('orders');
    expect(() => new RedisConfig({ evn: {} } as never)).toThrow('RedisConfig: evn is not an option; did you mean env?');
  });
});

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-tls-'));
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    const { cert, key, encryptedKey } = selfSigned();
    const files = {
      'cert.pem': cert,
      'key.pem': key,
      'encrypted.pem': encryptedKey('pa55-phrase'),
      'chain.pem': cert + cert,
      'broken.pem': cert + cert.replace('\nM', '\nA'),
      'broken-key.pem': key.replace('\nM', '\nA'),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('comes from files in PEM, as what they hold', () => {
    using config = new TLSConfig({
      env: { TLS_CERT_FILE: path('chain.pem'), TLS_KEY_FILE: path('key.pem'), TLS_CA_FILE: path('cert.pem') },
    });
    const { TLS_CERT, TLS_KEY, TLS_CA, TLS_MIN_VERSION } = config.validateOrThrow();
    expect(TLS_CERT.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(TLS_KEY.reveal()).toContain('BEGIN PRIVATE KEY');
    expect(TLS_CA).toContain('BEGIN CERTIFICATE');
    expect(TLS_MIN_VERSION).toBe('TLSv1.2');
    using encrypted = new TLSConfig({
      env: {
        TLS_CERT_FILE: path('cert.pem'),
        TLS_KEY_FILE: path('encrypted.pem'),
        TLS_KEY_PASSPHRASE: 'pa55-phrase',
      },
    });
    expect(encrypted.validate().errors).toEqual([]);
  });

  it('is refused when it cannot be read, without a character of it', () => {
    using config = new TLSConfig({
      env: { TLS_CERT_FILE: path('broken.pem'), TLS_KEY_FILE: path('broken-key.pem'), TLS_CA_FILE: path('none.pem') },
    });
    const { errors } = config.validate();
    expect(errors.map(({ key, code }) => `${key} ${code}`)).toEqual([
      'TLS_CERT invalid',
      'TLS_KEY invalid',
      'TLS_CA file_unreadable',
    ]);
    expect(errors[1]?.message).toBe('is no private key in PEM');
    using swapped = new TLSConfig({ env: { TLS_CERT_FILE: path('key.pem'), TLS_KEY_FILE: path('cert.pem') } });
    expect(swapped.validate().errors).toHaveLength(2);
  });
});

describe('ApplicationConfig', () => {
  it('reads all sections in one pass, and gives the values of each under its name', () => {
    using config = application();
    const values = config.validateOrThrow();
    expect(values.database).toEqual({ DATABASE_URL: ENV.DATABASE_URL, DB_POOL_SIZE: 10, DB_MAX_OVERFLOW: 20 });
    expect(values.api.API_PORT).toBe(8_000);
    expect(values.bot.BOT_TOKEN.reveal()).toBe(TOKEN);
    expect([values, values.database, values.bot.ADMIN_IDS].every(Object.isFrozen)).toBe(true);
    expectTypeOf(values.api.SECRET_KEY).toEqualTypeOf<Secret<string>>();
    expectTypeOf(values.database.DB_POOL_SIZE).toEqualTypeOf<number>();
  });

  it('says what is wrong in all of them at once', () => {
    using config = application({ API_PORT: 'x', SECRET_KEY: 'short-one' });
    const result = config.validate();
    expect(result.ok).toBe(false);
    expect(result.errors.map(({ key, code }) => `${key} ${code}`)).toEqual([
      'DATABASE_URL missing',
      'API_PORT not_int',
      'SECRET_KEY too_short',
      'BOT_TOKEN missing',
    ]);
    expect(result.values).toEqual({
      database: { DB_POOL_SIZE: 10, DB_MAX_OVERFLOW: 20 },
      api: { API_HOST: '0.0.0.0', API_WORKERS: 4 },
      bot: { ADMIN_IDS: [] },
    });
    if (!result.ok) expectTypeOf(result.values.api.API_PORT).toEqualTypeOf<number | undefined>();
    const error = thrown(() => config.validateOrThrow());
    expect(error).toBeInstanceOf(ConfigInvalidError);
    expect(inspect(error)).not.toContain('short-one');
  });

  it('has one summary, by section', () => {
    using config = application();
    const text = config.summary();
    expect(text).toMatch(/^ApplicationConfig: valid\n database\n {2}VALID {6}DATABASE_URL/);
    expect(text).toContain('\n api\n');
    expect(text).toContain('postgresql+asyncpg://[secret]@db1,db2:5433/shop');
    for (const secret of ['pa55', KEY, TOKEN]) expect(text).not.toContain(secret);
    const json = JSON.parse(config.summary('json')) as { items: { key: string; section: string }[] };
    expect(json.items.find(({ key }) => key === 'ADMIN_IDS')).toMatchObject({ section: 'bot', status: 'VALID' });
  });

  it('shows its pages by section, each key once', () => {
    const shared = new ConfigValidator({ name: 'health' }).register('API_PORT', 'int', {
      min: 0,
      max: 65_535,
      default: 8_000,
      describe: 'port to listen on; 0 picks a free one',
    });
    using config = new ApplicationConfig({ api: APIConfig, health: shared }, { env: { ...ENV, API_PORT: '81' } });
    expect(config.toEnvExample().match(/API_PORT=/g)).toHaveLength(1);
    expect(config.toEnvExample()).toMatch(/^# --- api ---\n\n# address to listen on\n/);
    expect(config.toMarkdown()).toMatch(/^## api\n\n\| key \|/);
    expect(config.toMarkdown()).not.toContain('## health');
    const { properties } = config.toJSONSchema() as { properties: Record<string, { properties: object }> };
    expect(properties['health']?.properties).toHaveProperty('API_PORT');
    const { api, health } = config.validateOrThrow();
    expect([api.API_PORT, health.API_PORT]).toEqual([81, 81]);
    expect(config.validate().items.filter(({ key }) => key === 'API_PORT')).toHaveLength(1);
  });

  it('OBS-C28 a key of two sections is one when it is the same, and an error naming both when it is not', () => {
    class Other extends ConfigValidator {
      constructor() {
        super({ name: 'Other' });
        this.register('API_PORT', 'str');
      }
    }
    expect(() => new ApplicationConfig({ api: APIConfig, web: Other })).toThrow(
      "ApplicationConfig: 'api' (APIConfig) and 'web' (Other) both register API_PORT, with different types or options",
    );
    const valid = new ApplicationConfig({ a: APIConfig, b: APIConfig }, { env: { SECRET_KEY: KEY } });
    using config = valid;
    expect(config.validate().ok).toBe(true);
  });

  it('one rule may look at keys of other sections', () => {
    const bot = new ConfigValidator().register('HOOK_URL', 'url', { requiredWhen: { API_PORT: 443 } });
    using config = new ApplicationConfig({ api: APIConfig, bot }, { env: { SECRET_KEY: KEY, API_PORT: '443' } });
    expect(config.validate().errors).toMatchObject([{ key: 'HOOK_URL', code: 'missing' }]);
  });

  it('options are those of the application: of a section they would not count', () => {
    expect(() => new ApplicationConfig({ api: new APIConfig({ env: ENV, name: 'mine' }) })).toThrow(
      "section 'api' has options of its own (env), which would not count here; give them to ApplicationConfig",
    );
    using config = new ApplicationConfig({ api: new APIConfig({ name: 'mine' }) }, { env: ENV, prefix: 'API_' });
    expect(config.validate().ok).toBe(true);
    using strict = new ApplicationConfig({ api: APIConfig }, { env: { ...ENV, API_PROT: '1' }, prefix: 'API_' });
    expect(strict.validate().errors).toMatchObject([{ key: 'API_PROT', code: 'unknown_key' }]);
  });

  it('refuses what is no section', () => {
    for (const sections of [
      undefined,
      null,
      [],
      'x',
      {},
      { a: 1 },
      { a: class {} },
      { a: undefined },
      { '1': APIConfig },
    ])
      expect(() => new ApplicationConfig(sections as never), inspect(sections)).toThrow(/^ApplicationConfig: /);
    // @ts-expect-error a class that needs something to be made
    expect(() => new ApplicationConfig({ a: ApplicationConfig })).toThrow(/must be a ConfigValidator or a class/);
  });
});

describe('a configuration as a Standard Schema', () => {
  it('takes an environment, and gives the values or what is wrong', () => {
    using config = new ConfigValidator({ env: { PORT: '1' } }).register('PORT', 'int', { required: true });
    const schema = config['~standard'];
    expect([schema.version, schema.vendor]).toEqual([1, 'breakwater']);
    expect(schema.validate({ PORT: '17' })).toEqual({ value: { PORT: 17 } });
    expect(schema.validate({ PORT: 'x' })).toEqual({
      issues: [{ message: 'PORT must be a whole number in decimal digits', path: ['PORT'] }],
    });
    for (const value of [undefined, null, 'PORT=1', 1, []])
      expect(schema.validate(value)).toEqual({
        issues: [{ message: 'must be an object of texts, such as process.env' }],
      });
    expectTypeOf<NonNullable<(typeof schema)['types']>['output']>().toEqualTypeOf<
      Readonly<{ readonly PORT: number }>
    >();
  });

  it('no secret is in what is wrong, and each is masked from then on', () => {
    using config = application({});
    const answer = config['~standard'].validate({ ...ENV, API_PORT: 'pa55-word' });
    expect(answer.issues).toHaveLength(1);
    expect(inspect(answer, { depth: 9 })).not.toContain('pa55');
  });
});

describe('OBS-C18 a schema that is marked as secret', () => {
  it('is one below whatever wraps it', () => {
    const secret = z.string().min(8).meta({ secret: true });
    const schemas = [
      secret,
      secret.optional(),
      secret.default('topsecret-default'),
      secret.nullable().optional(),
      secret.transform((text) => text.length),
      secret.pipe(z.string()),
      secret.readonly().catch('x'),
      secret.or(z.number()),
      z.string().and(secret),
      z.lazy(() => secret),
      z.lazy(() => z.array(secret).or(z.string())),
      z.string().pipe(z.preprocess((text) => ({ text }), z.object({ text: z.union([z.number(), secret]) }))),
    ];
    for (const schema of schemas) {
      using config = new ConfigValidator({ env: { MARKED: 'topsecret-value' } });
      const { items } = config.register('MARKED', schema as never).validate();
      expect(items[0]).not.toHaveProperty('value');
      expect(config.toMarkdown()).toContain('schema, secret');
      expect(config.summary('json')).not.toContain('topsecret');
    }
    expect(one(z.string().optional(), 'plain-value').item?.value).toBe('plain-value');
    // Who registers it has the last word.
    expect(one(secret, 'plain-value', { secret: false }).item?.value).toBe('plain-value');
    expect(inspect(one(secret, 'topsecret-x', { secret: true }).value)).toBe('[secret]');
  });

  it('is looked for where there may be anything', () => {
    const hostile = {
      '~standard': { version: 1, vendor: 'x', validate: (value: unknown) => ({ value }) },
      get _zod(): never {
        throw new Error('no');
      },
    };
    const round: Record<string, unknown> = { '~standard': hostile['~standard'] };
    round['_zod'] = { def: { innerType: round } };
    for (const schema of [hostile, round]) expect(one(schema, 'text').item?.value).toBe('text');
  });
});
