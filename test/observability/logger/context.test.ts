import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logger } from './setup.js';

it('OBS-L1 fields of one line never appear on the next, and frames are frozen', () => {
  const { log, out } = logger();
  log.withContext({ requestId: 'r' }, () => {
    log.systemEvent('one', { only: 'here' });
    log.systemEvent('two');
    const context = log.context();
    expect(Object.isFrozen(context)).toBe(true);
    expect(() => {
      (context as Record<string, unknown>)['requestId'] = 'other';
    }).toThrow(TypeError);
    log.systemEvent('three');
  });
  expect(out.lines[1]).not.toHaveProperty('only');
  expect(out.lines.map((line) => line['requestId'])).toEqual(['r', 'r', 'r']);
});

it('OBS-L1 what the caller does to its object afterwards changes no line', () => {
  const { log, out } = logger();
  const fields: Record<string, unknown> = { a: 1 };
  log.withContext(fields, () => {
    fields['a'] = 2;
    fields['b'] = 3;
    log.systemEvent('x');
  });
  expect(out.last['a']).toBe(1);
  expect(out.last).not.toHaveProperty('b');
});

it('OBS-L2 nested contexts have each name once, the inner wins, and the outer is back afterwards', async () => {
  const { log, out } = logger();
  await log.withContext({ id: 'outer', a: 1 }, async () => {
    await log.withContext({ id: 'inner' }, async () => {
      await Promise.resolve();
      log.systemEvent('in');
      expect(log.context()).toEqual({ id: 'inner', a: 1 });
    });
    log.systemEvent('out');
    expect(() =>
      log.withContext({ id: 'thrown' }, () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    log.systemEvent('after throw');
    await expect(log.withContext({ id: 'rejected' }, () => Promise.reject(new Error('y')))).rejects.toThrow('y');
    log.systemEvent('after rejection');
  });
  log.systemEvent('outside');
  expect(out.lines.map((line) => line['id'])).toEqual(['inner', 'outer', 'outer', 'outer', undefined]);
  expect(log.context()).toEqual({});
});

it('OBS-L3 ten thousand concurrent trees of calls do not see each other', async () => {
  const { log, out } = logger();
  const step = (ticks: number): Promise<void> =>
    ticks === 0 ? Promise.resolve() : Promise.resolve().then(() => step(ticks - 1));
  const tree = (id: number): Promise<void> =>
    log.withContext({ tree: id }, async () => {
      await step(id % 7);
      await Promise.all([
        log.operation(`left-${String(id)}`, async () => {
          await step(id % 5);
          log.systemEvent('line', { expected: id, branch: 'left' });
        }),
        log.withContext({ branch: 'right' }, async () => {
          await step(id % 3);
          log.systemEvent('line', { expected: id });
        }),
      ]);
      log.systemEvent('line', { expected: id });
      if (log.context()['tree'] !== id) throw new Error('the context of another');
    });
  await Promise.all(Array.from({ length: 10_000 }, (_, id) => tree(id)));
  const lines = out.texts.map((text) => JSON.parse(text) as Record<string, unknown>);
  const mixed = lines.filter(
    ({ msg, tree: id, operation, expected }) =>
      (operation !== undefined && operation !== `left-${String(id)}`) || (msg === 'line' && id !== expected),
  );
  expect(mixed).toEqual([]);
  expect(lines.filter(({ msg }) => msg === 'line')).toHaveLength(30_000);
});

it('OBS-L2 OBS-L3 whatever contexts are nested, each line has what its own frames say', async () => {
  const names = fc.constantFrom('a', 'b', 'c', 'level', 'msg', 'fields', '__proto__', 'x y');
  const frames = fc.array(fc.dictionary(names, fc.integer(), { maxKeys: 4 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(frames, { maxLength: 5 }), frames, async (trees, children) => {
      const { log, out } = logger();
      const nest = async (rest: readonly object[], so: object): Promise<void> => {
        const [next, ...others] = rest;
        if (next === undefined) {
          await Promise.resolve();
          log.systemEvent(JSON.stringify(so));
          return;
        }
        await log.withContext(next, () => nest(others, merged(so, next)));
      };
      await Promise.all([...trees, children].map((tree) => nest(tree, {})));
      for (const line of out.lines) {
        const { time, level, event, msg, fields, ...shown } = line;
        expect([typeof time, level, event]).toEqual(['number', 'info', 'SYSTEM_EVENT']);
        const moved = typeof fields === 'object' ? (fields as object) : fields === undefined ? {} : { fields };
        const all = merged(shown, moved);
        expect(Object.entries(all).sort()).toEqual(Object.entries(JSON.parse(msg) as object).sort());
      }
    }),
    { numRuns: 500 },
  );
});

function merged(a: object, b: object): object {
  return Object.fromEntries([...Object.entries(a), ...Object.entries(b)]) as object;
}

it('OBS-L4 a listener has the context of who emits, and with bind that of who listens', () => {
  const { log, out } = logger();
  const emitter = new EventEmitter();
  log.withContext({ requestId: 'r1' }, () => {
    emitter.on('end', () => {
      log.systemEvent('loose');
    });
    emitter.on(
      'end',
      log.bind(function (this: unknown, chunk: string) {
        expect(this).toBe(emitter);
        log.systemEvent(`bound ${chunk}`);
      }),
    );
  });
  emitter.emit('end', 'x');
  // Express tells its error handlers by their length.
  expect(log.bind((_error: unknown, _request: unknown, _response: unknown, _next: unknown) => undefined)).toHaveLength(
    4,
  );
  expect(out.lines.map(({ msg, requestId }) => [msg, requestId])).toEqual([
    ['loose', undefined],
    ['bound x', 'r1'],
  ]);
});

it('a context may have a level of its own', () => {
  const { log, out } = logger({ level: 'warn' });
  log.withContext(
    { requestId: 'r' },
    () => {
      log.event('SYSTEM_EVENT', 'detail', {}, { level: 'debug' });
      log.withContext({}, () => {
        log.systemEvent('inherits');
      });
      log.withContext(
        {},
        () => {
          log.error('silenced');
        },
        { level: 'silent' },
      );
    },
    { level: 'debug' },
  );
  log.systemEvent('outside');
  expect(out.lines.map(({ msg }) => msg)).toEqual(['detail', 'inherits']);
});

it('fields that cannot be read do not keep a call from running', () => {
  const { log, out } = logger();
  const hostile = {
    a: 1,
    get b(): never {
      throw new Error('no');
    },
  };
  const keyless = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  expect(log.withContext(hostile, () => log.withContext(keyless, () => 'ran'))).toBe('ran');
  log.withContext(hostile, () => {
    log.systemEvent('x');
  });
  expect(out.last).toMatchObject({ a: 1, b: '[unreadable]' });
});

it('OBS-L4 a context for several calls holds in each of them, whoever calls, and in nothing else', async () => {
  const { log, out } = logger();
  const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
  const fields: Record<string, unknown> = { jobId: 1 };
  const within = log.withContext({ outer: 'o' }, () => log.contextRunner(fields, { trace, level: 'error' }));
  fields['jobId'] = 2;

  const value = within(() => {
    log.systemEvent('not written at this level');
    log.error('first');
    return 7;
  });
  log.systemEvent('between');
  await log.withContext({ jobId: 'of another' }, () =>
    within(async () => {
      await Promise.resolve();
      log.error('second');
    }),
  );

  expect(value).toBe(7);
  const common = { jobId: 1, outer: 'o', trace_id: trace.traceId, span_id: trace.spanId };
  expect(out.lines).toMatchObject([{ msg: 'first', ...common }, { msg: 'between' }, { msg: 'second', ...common }]);
  expect(out.lines[1]).not.toHaveProperty('jobId');
  expect(() => within(() => { throw new RangeError('mine'); })).toThrow(RangeError); // prettier-ignore
});

it.each([
  ['fields', () => logger().log.contextRunner('id' as never), /contextRunner.*fields|fields.*contextRunner/],
  ['a level', () => logger().log.contextRunner({}, { level: 'loud' as never }), /level/],
  ['a function', () => logger().log.contextRunner({})('fn' as never), /function/],
])('OBS-L4 a context for several calls refuses %s that is none', (_, make, text) => {
  expect(make).toThrow(text);
});
