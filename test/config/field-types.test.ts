import { describe, expect, it } from 'vitest';
import { one } from './setup.js';

describe('bool', () => {
  it.each(['false', 'FALSE', '0', 'no', 'off', ' Off '])('OBS-C1 %j is false', (text) => {
    expect(one('bool', text)).toMatchObject({ ok: true, value: false });
  });

  it.each(['true', 'TRUE', '1', 'yes', 'on', ' on '])('OBS-C1 %j is true', (text) => {
    expect(one('bool', text)).toMatchObject({ ok: true, value: true });
  });

  it('OBS-C2 nothing is unset, and any other word an error that names the accepted ones', () => {
    expect(one('bool', '', { default: true })).toMatchObject({ value: true, item: { status: 'DEFAULTED' } });
    expect(one('bool', '')).toMatchObject({ ok: true, value: undefined, item: { status: 'MISSING' } });
    const { code, errors, value } = one('bool', 'maybe');
    expect([code, value]).toEqual(['not_bool', undefined]);
    expect(errors[0]?.message).toContain('true, 1, yes, on, or false, 0, no, off');
  });
});

describe('int', () => {
  it.each(['12abc', '1e3', '0x10', '3.9', '1_000', '+-1', '080', '--1', '1 2', 'NaN', '٣'])(
    'OBS-C3 %j is none',
    (text) => {
      expect(one('int', text)).toMatchObject({ ok: false, code: 'not_int', value: undefined });
    },
  );

  it.each([
    ['42', 42],
    [' -7 ', -7],
    ['+3', 3],
    ['-0', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('OBS-C3 %j is %d', (text, value) => {
    expect(one('int', text).value).toBe(value);
  });

  it.each(['', '  '])('OBS-C4 %j is unset, not 0', (text) => {
    expect(one('int', text)).toMatchObject({ ok: true, value: undefined });
    expect(one('int', text, { required: true })).toMatchObject({ ok: false, code: 'empty' });
    expect(one('int', text, {}, { emptyAsUnset: false })).toMatchObject({ ok: false, code: 'empty' });
  });

  it('OBS-C5 one beyond what is exact is an error', () => {
    expect(one('int', '9007199254740993').code).toBe('not_int');
  });

  it('OBS-C26 a port is from 0 to 65535, as the limits say', () => {
    const port = { min: 0, max: 65_535 };
    expect([one('int', '0', port).value, one('int', '65535', port).value]).toEqual([0, 65_535]);
    expect([one('int', '65536', port).code, one('int', '-1', port).code]).toEqual(['out_of_range', 'out_of_range']);
    expect(one('int', '65536', port).errors[0]?.message).toContain('from 0 to 65535');
    expect(one('int', '080', port).code).toBe('not_int');
  });
});

describe('float', () => {
  it.each(['Infinity', '-Infinity', 'NaN', '1e999', '1e-400', '1,5', '0x1p3', '.', 'e5', '1.2.3', '007.5'])(
    'OBS-C6 %j is none',
    (text) => {
      expect(one('float', text)).toMatchObject({ ok: false, code: 'not_number' });
    },
  );

  it.each([
    ['1.5', 1.5],
    ['-2e3', -2_000],
    ['.5', 0.5],
    ['3.', 3],
  ])('OBS-C6 %j is %d', (text, value) => {
    expect(one('float', text).value).toBe(value);
  });
});

describe('str, enum', () => {
  it('OBS-C8 nothing is unset, or itself where that is allowed', () => {
    expect(one('str', '', { default: 'x' }).value).toBe('x');
    expect(one('str', '', { default: 'x', allowEmpty: true }).value).toBe('');
    expect(one('str', '', { default: 'x' }, { emptyAsUnset: false }).value).toBe('');
    expect(one('str', ' a b ').value).toBe(' a b ');
  });

  it('OBS-C11 lengths are told without a character of the text, and blanks make nothing longer', () => {
    const { errors } = one('str', 's3cret-s3cret-s3cret-s3cret-s3cr', { secret: true, minLength: 33 });
    expect(errors).toEqual([{ key: 'KEY', code: 'too_short', message: 'needs at least 33 characters' }]);
    expect(one('str', `abc${' '.repeat(40)}`, { minLength: 32 }).code).toBe('too_short');
    expect(one('str', ' '.repeat(32), { secret: true, required: true, minLength: 32 }).code).toBe('empty');
    expect(one('str', 'abcd', { maxLength: 3 }).code).toBe('too_long');
  });

  it('a pattern has no memory', () => {
    const options = { pattern: /^a+$/g };
    expect([one('str', 'aa', options).ok, one('str', 'aa', options).ok, one('str', 'b', options).code]).toEqual([
      true,
      true,
      'bad_pattern',
    ]);
  });

  it('OBS-C13 a word that is no choice is not repeated', () => {
    const { code, errors } = one('enum', 'verbose-hunter2', { choices: ['info', 'debug'] });
    expect([code, errors[0]?.message]).toEqual(['not_in_set', 'must be one of info, debug']);
    expect(one('enum', ' debug ', { choices: ['info', 'debug'] }).value).toBe('debug');
  });
});

describe('url', () => {
  it.each([
    'localhost:3000',
    'example.org',
    'http://',
    'https:///path',
    'http://host:99999',
    'http://host:port',
    'http://a b',
    '//host/path',
    'postgres://u:p@',
    'http://[::1',
  ])('OBS-C20 %j is none', (text) => {
    expect(one('url', text)).toMatchObject({ ok: false, code: 'bad_url' });
  });

  it.each([
    'http://localhost:3000',
    'https://example.org/a?b=c#d',
    'postgresql+asyncpg://u:p%40ss@db:5432/app',
    'mongodb://a:1,b:2,c/app?replicaSet=r',
    'redis://:pass@[::1]:6379/0',
    'sqlite:///data/app.db',
    'postgres://u:p@ss@db/app',
  ])('OBS-C22 %j is one, and stays as it is', (text) => {
    expect(one('url', text).value).toBe(text);
  });

  it('has one of the schemes, when they are given', () => {
    const options = { schemes: ['postgres', 'postgresql'] };
    expect([one('url', 'postgres://db/a', options).ok, one('url', 'mysql://db/a', options).code]).toEqual([
      true,
      'bad_url',
    ]);
    expect(one('url', 'mysql://db/a', options).errors[0]?.message).toContain('postgres:// or postgresql://');
  });
});

describe('list', () => {
  it('OBS-C23 is trimmed, without empty items, and has each once', () => {
    expect(one('list', ' 1, 2,,2 ').value).toEqual(['1', '2']);
    expect(one('list', '').value).toEqual([]);
    expect(one('list', '', { default: ['a'] }).value).toEqual(['a']);
    expect(one('list', ' , ,').value).toEqual([]);
    expect(one('list', '', { required: true }).code).toBe('empty');
    expect(one('list', undefined).value).toBeUndefined();
  });

  it('OBS-C23 keeps the digits of ids, as texts and as bigint', () => {
    expect(one('list', '9007199254740993,1').value).toEqual(['9007199254740993', '1']);
    expect(one('list', '9007199254740993,-1', { items: 'bigint' }).value).toEqual([9_007_199_254_740_993n, -1n]);
    expect(one('list', '1,2', { items: 'int' }).value).toEqual([1, 2]);
    const { code, errors } = one('list', '1,hunter2', { items: 'int' });
    expect([code, errors[0]?.message]).toEqual(['not_int', 'must be whole numbers between commas; item 2 is none']);
    expect(one('list', 'a,b,c', { maxLength: 2 }).code).toBe('too_long');
    expect(one('list', 'a', { minLength: 2 }).code).toBe('too_short');
  });
});

describe('duration, bytes, json', () => {
  it.each([
    ['duration', '500', 500],
    ['duration', '1.5s', 1_500],
    ['duration', '30 S', 30_000],
    ['duration', '5m', 300_000],
    ['duration', '2h', 7_200_000],
    ['duration', '1d', 86_400_000],
    ['duration', '1.1s', 1_100],
    ['bytes', '512', 512],
    ['bytes', '512kB', 512_000],
    ['bytes', '64KiB', 65_536],
    ['bytes', '1.5 MiB', 1_572_864],
  ])('%s %j is %d', (type, text, value) => {
    expect(one(type, text).value).toBe(value);
  });

  it.each([
    ['duration', '5 minutes', 'bad_duration'],
    ['duration', '-1s', 'bad_duration'],
    ['duration', '0.0001s', 'bad_duration'],
    ['duration', 's', 'bad_duration'],
    ['bytes', '1XB', 'bad_bytes'],
    ['bytes', '1e3', 'bad_bytes'],
    ['bytes', '99999999TiB', 'bad_bytes'],
    ['json', '{"password": "hunter2"', 'bad_json'],
  ])('%s %j is none', (type, text, code) => {
    const { errors, code: got } = one(type, text);
    expect(got).toBe(code);
    expect(errors[0]?.message).not.toContain('hunter2');
  });

  it('limits are in ms and in bytes', () => {
    expect(one('duration', '2s', { max: 1_000 }).code).toBe('out_of_range');
    expect(one('bytes', '1KiB', { min: 2_000 }).code).toBe('out_of_range');
  });

  it('json is what it says, frozen in all its depth', () => {
    const { value } = one('json', '{"a":[{"b":1}],"n":null}');
    expect(value).toEqual({ a: [{ b: 1 }], n: null });
    expect(Object.isFrozen((value as { a: object[] }).a[0])).toBe(true);
  });
});

describe('lists, as single values are', () => {
  it.each([
    ['int', '1,+2,-3', [1, 2, -3]],
    ['int', '1,-0', [1, 0]],
    ['bigint', '+12345678901234567890,-2', [12345678901234567890n, -2n]],
  ])('OBS-C23 of %s reads %j', (items, text, values) => {
    expect(one('list', text, { items }).value).toEqual(values);
  });

  it.each([
    ['int', '007,7'],
    ['int', '1e3'],
    ['int', '9007199254740993'],
    ['bigint', '007'],
    ['bigint', '1.5'],
    ['bigint', '1'.repeat(1_001)],
  ])('OBS-C23 of %s refuses %j', (items, text) => {
    expect(one('list', text, { items }).code).toBe('not_int');
  });
});

describe('hosts of URLs', () => {
  it.each(['http://%%%', 'http://<script>/', 'http://../', 'http://a b/', 'http://a"b', 'http://-', 'http://a\\b/'])(
    'OBS-C20 that are none: %j',
    (text) => {
      expect(one('url', text).code).toBe('bad_url');
    },
  );

  it.each([
    'http://localhost:3000',
    'https://münchen.example/x',
    'postgres://%2Fvar%2Frun%2Fpostgresql/db',
    'http://[::1]:80/',
    'redis://my_cache-1.ns.svc.cluster.local:6379/0',
    'mongodb://a:27017,b:27017/db',
    'sqlite:///tmp/x.db',
  ])('OBS-C22 that are some: %j', (text) => {
    expect(one('url', text).value).toBe(text);
  });
});

it('a float is never less than it says', () => {
  expect([one('float', '-0').value, one('float', '.5').value, one('float', '0e5').value]).toEqual([0, 0.5, 0]);
  expect(one('float', '0.000').value).toBe(0);
});
