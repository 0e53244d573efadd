import { registerSecret } from 'breakwater/core';
import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { logger } from './setup.js';

it('OBS-L7 keeps errors under any name, in lists, and as second argument', () => {
  const { log, out } = logger();
  const cause = Object.assign(new Error('root'), { code: 'ECONNREFUSED' });
  const error = new TypeError('boom', { cause });
  log.systemEvent('a', { failure: error, list: [error], deep: { error } });
  log.systemEvent('b', error);
  log.error('c', error, { attempt: 2 });
  const shown = {
    name: 'TypeError',
    message: 'boom',
    stack: expect.stringContaining('hostile.test') as string,
    cause: { name: 'Error', message: 'root', code: 'ECONNREFUSED', stack: expect.any(String) as string },
  };
  expect(out.lines).toMatchObject([
    { failure: shown, list: [shown], deep: { error: shown } },
    { err: shown },
    { err: shown, attempt: 2 },
  ]);
});

it('OBS-L7 keeps causes, aggregates, own fields, and errors of other realms', () => {
  const { log, out } = logger();
  const foreign = runInNewContext('new RangeError("elsewhere")') as object;
  class QueryError extends Error {
    override name = 'QueryError';
    readonly sql = 'select 1';
    readonly attempts = 3;
  }
  log.error('x', new AggregateError([new QueryError('one'), foreign], 'all failed'));
  expect(out.last['err']).toMatchObject({
    name: 'AggregateError',
    message: 'all failed',
    errors: [
      { name: 'QueryError', message: 'one', sql: 'select 1', attempts: 3 },
      { name: 'RangeError', message: 'elsewhere' },
    ],
  });
  const loop = new Error('loop');
  loop.cause = loop;
  log.error('y', loop);
  expect(out.last['err']).toMatchObject({ message: 'loop' });
});

it('OBS-L8 writes what JSON cannot, and never throws', () => {
  const { log, out } = logger();
  const circular: Record<string, unknown> = { a: 1 };
  circular['self'] = circular;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  log.systemEvent('x', {
    get getter() {
      throw new Error('no');
    },
    proxy: new Proxy(
      { a: 1 },
      {
        get: () => {
          throw new Error('no');
        },
      },
    ),
    keyless: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    ),
    revoked: revoked.proxy,
    circular,
    big: 12345678901234567890n,
    map: new Map([['a', 1]]),
    pairs: new Map<unknown, unknown>([[{ k: 1 }, 'v']]),
    set: new Set(['a']),
    symbol: Symbol('s'),
    fn: function named() {},
    nan: NaN,
    infinite: -Infinity,
    date: new Date(0),
    noDate: new Date(NaN),
    pattern: /a+/g,
    bytes: Buffer.from('secret'),
    view: new Float64Array(2),
    promise: Promise.resolve(1),
    undef: undefined,
    list: [undefined, () => 1, Symbol('t')],
    url: new URL('https://example.org/a'),
    boxed: [Object(1), Object('s'), Object(true), Object(5n), Object(Symbol('b'))] as unknown[],
    query: new URLSearchParams({ page: '2', password: 'hunter22' }),
    headers: new Headers({ accept: '*/*', authorization: 'Bearer abcdefgh' }),
    toJSONThrows: {
      toJSON: () => {
        throw new Error('no');
      },
    },
    toJSONSelf: {
      toJSON() {
        return this;
      },
    },
    class: new (class Money {
      readonly cents = 5;
    })(),
    empty: {},
    half: 'a\ud800b',
    control: 'a\u0000\u0007\u2028\n"\\',
  });
  expect(out.last).toEqual({
    time: 1_700_000_000_000,
    level: 'info',
    event: 'SYSTEM_EVENT',
    msg: 'x',
    getter: '[unreadable]',
    proxy: '[unreadable]',
    keyless: '[unreadable]',
    revoked: '[unreadable]',
    circular: { a: 1, self: '[circular]' },
    big: '12345678901234567890',
    map: { a: 1 },
    pairs: [[{ k: 1 }, 'v']],
    set: ['a'],
    symbol: 'Symbol(s)',
    fn: '[function]',
    nan: 'NaN',
    infinite: '-Infinity',
    date: '1970-01-01T00:00:00.000Z',
    noDate: null,
    pattern: '/a+/g',
    bytes: '[6 bytes]',
    view: '[16 bytes]',
    promise: '[promise]',
    list: [null, '[function]', 'Symbol(t)'],
    url: 'https://example.org/a',
    boxed: [1, 's', true, '5', 'Symbol(b)'],
    query: 'page=2&password=[secret]',
    headers: { accept: '*/*', authorization: '[secret]' },
    toJSONThrows: '[unreadable]',
    toJSONSelf: '[circular]',
    class: { cents: 5 },
    empty: {},
    half: 'a\ufffdb',
    control: 'a\u0000\u0007\u2028\n"\\',
  });
});

it('OBS-L8 writes no control character that a terminal would obey', () => {
  const { log, out } = logger();
  log.systemEvent('a\u009b31m', { long: `${'b'.repeat(100)}\u007f\u0085` });
  expect(out.texts.join('')).not.toMatch(/(?!\n)\p{Cc}/u);
  expect(JSON.parse(out.texts[0] as string)).toMatchObject({
    msg: 'a\u009b31m',
    long: `${'b'.repeat(100)}\u007f\u0085`,
  });
});

it('OBS-L8 bounds what it writes, and says so', () => {
  const { log, out } = logger();
  const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${String(i)}`, i]));
  const deep = (n: number): unknown => (n === 0 ? 'bottom' : { d: deep(n - 1) });
  const cases: object[] = [
    { list: new Array(1_000_000).fill(7) },
    { wide },
    wide,
    { deep: deep(50) },
    { text: 'x'.repeat(1_000_000) },
    { texts: Array.from({ length: 200 }, () => 'y'.repeat(10_000)) },
    {
      set: new Set(Array.from({ length: 5_000 }, (_, i) => i)),
      map: new Map(Array.from({ length: 5_000 }, (_, i) => [i, i])),
    },
    {
      tree: Array.from({ length: 200 }, () =>
        Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => true)),
      ),
    },
    { big: new Error('x'.repeat(1_000_000)) },
    { grid: Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => null)) },
    { deep: Array.from({ length: 8 }).reduce<unknown[]>((inner) => Array.from({ length: 200 }, () => inner), []) },
    { control: Array.from({ length: 20 }, () => '\0'.repeat(20_000)) },
    { [`key${'k'.repeat(100_000)}`]: 1 },
  ];
  for (const fields of cases) log.systemEvent('x', fields);
  log.systemEvent('m'.repeat(1_000_000));
  log.operation('\0'.repeat(20_000), () => undefined);
  for (const [i, text] of out.texts.entries()) expect(text.length, String(i)).toBeLessThan(67_000);
  const lines = out.lines;
  for (const [i, line] of lines.slice(0, 12).entries()) expect(line['truncated'], String(i)).toBe(true);
  expect((lines[0]?.['list'] as unknown[]).at(-1)).toBe('[… 999800 more]');
  expect(lines[0]?.['list']).toHaveLength(201);
  expect(Object.keys(lines[1]?.['wide'] as object)).toHaveLength(200);
  expect(log.snapshot().truncated).toBeGreaterThanOrEqual(12);
});

it('a value that logs while it is read disturbs no line', () => {
  const { log, out } = logger();
  log.systemEvent('outer', {
    before: 1,
    get logs() {
      log.systemEvent('inner', { deep: { a: [1] } });
      return { b: 2 };
    },
    after: 3,
  });
  expect(out.lines).toMatchObject([
    { msg: 'inner', deep: { a: [1] } },
    { msg: 'outer', before: 1, logs: { b: 2 }, after: 3 },
  ]);
});

it('OBS-L8 whatever is logged becomes one line of JSON', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withNullPrototype: true,
        withTypedArray: true,
        withSparseArray: true,
        withObjectString: true,
        withBoxedValues: true,
      }),
      (message, value) => {
        const { log, out, reported } = logger();
        log.systemEvent(message, { value });
        log.error(message, value, { again: [value] });
        log.systemEvent(message, value as object);
        expect(out.texts).toHaveLength(3);
        for (const text of out.texts) expect(JSON.parse(text)).toMatchObject({ level: expect.any(String) as string });
        expect(reported).toEqual([]);
      },
    ),
    { numRuns: runs(3_000) },
  );
});

it('OBS-L8 writes a line and runs the call also for fields that cannot be read at all', () => {
  const { log, out } = logger();
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const closed = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('no');
      },
    },
  );
  class Hostile {
    get stack(): string {
      throw new Error('no');
    }
  }
  for (const fields of [revoked.proxy, closed, new Hostile()]) {
    log.systemEvent('line', fields);
    expect(log.withContext(fields, () => 'ran')).toBe('ran');
    expect(log.operation('o', fields, () => 'ran')).toBe('ran');
    log.child(fields).systemEvent('child');
  }
  expect(out.lines.filter(({ msg }) => msg === 'line' || msg === 'child')).toHaveLength(6);
  log.withContext(revoked.proxy, () => {
    log.systemEvent('within');
  });
  expect(out.last).toMatchObject({ fields: '[unreadable]' });
  expect(log.withTrace(null as never, () => 'ran')).toBe('ran');
  expect(log.withTrace(revoked.proxy, () => 'ran')).toBe('ran');
  expect(
    log.withTrace(
      new Headers({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }) as never,
      () => log.trace()?.traceId,
    ),
  ).toBe('a'.repeat(32));
});

it('OBS-L8 marks every line in which something was cut, and cuts instead of dropping', () => {
  const { log, out } = logger();
  log.systemEvent('m'.repeat(20_000));
  log.error('x', new Error(`beginning ${'y'.repeat(80_000)}`));
  log.withContext(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${String(i)}`, i])), () => {
    log.systemEvent('a');
  });
  expect(out.lines.map(({ truncated }) => truncated)).toEqual([true, true, true]);
  expect((out.lines[1]?.['err'] as { message: string }).message).toMatch(/^beginning y+/);
  const big = (n: number): object => ({ [`t${String(n)}`]: Array.from({ length: 10 }, () => 'z'.repeat(9_000)) });
  log.child(big(1)).withContext(big(2), () => {
    log.child(big(3)).error('x', new Error('e'.repeat(9_000)), big(4));
  });
  expect(out.texts.at(-1)?.length).toBeLessThan(67_000);
  // However large the context and the error are, a line has room for what only it says.
  log.withContext({ items: Array.from({ length: 200 }, () => 'c'.repeat(500)) }, () => {
    log.error('m', new Error('e'.repeat(90_000)), { important: 1 });
  });
  expect(out.lines.at(-1)).toMatchObject({ important: 1, truncated: true });
});

it('OBS-L2 has no name twice, whatever secrets the names held', () => {
  using _ = registerSecret('hunter2secret');
  using __ = registerSecret('second2secret');
  const { log, out } = logger();
  log.systemEvent('x', { '[secret]': 1, hunter2secret: 2, second2secret: 3, '[secret]#2': 4 });
  expect(Object.keys(out.last).filter((name) => name.startsWith('[secret]'))).toHaveLength(4);
  const long = 'k'.repeat(250);
  log.systemEvent('x', { [long]: 1, [`${'k'.repeat(199)}…`]: 2, [`${long}x`]: 3 });
  expect(Object.keys(out.last).filter((name) => name.startsWith('kkk'))).toHaveLength(3);
});

it('a clock that says nothing, and values that log for ever, cost no line', () => {
  const broken = { now: () => 0, wallNow: () => NaN, schedule: () => () => undefined };
  const { log, out } = logger({ clock: broken });
  log.systemEvent('x');
  expect(out.last.time).toBe(0);
  const endless = {
    toJSON(): string {
      log.systemEvent('again', { endless });
      return 'x';
    },
  };
  log.systemEvent('first', { endless });
  expect(out.texts.length).toBeLessThan(10);
});
