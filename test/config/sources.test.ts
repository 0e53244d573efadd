import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigValidator } from 'breakwater/config';
import { afterAll, describe, expect, it } from 'vitest';
import { register, several } from './setup.js';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-config-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A file of its own. */
function file(content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(folder, 'f-')), 'value');
  writeFileSync(path, content);
  return path;
}

describe('files', () => {
  it('OBS-C24 hold secrets, without the line break at their end', () => {
    const env = {
      API_KEY_FILE: file('s3cret-value\n'),
      DB_PASSWORD_FILE: file('two\nlines\r\n'),
      NOTE_FILE: file('x'),
    };
    const { ok, values, items } = several(
      { API_KEY: ['str', { secret: true, required: true }], DB_PASSWORD: ['str'], NOTE: ['str'] },
      env,
    );
    expect(ok).toBe(true);
    expect((values['API_KEY'] as { reveal(): string }).reveal()).toBe('s3cret-value');
    expect(values['DB_PASSWORD']).toBe('two\nlines');
    // Nobody said that a note may be read from a file.
    expect(values['NOTE']).toBeUndefined();
    expect(items[0]?.origin).toEqual({ source: 'file', name: 'API_KEY_FILE', path: env.API_KEY_FILE });
    expect(several({ NOTE: ['int', { fromFile: true }] }, { NOTE_FILE: file('17\n') }).values).toEqual({ NOTE: 17 });
    expect(several({ API_KEY: ['str', { fromFile: false }] }, env).values).toEqual({});
    expect(several({ API_KEY: ['str'] }, { 'API_KEY@F': file('v') }, { fileSuffix: '@F' }).values).toEqual({
      API_KEY: 'v',
    });
  });

  it('OBS-C24 beside the value itself are an error', () => {
    const { errors, values } = several({ API_KEY: ['str'] }, { API_KEY: 'abcdef', API_KEY_FILE: '/none' });
    expect(errors).toMatchObject([{ key: 'API_KEY', code: 'conflict' }]);
    expect(errors[0]?.message).toContain('API_KEY_FILE');
    expect(values).toEqual({});
    // An empty one is not set.
    expect(several({ API_KEY: ['str'] }, { API_KEY: '', API_KEY_FILE: file('v') }).values).toEqual({ API_KEY: 'v' });
    expect(several({ API_KEY: ['str'] }, { API_KEY: 'v', API_KEY_FILE: ' ' }).values).toEqual({ API_KEY: 'v' });
  });

  it('OBS-C24 that cannot be read are an error with the path, and without what is in them', () => {
    mkdirSync(join(folder, 'dir'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    const cases: [string, string][] = [
      [join(folder, 'missing'), `API_KEY_FILE names ${join(folder, 'missing')}, which is not there (ENOENT)`],
      [join(folder, 'dir'), 'is no file'],
      [join(folder, 'dangling'), 'ENOENT'],
      [file('hunter2'.repeat(10_000)), 'larger than 64 KiB'],
      [file(Uint8Array.from([0x68, 0x75, 0xff, 0xfe])), 'UTF-8'],
      ['\0', 'ERR_INVALID_ARG_VALUE'],
    ];
    for (const [path, why] of cases) {
      const { errors } = several({ API_KEY: ['str'] }, { API_KEY_FILE: path });
      expect(errors, path).toMatchObject([{ key: 'API_KEY', code: 'file_unreadable' }]);
      expect(errors[0]?.message).toContain(why);
      expect(errors[0]?.message).not.toContain('hunter2');
    }
    expect(several({ API_KEY: ['str'] }, { API_KEY_FILE: file('\n') }).errors).toMatchObject([{ code: 'empty' }]);
    expect(several({ API_KEY: ['str'] }, { API_KEY_FILE: file('x'.repeat(65_536)) }).ok).toBe(true);
  });

  it('OBS-C24 are not read for a key that somebody registered under the name of the file', () => {
    const env = { API_KEY_FILE: '/etc/some.pem' };
    const { values } = several({ API_KEY: ['str'], API_KEY_FILE: ['str', { secret: false }] }, env);
    expect(values).toEqual({ API_KEY_FILE: '/etc/some.pem' });
  });
});

describe('the environment', () => {
  it('OBS-C9 is only read', () => {
    const env = Object.freeze({ A: '', B: ' x ', C: '1' });
    const before = JSON.stringify(env);
    several({ A: ['str', { default: 'd' }], B: ['str'], C: ['int'] }, env);
    expect(JSON.stringify(env)).toBe(before);
    const own = { ...process.env };
    new ConfigValidator().register('PATH', 'str').validate();
    expect({ ...process.env }).toEqual(own);
  });

  it('OBS-C29 is read anew by each validation, and earlier results stay', () => {
    const env: Record<string, string> = { A: '1' };
    const validator = new ConfigValidator({ env }).register('A', 'int');
    const first = validator.validateOrThrow();
    env['A'] = '2';
    expect([first.A, validator.validateOrThrow().A]).toEqual([1, 2]);
    expect(Object.isFrozen(first)).toBe(true);
  });

  it('is that of the process when nothing is given, at the time of validation', () => {
    const validator = new ConfigValidator().register('BREAKWATER_CONFIG_TEST', 'int');
    process.env['BREAKWATER_CONFIG_TEST'] = '17';
    try {
      expect(validator.validateOrThrow().BREAKWATER_CONFIG_TEST).toBe(17);
    } finally {
      delete process.env['BREAKWATER_CONFIG_TEST'];
    }
  });

  it('may hold anything: what is no text is not set, and inherited names are none', () => {
    const env = Object.assign(Object.create({ A: '1' }) as object, { B: 2, C: null, __proto__: { D: '1' } });
    expect(
      several({ A: ['int'], B: ['int'], C: ['int'], D: ['int'], ['constructor']: ['str'] } as never, env as never)
        .values,
    ).toEqual({});
  });

  it('names the defaults, by its own name or the one that is given', () => {
    const keys = { LEVEL: ['str', { default: 'info', defaultIn: { test: 'silent', development: 'debug' } }] } as const;
    expect(several(keys, { NODE_ENV: 'test' }).values).toEqual({ LEVEL: 'silent' });
    expect(several(keys, { NODE_ENV: 'production' }).values).toEqual({ LEVEL: 'info' });
    const { items } = several(keys, { NODE_ENV: 'test' }, { environment: 'development' });
    expect(items[0]).toMatchObject({
      value: 'debug',
      status: 'DEFAULTED',
      origin: { source: 'default', name: 'development' },
    });
    const same = { A: ['int', { default: 1, defaultIn: { test: 1 } }] } as const;
    expect(several(same, { NODE_ENV: 'test' }).items[0]?.origin).toEqual({ source: 'default', name: 'test' });
    expect(several(same, { NODE_ENV: 'other' }).items[0]?.origin).toEqual({ source: 'default' });
    expect(several(keys, { NODE_ENV: 'constructor' }).values).toEqual({ LEVEL: 'info' });
  });
});

describe('what is missing', () => {
  it('OBS-C30 suggests a name that is set and looks like it', () => {
    const { errors } = several(
      { DATABASE_URL: ['url', { required: true }] },
      { DATABSE_URL: 'postgres://u:hunter2@db/a' },
    );
    expect(errors).toMatchObject([{ key: 'DATABASE_URL', code: 'missing' }]);
    expect(errors[0]?.message).toBe('is required, and is not set; DATABSE_URL is set: did you mean DATABASE_URL?');
    expect(several({ DATABASE_URL: ['url', { required: true }] }, { DATA_URL: 'x' }).errors[0]?.message).not.toContain(
      'mean',
    );
  });

  it('OBS-C30 warns of a name that looks like one with a default', () => {
    const { ok, warnings } = several({ DB_POOL_SIZE: ['int', { default: 10 }] }, { DB_POOLSIZE: '5', HOME: '/root' });
    expect(ok).toBe(true);
    expect(warnings).toEqual([
      { key: 'DB_POOLSIZE', code: 'unknown_key', message: 'is not registered; did you mean DB_POOL_SIZE?' },
    ]);
  });

  it('with a prefix everything under it has to be registered', () => {
    const keys = { APP_PORT: ['int'], APP_TOKEN: ['str'] } as const;
    const env = { APP_PORT: '1', APP_PROT: '2', APP_OTHER: 'hunter2', HOME: '/', APP_TOKEN_FILE: file('v') };
    const { errors } = several(keys, env, { prefix: 'APP_' });
    expect(errors).toEqual([
      { key: 'APP_PROT', code: 'unknown_key', message: 'is not registered; did you mean APP_PORT?' },
      { key: 'APP_OTHER', code: 'unknown_key', message: 'is not registered' },
    ]);
  });

  it('OBS-C30 is seen in the name of a file as well', () => {
    const keys = { SIGNING_KEY: ['str', { required: true, secret: true }], POOL: ['int', { required: true }] } as const;
    const { errors } = several(keys, { SIGNING_KEY_FIEL: '/run/key', POOL_FILE: '/run/pool' });
    expect(errors.map(({ message }) => message)).toEqual([
      'is required, and is not set; SIGNING_KEY_FIEL is set: did you mean SIGNING_KEY_FILE?',
      'is required, and is not set; POOL_FILE is set, but POOL is not read from files: see fromFile',
    ]);
    const { warnings } = several(
      { POOL: ['int', { default: 1 }], A_KEY: ['str'] },
      { POOL_FILE: '/x', A_KEYFILE: '/y' },
    );
    expect(warnings.map(({ key, message }) => `${key} ${message}`)).toEqual([
      'POOL_FILE is set, but POOL is not read from files: see fromFile',
      'A_KEYFILE is not registered; did you mean A_KEY_FILE?',
    ]);
  });

  it('OBS-C30 one misspelt name is one error, also with a prefix', () => {
    const keys = { APP_CURRENCY: ['str', { required: true }] } as const;
    const { errors } = several(keys, { APP_CURENCY: 'EUR', APP_MORE: 'x' }, { prefix: 'APP_' });
    expect(errors.map(({ key, code }) => `${key} ${code}`)).toEqual(['APP_CURRENCY missing', 'APP_MORE unknown_key']);
  });

  it('OBS-C31 is no fault while an image is built; all else holds', () => {
    const keys = { A: ['str', { required: true }], B: ['int', { default: 3 }], C: ['int'] } as const;
    const { ok, values, errors } = several(keys, { C: 'x' }, { allowMissing: true });
    expect([ok, values, errors.map(({ code }) => code)]).toEqual([false, { B: 3 }, ['not_int']]);
    expect(several({ A: ['str', { required: true }] }, {}, { allowMissing: true }).ok).toBe(true);
  });

  it('may be needed only sometimes', () => {
    const keys = {
      TLS: ['bool', { default: false }],
      CERT: ['str', { requiredWhen: { TLS: true } }],
      PEM: ['str', { requiredWhen: (values: Record<string, unknown>) => values['TLS'] === true }],
    } as const;
    expect(several(keys, {}).ok).toBe(true);
    expect(several(keys, { TLS: 'on' }).errors).toMatchObject([
      { key: 'CERT', code: 'missing', message: 'is required here, and is not set' },
      { key: 'PEM', code: 'missing' },
    ]);
    const failing = several(
      {
        TOKEN: ['str'],
        B: [
          'str',
          {
            requiredWhen: (values: Record<string, unknown>) => {
              throw new Error(String(values['TOKEN']));
            },
          },
        ],
      },
      { TOKEN: 'hunter2hunter2' },
    );
    expect(failing.errors).toMatchObject([{ key: 'B', code: 'rule_failed' }]);
    expect(JSON.stringify([failing.errors, failing.items])).not.toContain('hunter2');
  });

  it('a rule that names a key that nobody registered is one that fails, not one for nothing', () => {
    const keys = { TLS: ['bool', { default: true }], CERT: ['str', { requiredWhen: { TSL: true } }] } as const;
    expect(several(keys, {}).errors).toEqual([
      {
        key: 'CERT',
        code: 'rule_failed',
        message: 'has a rule requiredWhen that names TSL, which is not registered; did you mean TLS?',
      },
    ]);
  });

  it('a rule sees secrets and lists as they are, and one that can never hold is an error', () => {
    const keys = {
      MODE_KEY: ['enum', { choices: ['on', 'off'], secret: true }],
      TAGS: ['list'],
      B: ['str', { requiredWhen: { MODE_KEY: 'on', TAGS: ['x'] } }],
    } as const;
    expect(several(keys, { MODE_KEY: 'on', TAGS: 'x' }).errors).toMatchObject([{ key: 'B', code: 'missing' }]);
    expect(several(keys, { MODE_KEY: 'on', TAGS: 'y' }).ok).toBe(true);
    const never = { A: ['int'], B: ['str', { requiredWhen: { A: '5' } }] } as const;
    // Whether it is set or not: it would be found out on the one day that it matters.
    expect(several(never, { B: 'set' })).toMatchObject({ ok: false, values: {}, items: [{}, { status: 'INVALID' }] });
    expect(several(never, {}).errors).toMatchObject([
      { code: 'rule_failed', message: 'has a rule requiredWhen that asks for a value that A never has' },
    ]);
  });

  it('what a shell sets itself is no misspelt name', () => {
    const { warnings } = several({ M: ['str'], USERS: ['str'] }, { _: '/bin/sh', USER: 'root', HOSTNAME: 'x' });
    expect(warnings).toEqual([]);
  });

  it('many names take no time to speak of', () => {
    const env: Record<string, string> = {};
    const keys: Record<string, ['int', object]> = {};
    for (let i = 0; i < 3_000; i++) {
      env[`SERVICE_${String(i)}_HOST`] = 'x';
      keys[`SETTING_${String(i)}`] = ['int', { required: true }];
    }
    const near = { ...env, SETING_7: '1' };
    const hint = (errors: readonly { readonly message: string }[]) => errors[7]?.message.includes('SETING_7');
    const few = Object.fromEntries(Object.entries(keys).slice(0, 300));
    expect(hint(several(few, near).errors)).toBe(true);
    // More pairs than are worth comparing: no suggestions, and no wait of minutes.
    expect(hint(several(keys, near).errors)).toBe(false);
  });

  it('an environment that cannot be read is one where nothing is set', () => {
    const env = {
      B: '1',
      get A(): string {
        throw new Error('hunter2hunter2');
      },
    };
    expect(several({ A: ['int'], B: ['int'] }, env).values).toEqual({ B: 1 });
    const closed = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('hunter2hunter2');
        },
      },
    );
    expect(several({ A: ['int'] }, closed).values).toEqual({});
  });

  it('has perhaps been set under the name that it replaces', () => {
    const keys = {
      DB_URL: ['url', { deprecated: { replacedBy: 'DATABASE_URL' } }],
      DATABASE_URL: ['url', { required: true }],
    } as const;
    expect(several(keys, { DB_URL: 'postgres://db/a' }).errors).toMatchObject([
      { key: 'DATABASE_URL', message: 'is required, and is not set; DB_URL is set, which it replaces' },
    ]);
  });

  it('what only deserves attention is one warning of validateOrThrow, once', async () => {
    const warnings: unknown[] = [];
    const validator = new ConfigValidator({
      name: 'shop',
      env: { DB_POOLSIZE: '5', OLD: 'x' },
      onListenerError: (warning) => warnings.push(warning),
    })
      .register('DB_POOL_SIZE', 'int', { default: 10 })
      .register('OLD', 'str', { deprecated: true });
    validator.validateOrThrow();
    validator.validateOrThrow();
    validator.validate();
    await Promise.resolve();
    expect(warnings).toMatchObject([
      {
        code: 'BREAKWATER_W_CONFIG',
        message: 'shop: OLD is deprecated; DB_POOLSIZE is not registered; did you mean DB_POOL_SIZE?',
      },
    ]);
  });

  it('is deprecated: told of when it is set', () => {
    const keys = { OLD: ['int', { deprecated: { replacedBy: 'NEW' } }], GONE: ['int', { deprecated: true }] } as const;
    expect(several(keys, {}).warnings).toEqual([]);
    expect(several(keys, { OLD: '1', GONE: '1' }).warnings).toEqual([
      { key: 'OLD', code: 'deprecated', message: 'is deprecated; set NEW in its place' },
      { key: 'GONE', code: 'deprecated', message: 'is deprecated' },
    ]);
  });

  it('registers like any other', () => {
    expect(register(new ConfigValidator({ env: {} }), 'A', 'str').validate()).toMatchObject({ ok: true, values: {} });
  });
});
