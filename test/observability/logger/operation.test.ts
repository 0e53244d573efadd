import { BreakwaterWarning } from 'breakwater/core';
import { expect, it } from 'vitest';
import { logger } from './setup.js';

const flushed = (): Promise<void> => Promise.resolve();

it('an operation has a line for its start and one for its end, with how long it took', async () => {
  const { log, out, clock } = logger();
  const result = await log.operation('import', { file: 'a.csv' }, async (operation) => {
    await flushed();
    log.systemEvent('inside');
    clock.advance(12.5);
    operation.set({ rows: 3 });
    return 'done';
  });
  expect(result).toBe('done');
  expect(out.lines).toMatchObject([
    { event: 'SYSTEM_EVENT', level: 'info', msg: 'import started', operation: 'import', file: 'a.csv' },
    { msg: 'inside', operation: 'import' },
    { event: 'SYSTEM_EVENT', msg: 'import ended', operation: 'import', outcome: 'success', durationMs: 12.5, rows: 3 },
  ]);
  expect(out.lines[1]).not.toHaveProperty('file');
});

it('stays synchronous for what is', () => {
  const { log, out } = logger();
  expect(log.operation('sum', () => 1 + 1)).toBe(2);
  expect(out.lines.map(({ msg }) => msg)).toEqual(['sum started', 'sum ended']);
});

it.each([['text'], [undefined], [null], [0], [new Error('boom')]])(
  'OBS-L15 a failure with %s is an ERROR_EVENT, and the same value is thrown',
  async (thrown) => {
    const { log, out, clock } = logger();
    const caught: unknown[] = [];
    try {
      log.operation('sync', () => {
        clock.advance(5);
        throw thrown;
      });
    } catch (error) {
      caught.push(error);
    }
    await log
      .operation('async', async () => {
        await flushed();
        clock.advance(5);
        throw thrown;
      })
      .catch((error: unknown) => caught.push(error));
    expect(caught).toEqual([thrown, thrown]);
    expect(caught[0]).toBe(thrown);
    const failures = out.lines.filter(({ event }) => event === 'ERROR_EVENT');
    expect(failures).toMatchObject([
      { msg: 'sync failed', level: 'error', outcome: 'failure', durationMs: 5, operation: 'sync' },
      { msg: 'async failed', outcome: 'failure', durationMs: 5 },
    ]);
    const shown =
      thrown instanceof Error ? { name: 'Error', message: 'boom' } : thrown === undefined ? 'undefined' : thrown;
    for (const { err } of failures) {
      if (typeof shown === 'object' && shown !== null) expect(err).toMatchObject(shown);
      else expect(err).toBe(shown);
    }
  },
);

it('ends once, however it is ended', () => {
  const { log, out } = logger();
  {
    using operation = log.startOperation('scan');
    operation.fail(new Error('x'), { at: 3 });
    operation.end();
  }
  expect(out.lines.map(({ msg }) => msg)).toEqual(['scan started', 'scan failed']);
  expect(out.last).toMatchObject({ at: 3, err: { message: 'x' } });
  {
    using operation = log.startOperation('scan', { page: 1 });
    operation.run(() => {
      log.systemEvent('inside');
    });
    log.systemEvent('beside');
  }
  const lines = out.lines.slice(2);
  expect(lines.map(({ msg, operation }) => [msg, operation])).toEqual([
    ['scan started', 'scan'],
    ['inside', 'scan'],
    ['beside', undefined],
    ['scan ended', 'scan'],
  ]);
});

it('OBS-L3 an operation that nobody awaited is told of as well', async () => {
  const { log, out, reported } = logger();
  const release: (() => void)[] = [];
  const floating = () => log.operation('floating', () => new Promise<void>((resolve) => release.push(resolve)));
  await log.operation('outer', async () => {
    void floating();
    await Promise.resolve();
  });
  await expect(
    log.operation('failing', async () => {
      void floating();
      await Promise.reject(new Error('no'));
    }),
  ).rejects.toThrow('no');
  for (const done of release) done();
  await Promise.resolve();
  expect(out.lines.filter(({ stillOpen }) => stillOpen !== undefined)).toMatchObject([
    { msg: 'outer ended', stillOpen: 1 },
    { msg: 'failing failed', stillOpen: 1 },
  ]);
  expect(reported).toMatchObject([
    { code: 'BREAKWATER_W_OPERATION_ORDER', message: expect.stringContaining("'outer'") as string },
  ]);
});

it('OBS-L3 ending the outer one first is told, and mixes nothing up', () => {
  const { log, out, reported } = logger();
  const outer = log.startOperation('outer');
  const inner = outer.run(() => log.startOperation('inner'));
  outer.end();
  inner.end();
  log.systemEvent('after');
  expect(out.lines.map(({ msg, operation, stillOpen }) => [msg, operation, stillOpen])).toEqual([
    ['outer started', 'outer', undefined],
    ['inner started', 'inner', undefined],
    ['outer ended', 'outer', 1],
    ['inner ended', 'inner', undefined],
    ['after', undefined, undefined],
  ]);
  return Promise.resolve().then(() => {
    expect(reported).toHaveLength(1);
    expect(reported[0]).toBeInstanceOf(BreakwaterWarning);
    expect((reported[0] as BreakwaterWarning).code).toBe('BREAKWATER_W_OPERATION_ORDER');
  });
});

it('fields that cannot be read, and a clock that fails, keep no operation from its result', () => {
  const { log } = logger();
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  expect(
    log.operation('x', hostile, (operation) => {
      operation.set(hostile);
      return 1;
    }),
  ).toBe(1);
});

it('a thenable that is no promise settles as it does', async () => {
  const { log, out } = logger();
  let asked = 0;
  const query = {
    then: (done: (value: number) => void) => {
      asked++;
      done(7);
    },
  };
  expect(await log.operation('query', () => query)).toBe(7);
  expect(asked).toBe(1);
  expect(out.last['outcome']).toBe('success');
});
