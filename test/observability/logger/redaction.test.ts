import { registerSecret } from 'breakwater/core';
import { EventType, StructuredLogger } from 'breakwater/logger';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { logger } from './setup.js';

const nested = (depth: number, leaf: object): object => (depth === 0 ? leaf : { down: nested(depth - 1, leaf) });

it('OBS-L9 hides values by name at any depth, in lists, in any case', () => {
  const { log, out } = logger();
  log.systemEvent('x', {
    Password: 'p1',
    API_KEY: 'p2',
    'x-api-key': 'p3',
    Authorization: 'p4',
    a: [{ token: 'p5' }, [{ refreshToken: 'p6' }]],
    deep: nested(5, { clientSecret: 'p7' }),
    map: new Map([['cookie', 'p8']]),
    set: new Set([{ dbPassword: 'p9' }]),
    nullProto: Object.assign(Object.create(null) as object, { jwt: 'p10' }),
    err: Object.assign(new Error('x'), { token: 'p11', cause: Object.assign(new Error('y'), { pwd: 'p12' }) }),
    json: { toJSON: () => ({ secret: 'p13' }) },
  });
  log.withContext({ session_id: 'p14' }, () => {
    log.child({ auth: { password: { nested: 'p15' } } }).systemEvent('y');
  });
  expect(out.texts.join('')).not.toMatch(/p\d/);
  expect(out.lines[0]).toMatchObject({
    Password: '[secret]',
    a: [{ token: '[secret]' }, [{ refreshToken: '[secret]' }]],
  });
});

it('OBS-L9 hides what stands beside its name: headers as pairs, as raw lists, as name and value', () => {
  const { log, out } = logger();
  log.systemEvent('x', {
    rawHeaders: ['Host', 'example.org', 'Cookie', 'a=p1', 'Authorization', 'p2'],
    entries: Object.entries({ 'x-api-key': 'p3', accept: 'shown' }),
    har: [
      { name: 'Authorization', value: 'p4' },
      { name: 'accept', value: 'seen' },
    ],
    env: [{ key: 'DB_PASSWORD', value: 'p5' }],
  });
  expect(out.texts.join('')).not.toMatch(/p\d/);
  expect(out.texts.join('')).toMatch(/example\.org.*shown.*seen/);
});

it('OBS-L10 masks registered values in messages, texts, stacks, names of fields, and in numbers', () => {
  using _ = registerSecret('hunter2-correct');
  using __ = registerSecret('83746152');
  const { log, out } = logger();
  log.systemEvent('connected with hunter2-correct', { url: 'x hunter2-correct y', 'hunter2-correct': 1, n: 83746152 });
  log.error('hunter2-correct', new Error('bad hunter2-correct', { cause: 'hunter2-correct' }));
  log.operation('hunter2-correct', { a: ['hunter2-correct'] }, () => {
    log.systemEvent('in');
  });
  expect(() =>
    log.operation('x', () => {
      throw new Error('hunter2-correct');
    }),
  ).toThrow();
  expect(out.texts.join('')).not.toMatch(/hunter2|83746152/);
  expect(out.lines[0]?.msg).toBe('connected with [secret]');
});

it('OBS-L10 masks credentials that look like some, in messages and texts', () => {
  const { log, out } = logger();
  log.systemEvent('postgres://user:p1@db/x', {
    header: 'Bearer p2p2p2p2',
    text: 'password=p3',
    body: '{"token":"p4"}',
  });
  log.error('x', new Error('connect postgres://user:p5@db/x'));
  expect(out.texts.join('')).not.toMatch(/p[1-5]/);
});

it('a value that is registered later is masked in what was written before in contexts and children', () => {
  const { log, out } = logger();
  const child = log.child({ a: 'later-secret' });
  log.withContext({ b: 'later-secret' }, () => {
    child.systemEvent('before');
    using _ = registerSecret('later-secret');
    child.systemEvent('after');
  });
  expect(out.lines[0]).toMatchObject({ a: 'later-secret', b: 'later-secret' });
  expect(out.lines[1]).toMatchObject({ a: '[secret]', b: '[secret]' });
});

it('OBS-L11 leaves the object of the caller as it is', () => {
  const { log } = logger();
  const inner = { token: 'x', list: [{ password: 'y' }] };
  const fields = { inner, other: { a: 1 } };
  const before = structuredClone(fields);
  log.systemEvent('x', fields);
  expect(fields).toEqual(before);
  expect(fields.inner).toBe(inner);
  expect(fields.inner.list).toBe(inner.list);
  const frozen = Object.freeze({ password: 'x', deep: Object.freeze({ token: 'y' }) });
  expect(() => {
    log.systemEvent('x', frozen);
  }).not.toThrow();
});

it('takes names of ones own, paths among them, and names that are no secrets', () => {
  const { log, out } = logger({
    redact: {
      keys: ['creditCard', 'user.email'],
      show: ['nextPageToken'],
      values: ['value-of-mine', { reveal: () => 'revealed-one' }],
    },
  });
  log.systemEvent('value-of-mine revealed-one', {
    credit_card: '4111',
    nested: { 'CREDIT-CARD': '4111' },
    user: { email: 'hidden', name: 'shown' },
    admin: { email: 'seen', user: [{ email: 'hidden' }] },
    nextPageToken: 'visible',
    email: 'top',
    password: 'hidden',
  });
  expect(out.last).toEqual(
    expect.objectContaining({
      msg: '[secret] [secret]',
      credit_card: '[secret]',
      nested: { 'CREDIT-CARD': '[secret]' },
      user: { email: '[secret]', name: 'shown' },
      nextPageToken: 'visible',
      email: 'top',
      password: '[secret]',
    }),
  );
});

it('shows everything but registered values and credentials in URLs when told so', () => {
  using _ = registerSecret('registered-value');
  const { log, out } = logger({ redact: false });
  log.systemEvent('password=seen registered-value', { password: 'seen', url: 'postgres://u:p1@db' });
  expect(out.last).toMatchObject({ password: 'seen', msg: 'password=seen [secret]' });
  expect(out.last['url']).not.toContain('p1');
});

it('names that are the same once masked stay apart', () => {
  using _ = registerSecret('secret-one');
  using __ = registerSecret('secret-two');
  const { log, out } = logger();
  log.systemEvent('x', { 'secret-one': 1, 'secret-two': 2, deep: { 'secret-one': 1, 'secret-two': 2 } });
  expect(out.last).toMatchObject({ '[secret]': 1, '[secret]#2': 2, deep: { '[secret]': 1, '[secret]#2': 2 } });
});

it('ten thousand random secrets, through every way into a line: none comes out', () => {
  const secret = fc
    .string({ minLength: 6, maxLength: 40, unit: 'grapheme' })
    .filter((text) => /\S.{4,}\S/u.test(text) && !'[secret]'.includes(text));
  const ways: ((log: StructuredLogger, value: string) => void)[] = [
    (log, value) => {
      log.systemEvent(value);
    },
    (log, value) => {
      log.userAction(`with ${value} in it`);
    },
    (log, value) => {
      log.securityEvent('x', { a: value, b: [value], c: { [value]: value } });
    },
    (log, value) => {
      log.performance('x', new Map([[value, value]]));
    },
    (log, value) => {
      log.error('x', new Error(value, { cause: { value } }), { e: new TypeError(value) });
    },
    (log, value) => {
      log.error(value, value);
    },
    (log, value) => {
      log.event(EventType.ERROR_EVENT, 'x', [value]);
    },
    (log, value) => {
      log.withContext({ a: value, [value]: 1 }, () => {
        log.systemEvent('x');
      });
    },
    (log, value) => {
      log.child({ a: { b: value } }).systemEvent('x', { json: JSON.stringify({ value }) });
    },
    (log, value) => {
      log.operation(value, { value }, (operation) => {
        operation.set({ more: value });
      });
    },
    (log, value) => {
      log.startOperation('x').fail(value);
    },
    (log, value) => {
      log.systemEvent('x', {
        toJSON: () => value,
        bytes: Buffer.from(value),
        u: safely(() => encodeURIComponent(value)),
      });
    },
    (log, value) => {
      log.systemEvent('x', {
        get a() {
          return value;
        },
        s: Symbol(value),
        f: () => value,
        r: new Set([value]),
      });
    },
  ];
  const seeds = fc.sample(fc.array(secret, { minLength: 100, maxLength: 100 }), {
    numRuns: runs(100),
    seed: 20_261_126,
  });
  let checked = 0;
  for (const values of seeds) {
    const { log, out } = logger();
    const handles = values.map((value) => registerSecret(value));
    for (const value of values) for (const way of ways) way(log, value);
    // Where a value would cross the end of what is shown of a text.
    for (const value of values.slice(0, 5)) {
      log.systemEvent('y'.repeat(16_380) + value, { long: 'z'.repeat(16_370) + value });
    }
    const shown = [out.texts.join('').replaceAll('[secret]', '\u0000'), ...out.texts.map(strings)].join('\u0000');
    for (const value of values) {
      checked++;
      const at = shown.indexOf(value);
      if (at !== -1) expect.fail(`found ${JSON.stringify(value)} in ${shown.slice(Math.max(0, at - 200), at + 100)}`);
    }
    for (const handle of handles) handle[Symbol.dispose]();
  }
  expect(checked).toBe(runs(10_000));
});

function safely(make: () => string): string {
  try {
    return make();
  } catch {
    return '';
  }
}

/** All texts of a line, as whoever reads it has them. */
function strings(text: string): string {
  const all: string[] = [];
  JSON.parse(text, (key, value: unknown) => {
    all.push(key);
    if (typeof value === 'string') all.push(value.replaceAll('[secret]', '\u0000'));
    return value;
  });
  return all.join('\u0000');
}
