import { inspect } from 'node:util';
import { ConfigInvalidError, ConfigValidator, Secret, type StandardSchema } from 'breakwater/config';
import { redactText } from '../../src/core/redaction.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shown } from './leaks/outputs.js';
import { one, several, thrown } from './setup.js';

describe('Secret', () => {
  it('shows itself to nobody but who asks for it', () => {
    const secret = new Secret('hunter2hunter2');
    expect(secret.reveal()).toBe('hunter2hunter2');
    const shown = [
      String(secret),
      `a ${secret as unknown as string}`,
      JSON.stringify({ secret }),
      inspect(secret, { showHidden: true }),
      inspect({ deep: [secret] }),
      JSON.stringify(structuredClone({ secret })),
      Object.keys(secret).join(),
    ].join('\n');
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('[secret]');
    expect(Number(secret)).toBeNaN();
    expect(Object.isFrozen(secret)).toBe(true);
  });

  it('holds what a key with secret: true has, of any type', () => {
    const { values, items } = several(
      {
        PIN_CODE: ['int', { secret: true }],
        KEYS: ['list', { secret: true }],
        URL: ['url', { secret: true, default: 'http://a/b' }],
      },
      { PIN_CODE: '12345', KEYS: 'first-key,second-key' },
    );
    expect((values['PIN_CODE'] as Secret<number>).reveal()).toBe(12_345);
    expect((values['KEYS'] as Secret<string[]>).reveal()).toEqual(['first-key', 'second-key']);
    expect((values['URL'] as Secret<string>).reveal()).toBe('http://a/b');
    expect(items.map((item) => Object.hasOwn(item, 'value') || Object.hasOwn(item, 'default'))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('secrets', () => {
  it('OBS-C12 of one key stay hidden when another is wrong', () => {
    using validator = new ConfigValidator({ env: { SESSION_KEY: 'correct-horse-battery', PORT: 'x' } })
      .register('PORT', 'int', { required: true })
      .register('SESSION_KEY', 'str', { secret: true, required: true })
      .register('MISSING', 'str', { required: true });
    const error = thrown(() => validator.validateOrThrow());
    expect(error).toBeInstanceOf(ConfigInvalidError);
    expect(shown(error)).not.toContain('correct-horse');
    expect(shown(validator.validate())).not.toContain('correct-horse');
    expect(shown(validator)).not.toContain('correct-horse');
  });

  it('OBS-C14 a parser that throws what it got says nothing of it', () => {
    const own = {
      type: 'pem',
      parse(text: string): string {
        throw new Error(`bad ${text}`, { cause: new Error(text) });
      },
    };
    const { errors, code } = one(own, 'hunter2hunter2');
    expect(code).toBe('invalid');
    expect(errors[0]?.message).toBe('is no pem');
    expect(shown(errors)).not.toContain('hunter2');
  });

  it('OBS-C15 a schema that throws, rejects or answers later is an error of its key, and of nothing else', async () => {
    const rejections: unknown[] = [];
    const hear = (reason: unknown): unknown => rejections.push(reason);
    process.on('unhandledRejection', hear);
    const throwing = z.string().transform((text) => {
      throw new Error(`bad ${text}`);
    });
    const schemas: unknown[] = [
      throwing,
      z.string().transform((text) => Promise.resolve(text)),
      z.string().regex(/^topsecret$/),
      z.literal('topsecret'),
      { '~standard': { version: 1, vendor: 'mine', validate: (text: string) => Promise.reject(new Error(text)) } },
      { '~standard': { version: 1, vendor: 'mine', validate: () => null } },
      {
        '~standard': {
          version: 1,
          vendor: 'mine',
          validate: (text: string) => ({ value: Promise.reject(new Error(text)) }),
        },
      },
      { '~standard': { version: 1, vendor: 'mine', validate: () => ({ issues: [{ message: 'no' }] }) } },
    ];
    for (const schema of schemas) {
      const { code, errors } = one(schema, 'hunter2hunter2');
      expect(code).toBe('invalid');
      expect(shown(errors)).not.toMatch(/hunter2|topsecret/);
    }
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
    expect(rejections).toEqual([]);
  });

  it('OBS-C15 a type that is asynchronous for all to see is refused before it runs', () => {
    // These would begin at once, and end the process with what they throw.
    const fails = async (text: string): Promise<string> => {
      await Promise.resolve();
      throw new Error(text);
    };
    const schemas: unknown[] = [
      z.string().transform(fails),
      z.string().refine(async (text) => (await fails(text)) === ''),
      z.string().transform(fails).optional(),
      z.string().pipe(z.transform(fails)),
      z.union([z.literal('a'), z.string().transform(fails)]),
      z.preprocess(fails as never, z.string()),
      { type: 'later', parse: fails },
    ];
    for (const schema of schemas)
      expect(() => one(schema, 'hunter2hunter2')).toThrow(
        "ConfigValidator.register 'KEY': the type has an asynchronous function, but configuration is read at once",
      );
  });

  it('OBS-C12 are in no path, and no value that was put where a path belongs, from the first time on', () => {
    using validator = new ConfigValidator({
      env: { A_KEY: 'first-time-secret', M_FILE: '/x/first-time-secret', B_KEY_FILE: 'not/a/path/but/a/secret' },
    })
      .register('A_KEY', 'str', { secret: true })
      .register('M', 'str', { fromFile: true })
      .register('B_KEY', 'str', { secret: true });
    const { errors, items } = validator.validate();
    expect(errors[0]?.message).toContain('names /x/[secret], which is not there');
    expect(JSON.stringify([errors, items])).not.toMatch(/first-time|not.a.path/);
  });

  it('stay masked while results of earlier readings may be in use', () => {
    using validator = new ConfigValidator({ env: {} }).register('A_KEY', 'str', { secret: true });
    for (const text of ['secret-number-1', 'secret-number-2', 'secret-number-3'])
      validator['~standard'].validate({ A_KEY: text });
    expect(redactText('secret-number-1 secret-number-3')).toBe('[secret] [secret]');
    for (let i = 0; i < 300; i++) validator['~standard'].validate({ A_KEY: `secret-number-${String(i)}` });
    // And not for ever: what is rotated again and again would fill the process.
    expect(redactText('a secret-number-5x')).toBe('a secret-number-5x');
    expect(redactText('secret-number-299')).toBe('[secret]');
  });

  it('any Standard Schema makes the value', () => {
    const point = z.string().transform((text) => ({ x: Number(text) }));
    const { x } = one(point, '5').value as { x: number };
    expect(x).toBe(5);
    const mine: StandardSchema<string> = {
      '~standard': { version: 1, vendor: 'mine', validate: (text) => ({ value: String(text).toUpperCase() }) },
    };
    expect(one(mine, 'abc').value).toBe('ABC');
    expect(one({ type: 'upper', parse: (text: string) => text.toUpperCase() }, 'abc').value).toBe('ABC');
    expect(one({ type: 'later', parse: (text: string) => Promise.resolve(text) }, 'abc').code).toBe('invalid');
  });

  it('OBS-C19 what is allowed of a secret is a secret too', () => {
    const cases: [string, object][] = [
      ['enum', { choices: ['topsecret', 'other-secret'] }],
      ['str', { pattern: /^topsecret/ }],
      ['int', { min: 777_777 }],
    ];
    for (const [type, options] of cases) {
      const { errors } = one(type, '5', { ...options, secret: true });
      expect(errors[0]?.message).toBe('is none of the values that are allowed');
    }
  });

  it.each([
    ['int', { min: 777_777 }, 'must be a whole number in decimal digits'],
    ['float', { max: 777_777 }, 'must be a decimal number'],
    ['duration', { min: 777_777 }, 'must be a number of milliseconds, or such as 500ms, 30s, 5m, 2h, 1d'],
    ['bytes', { min: 777_777 }, 'must be a number of bytes, or such as 512kB, 64KiB, 10MiB'],
    ['url', { schemes: ['topsecret'] }, 'must be a URL with a scheme, such as https://host:443/path'],
  ])('OBS-C19 nor is it told what is allowed of a secret %s when its text is none', (type, options, message) => {
    expect(one(type, 'x y', { ...options, secret: true }).errors[0]?.message).toBe(message);
    expect(one(type, 'x y', options).errors[0]?.message).toMatch(/777777|topsecret/);
  });

  it('are masked in whatever Breakwater shows from then on, those of URLs and files too', () => {
    using validator = new ConfigValidator({
      env: {
        SESSION_KEY: 'correct-horse-battery',
        DATABASE_URL: 'postgres://app:p%40ss-word@db/a',
        API_TOKEN: 'tok-12345',
        SENTRY_DSN: 'https://key:dsn-pass-9@sentry/1',
      },
    })
      .register('SESSION_KEY', 'str', { secret: true })
      .register('API_TOKEN', 'str')
      .register('DATABASE_URL', 'url')
      .register('SENTRY_DSN', 'url');
    const { items } = validator.validate();
    expect(redactText('a correct-horse-battery b')).toBe('a [secret] b');
    expect(redactText('a tok-12345 b')).toBe('a [secret] b');
    expect(redactText('a p@ss-word b')).toBe('a [secret] b');
    expect(redactText('a dsn-pass-9 b')).toBe('a [secret] b');
    expect(items[2]?.value).toBe('postgres://[secret]@db/a');
    expect(items[1]).not.toHaveProperty('value');
    validator[Symbol.dispose]();
    expect(redactText('a tok-12345 b')).toBe('a tok-12345 b');
  });

  it('are masked in the first result as well, in values of other keys and whatever is in a password', () => {
    const { items } = several(
      {
        BANNER: ['str'],
        DATABASE_URL: ['url', { default: 'postgres://app:de<fau"}lt@db/a' }],
        QUEUE_URL: ['url'],
        SESSION_KEY: ['str', { secret: true }],
      },
      { SESSION_KEY: 'correct-horse', BANNER: 'see correct-horse', QUEUE_URL: 'amqp://app:12/3<4"}5@mq/a' },
    );
    expect(items.map(({ value }) => value)).toEqual([
      'see [secret]',
      'postgres://[secret]@db/a',
      'amqp://[secret]@mq/a',
      undefined,
    ]);
  });

  it('are masked as they are written, and as whoever has the value writes it', () => {
    using validator = new ConfigValidator({
      env: {
        RATE: '4242424242.50',
        WAIT: '42s',
        ACCOUNT: '{ "user": "app-user",  "password": "hunter2hunter2", "scopes": ["read", "write"] }',
        PARTS: '[{ "a": 1 }, "third-key"]',
        KEYS: 'first-key, second-key',
        QUEUE_URL: 'amqp://app:12/3<4@mq/a',
        VERBOSE: 'true',
      },
    })
      .register('RATE', 'float', { secret: true })
      .register('WAIT', 'duration', { secret: true })
      .register('ACCOUNT', 'json', { secret: true })
      .register('PARTS', 'json', { secret: true })
      .register('KEYS', 'list', { secret: true })
      .register('QUEUE_URL', 'url')
      .register('VERBOSE', 'bool', { secret: true });
    const { RATE, WAIT, ACCOUNT, KEYS } = validator.validate().values;
    for (const value of [RATE, WAIT, KEYS]) expect(redactText(`a ${String(value?.reveal())} b`)).toBe('a [secret] b');
    expect(redactText(`a ${JSON.stringify(ACCOUNT?.reveal())} b`)).toBe('a [secret] b');
    expect(redactText('a hunter2hunter2 12/3<4 third-key b')).toBe('a [secret] [secret] [secret] b');
    // Words that stand anywhere are not.
    const words = 'a true app-user read write [object Object] b';
    expect(redactText(words)).toBe(words);
  });

  it('are masked as they are written when what was made of them cannot be read, or holds itself', () => {
    const unreadable = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const round: Record<string, unknown> = { token: 'inner-token' };
    round['self'] = round;
    using validator = new ConfigValidator({ env: { A: 'hunter2hunter2', B: 'correct-horse' } })
      .register('A', { type: 'own', parse: () => unreadable }, { secret: true })
      .register('B', { type: 'own', parse: () => round }, { secret: true });
    expect(validator.validate().ok).toBe(true);
    expect(redactText('a hunter2hunter2 correct-horse inner-token')).toBe('a [secret] [secret] [secret]');
  });

  it('are not heard of when a rule answers later', async () => {
    const rejections: unknown[] = [];
    const hear = (reason: unknown): unknown => rejections.push(reason);
    process.on('unhandledRejection', hear);
    const rule = ({ TOKEN }: Readonly<Record<string, unknown>>) => Promise.reject(new Error(String(TOKEN)));
    const { errors } = several({ TOKEN: ['str'], B: ['str', { requiredWhen: rule }] }, { TOKEN: 'hunter2hunter2' });
    await new Promise(setImmediate);
    process.off('unhandledRejection', hear);
    expect(errors).toMatchObject([{ key: 'B', code: 'rule_failed' }]);
    expect(rejections).toEqual([]);
  });
});
