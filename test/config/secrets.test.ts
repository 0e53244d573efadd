import { inspect } from 'node:util';
import { ConfigInvalidError, ConfigValidator, Secret, type StandardSchema } from 'breakwater/config';
import { redactText } from '../../src/core/redaction.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { one, register, several, thrown } from './setup.js';

/** Everything that an error or a result may be turned into. */
function outputs(value: unknown): string {
  const parts = [String(value), inspect(value, { showHidden: true, depth: 20 }), JSON.stringify(value) ?? ''];
  for (let error = value; error instanceof Error; error = error.cause)
    parts.push(error.message, String(error.stack), inspect(error, { showHidden: true }));
  return parts.join('\n');
}

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
    expect(outputs(error)).not.toContain('correct-horse');
    expect(outputs(validator.validate())).not.toContain('correct-horse');
    expect(outputs(validator)).not.toContain('correct-horse');
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
    expect(outputs(errors)).not.toContain('hunter2');
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
      { '~standard': { version: 1, vendor: 'mine', validate: () => ({ issues: [{ message: 'no' }] }) } },
    ];
    for (const schema of schemas) {
      const { code, errors } = one(schema, 'hunter2hunter2');
      expect(code).toBe('invalid');
      expect(outputs(errors)).not.toMatch(/hunter2|topsecret/);
    }
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', hear);
    expect(rejections).toEqual([]);
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
      ['enum', { choices: ['topsecret', 'other-secret'], secret: true }],
      ['str', { pattern: /^topsecret/, secret: true }],
      ['int', { min: 777_777, secret: true }],
    ];
    for (const [type, options] of cases) {
      const { errors } = one(type, '5', options);
      expect(errors[0]?.message).toBe('is none of the values that are allowed');
    }
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

  it('no part of them in any output, whatever the types, the texts and the parsers', () => {
    const secretText = fc
      .stringMatching(/^[a-zA-Z0-9{}"':,/.@%\\+-]{12,40}$/)
      .filter((text) => text.trim().length >= 12 && !/^(?:true|false|yes|no|on|off)$/i.test(text));
    const kinds = [
      'int',
      'float',
      'bool',
      'str',
      'url',
      'list',
      'enum',
      'json',
      'duration',
      'bytes',
      'own',
      'zod',
      'file',
    ] as const;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...kinds), secretText), { minLength: 1, maxLength: 6 }), (keys) => {
        const env: Record<string, string> = {};
        using validator = new ConfigValidator({ env, prefix: 'APP_' });
        for (const [i, [kind, text]] of keys.entries()) {
          const key = `APP_${String(i)}_TOKEN`;
          if (kind === 'file') env[`${key}_FILE`] = `/nonexistent/${String(i)}`;
          else env[key] = text;
          const type =
            kind === 'own'
              ? {
                  type: 'own',
                  parse: (given: string) => {
                    throw new Error(given);
                  },
                }
              : kind === 'zod'
                ? z.string().transform((given) => {
                    throw new Error(given);
                  })
                : kind === 'file'
                  ? 'str'
                  : kind;
          const options =
            kind === 'enum'
              ? { choices: ['a', 'b'] }
              : kind === 'str'
                ? { minLength: 60 }
                : kind === 'list'
                  ? { items: 'int' }
                  : {};
          register(validator, key, type, { ...options, secret: i % 2 === 0 });
        }
        const result = validator.validate();
        const error = thrown(() => validator.validateOrThrow());
        const ordinary = outputs(new Error('x'));
        const shown = outputs(error) + outputs(result.items) + outputs(result.errors) + outputs(validator);
        for (const [i, [kind, text]] of keys.entries()) {
          if (kind === 'file' || i % 2 === 1) continue;
          for (let at = 0; at + 8 <= text.length; at++) {
            const part = text.slice(at, at + 8);
            // What stands in any stack says nothing.
            if (!ordinary.includes(part)) expect(shown).not.toContain(part);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
