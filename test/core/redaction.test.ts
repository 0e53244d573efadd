import { InvalidArgumentError, registerSecret } from 'breakwater/core';
import { describe, expect, it } from 'vitest';
import { redactText, redactValue } from '../../src/core/redaction.js';
import { isSensitiveKey } from '../../src/core/sensitive-names.js';

describe('redactText', () => {
  it.each([
    ['connect to postgres://app:hunter2@db:5432/x failed', 'connect to postgres://[secret]@db:5432/x failed'],
    ['postgresql+asyncpg://u:p%40ss@h/d', 'postgresql+asyncpg://[secret]@h/d'],
    ['Authorization: Bearer abc.def.ghi', 'Authorization: [secret]'],
    ['sent bearer abcdefgh here', 'sent bearer [secret] here'],
    ['password=hunter2&user=bob', 'password=[secret]&user=bob'],
    ['{"apiKey":"abc","user":"bob"}', '{"apiKey":[secret],"user":"bob"}'],
    ['DB_PASSWORD: hunter2', 'DB_PASSWORD: [secret]'],
    ['{"db_password": "two words", "user":"bob"}', '{"db_password": [secret], "user":"bob"}'],
    [String.raw`{"secret":"quo\"ted"}`, '{"secret":[secret]}'],
    [String.raw`"{\"token\":\"abc\"}"`, String.raw`"{\"token\":[secret]}"`],
    ["passphrase: 'it never ends", 'passphrase: [secret]'],
    [`token="${'long '.repeat(1_000)}"`, 'token=[secret]'],
    ['postgres://app:p@ss@db/x', 'postgres://[secret]@db/x'],
    ['plain text about nothing', 'plain text about nothing'],
    ['max-age=31536000', 'max-age=31536000'],
  ])('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it('cuts after it masked, so that no half of a secret is left at the edge', () => {
    const text = `${'x'.repeat(190)} password=hunter2hunter2`;
    expect(redactText(text, 200)).not.toContain('hunter');
    expect(redactText('y'.repeat(1_000), 200)).toHaveLength(200);
  });

  it('leaves no half of a character, neither its own nor one that came', () => {
    expect(redactText('😀'.repeat(200), 200)).toBe(`${'😀'.repeat(99)}\ufffd…`);
    expect(redactText('a\ud83d \ude00b 😀')).toBe('a\ufffd \ufffdb 😀');
  });

  it.each([
    'a:/'.repeat(50_000),
    '='.repeat(100_000),
    `${'a'.repeat(50_000)}@`,
    'key:'.repeat(25_000),
    '"'.repeat(100_000),
    'token="'.repeat(25_000),
    `token="${'\\\\'.repeat(50_000)}`,
    'a'.repeat(100_000),
    `bearer ${'.'.repeat(100_000)}`,
  ])('takes hostile text without hanging (case %#)', (text) => {
    expect(redactText(text).length).toBeLessThanOrEqual(2_000);
  });
});

describe('registerSecret', () => {
  it('masks a value everywhere until every handle is disposed', () => {
    const a = registerSecret('s3cr3t-value');
    const b = registerSecret('s3cr3t-value');
    expect(redactText('got s3cr3t-value twice: s3cr3t-value')).toBe('got [secret] twice: [secret]');
    a[Symbol.dispose]();
    a[Symbol.dispose]();
    expect(redactText('s3cr3t-value')).toBe('[secret]');
    b[Symbol.dispose]();
    expect(redactText('s3cr3t-value')).toBe('s3cr3t-value');
  });

  it('masks the longer of two values that overlap', () => {
    const handles = [registerSecret('abcd'), registerSecret('abcdefgh')];
    expect(redactText('abcdefgh abcd')).toBe('[secret] [secret]');
    for (const handle of handles) handle[Symbol.dispose]();
  });

  it.each(['', 'abc', 5, null])('refuses %j', (value) => {
    expect(() => registerSecret(value as string)).toThrow(InvalidArgumentError);
  });

  it('holds a bounded number of values', () => {
    const handles: Disposable[] = [];
    // Others may have registered values in this process.
    const fill = (): void => {
      for (let i = 0; i <= 10_000; i++) handles.push(registerSecret(`value-${String(i)}`));
    };
    expect(fill).toThrow('10000 values');
    expect(() => handles.push(registerSecret('value-1'))).not.toThrow();
    for (const handle of handles) handle[Symbol.dispose]();
    expect(redactText('value-1')).toBe('value-1');
  });
});

describe('redactValue', () => {
  it('copies plain JSON with every secret masked', () => {
    expect(
      redactValue({
        user: 'bob',
        password: 'x',
        nested: [{ apiToken: 1, n: 1n, d: new Date(0) }],
        skip: undefined,
        f: () => 1,
      }),
    ).toEqual({
      user: 'bob',
      password: '[secret]',
      nested: [{ apiToken: '[secret]', n: '1', d: '1970-01-01T00:00:00.000Z' }],
    });
  });

  it('copies a shared object a bounded number of times, however many places it stands in', () => {
    let shared: unknown = [1];
    for (let i = 0; i < 7; i++) shared = Array.from({ length: 200 }, () => shared);
    const text = JSON.stringify(redactValue(shared));
    expect(text.length).toBeGreaterThan(20_000);
    expect(text.length).toBeLessThan(200_000);
  });

  it('survives cycles, depth, throwing getters and huge objects', () => {
    const cycle: Record<string, unknown> = { a: 1 };
    cycle.self = cycle;
    expect(redactValue(cycle)).toEqual({ a: 1, self: '[…]' });
    let deep: unknown = 'end';
    for (let i = 0; i < 1_000; i++) deep = { deep };
    expect(JSON.stringify(redactValue(deep)).length).toBeLessThan(200);
    expect(
      redactValue({
        get bad() {
          throw new Error('no');
        },
      }),
    ).toEqual({ bad: '[unreadable]' });
    expect(
      redactValue(
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error('no');
            },
          },
        ),
      ),
    ).toBe('[unreadable]');
    expect(
      Object.keys(
        redactValue(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${String(i)}`, i]))) as object,
      ),
    ).toHaveLength(200);
    expect(redactValue({ b: Buffer.from('correct-horse') })).toEqual({ b: '[13 bytes]' });
    expect([
      redactValue(NaN),
      redactValue(null),
      redactValue(Symbol('x')),
      redactValue(new Error('token=abcd1234')),
    ]).toEqual(['NaN', null, undefined, 'Error: token=[secret]']);
  });

  it('makes no object with a foreign prototype', () => {
    const copy = redactValue(JSON.parse('{"__proto__":{"admin":true}}')) as { admin?: boolean };
    expect(copy.admin).toBeUndefined();
    expect(Object.keys(copy)).toEqual(['__proto__']);
  });
});

describe('isSensitiveKey', () => {
  it.each([
    'password',
    'DB_PASSWORD',
    'apiKey',
    'access_token',
    'Authorization',
    'cookie',
    'set-cookie',
    'privateKey',
    'SECRET',
  ])('%s is', (name) => {
    expect(isSensitiveKey(name)).toBe(true);
  });
  it.each(['user', 'path', 'monkey', 'tokens_used', 'keyboard', 'status'])('%s is not', (name) => {
    expect(isSensitiveKey(name)).toBe(false);
  });
});
