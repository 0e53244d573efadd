import { EventEmitter } from 'node:events';
import { type DatabaseProbe, DeploymentChecker, MigrationValidator } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/cli/report/exit-code.js';
import { Folder } from './run.js';

async function result(database: DatabaseProbe, afterMs = 0) {
  const clock = new ManualClock();
  const run = new DeploymentChecker({ env: false, clock, database }).runAllChecks();
  await clock.advanceAsync(afterMs);
  const { results } = await run;
  return results[0];
}

const slow =
  (clock: ManualClock, ms: number): DatabaseProbe =>
  () =>
    new Promise(
      (resolve) =>
        void clock.schedule(() => {
          resolve([]);
        }, ms),
    );

describe('a database', () => {
  const coded = (message: string, code: string) => Object.assign(new Error(message), { code });
  const refusal = 'connect ECONNREFUSED 10.0.0.1:5432';

  it.each([
    [new TypeError('fetch failed', { cause: coded(refusal, 'ECONNREFUSED') }), refusal],
    [new AggregateError([coded('', 'ETIMEDOUT'), coded('', 'ENETUNREACH')]), 'ETIMEDOUT'],
    [new Error('Failed query: SELECT 1', { cause: coded('permission denied', '42501') }), 'permission denied'],
    [new Error('failed', { cause: coded('password=hq7Zr2Yb', 'X') }), 'password=[secret]'],
    [new Error('no code', { cause: new Error('inner') }), 'no code'],
  ])('that fails says what is behind it: %s', async (error, expected) => {
    const found = await result(() => Promise.reject(error));
    expect(found?.message).toBe(`the query failed: ${expected}`);
  });

  // What the clients answer to `SELECT 1`.
  it.each<[string, unknown]>([
    ['pg', { command: 'SELECT', rowCount: 1, rows: [{ '?column?': 1 }], fields: [] }],
    ['mysql2', [[{ 1: 1 }], [{ name: '1' }]]],
    ['postgres.js', Object.assign([{ '?column?': 1 }], { count: 1, command: 'SELECT' })],
    ['better-sqlite3', { 1: 1 }],
    ['prisma', [{ '?column?': 1n }]],
    ['supabase', { data: [{ one: 1 }], error: null }],
    ['a client of Redis', 'PONG'],
    ['mongodb', { ok: 1 }],
    ['one that found no rows', []],
    ['one that says only that it worked', true],
    ['several', [{ status: 'fulfilled', value: [{ one: 1 }] }]],
    ['one with rows of its own states', [{ status: 'rejected-orders' }]],
  ])('HLD-58: that answers as %s does is in order', async (_, answer) => {
    const inOrder = { id: 'database', status: 'PASS', message: 'the database answers' };
    expect(await result(() => Promise.resolve(answer))).toMatchObject(inOrder);
    expect(await result(() => answer)).toMatchObject(inOrder);
  });

  it.each<[string, unknown, string]>([
    ['false', false, 'the query was answered with false, which is no answer of a database'],
    ['null', null, 'the query was answered with null, which is no answer of a database'],
    ['0', 0, 'the query was answered with 0, which is no answer of a database'],
    ['an empty text', '', 'the query was answered with a string, which is no answer of a database'],
    ['an error', new Error('connect ECONNREFUSED'), 'the query failed: connect ECONNREFUSED'],
    ['an object with an error', { error: new Error('down') }, 'the query failed: down'],
    ['an object with an error in words', { data: null, error: 'down' }, 'the query failed: down'],
    ['an object with errors', { data: null, errors: [new Error('down')] }, 'the query failed: down'],
    ['what settled, and failed', [{ status: 'rejected', reason: new Error('down') }], 'the query failed: down'],
    ['a list of answers with an error', [[{ one: 1 }], new Error('down')], 'the query failed: down'],
    ['an error in words', 'ERR unknown command', 'the query failed: ERR unknown command'],
    ['an object that is not ok', { ok: false }, 'the query failed: its answer says that it is not ok'],
    [
      'a response that failed',
      new Response('', { status: 500 }),
      'the query failed: its answer says that it is not ok',
    ],
  ])('HLD-58: that is answered for with %s fails', async (_, answer, message) => {
    for (const query of [() => answer, () => Promise.resolve(answer)]) {
      const found = await result(query);
      expect(found).toMatchObject({ status: 'FAIL', message, hint: expect.any(String) as string });
      expect(found).not.toHaveProperty('crashed');
    }
  });

  it.each<[string, DatabaseProbe, string]>([
    ['a promise of nothing', () => Promise.resolve(), 'the query ends without an answer'],
    ['a function', () => () => [{ one: 1 }], 'what is returned is a function'],
    ['a promise of a function', () => Promise.resolve(() => 1), 'what is returned is a function'],
  ])('HLD-58: of which nobody saw an answer, as of %s, could not be found out', async (_, query, message) => {
    expect(await result(query)).toMatchObject({
      status: 'FAIL',
      crashed: true,
      findings: [
        {
          id: 'database.no-answer',
          message: expect.stringContaining(message) as string,
          hint: expect.any(String) as string,
        },
      ],
    });
  });

  it('that refuses is a failure, without the credentials that the driver names', async () => {
    const found = await result(() => Promise.reject(new Error('cannot reach postgres://app:pass-word@db:5432/app')));
    expect(found).toMatchObject({
      status: 'FAIL',
      message: expect.stringMatching(/^the query failed: cannot reach postgres:.*db:5432/) as string,
    });
    expect(JSON.stringify(found)).not.toContain('pass-word');
    expect(found).not.toHaveProperty('crashed');
  });

  it.each([
    [999, 'PASS', 'the database answers'],
    [1_000, 'WARN', 'the database took 1000 ms to answer'],
  ])('that answers after %i ms is %s', async (ms, status, message) => {
    const clock = new ManualClock();
    const run = new DeploymentChecker({ env: false, clock, database: slow(clock, ms) }).runAllChecks();
    await clock.advanceAsync(ms);
    expect((await run).results[0]).toMatchObject({ status, message, metadata: { tookMs: ms } });
  });

  it('that never answers is a timeout, and the query hears of it', async () => {
    let signal: AbortSignal | undefined;
    const found = await result((context) => {
      signal = context.signal as AbortSignal;
      return new Promise(() => undefined);
    }, 5_000);
    expect(found).toMatchObject({ status: 'FAIL', timedOut: true });
    expect(signal?.aborted).toBe(true);
  });

  it('whose query nobody can wait for could not be found out', async () => {
    const forgotten: DatabaseProbe = () => {
      void Promise.resolve();
    };
    expect(await result(forgotten)).toMatchObject({
      status: 'FAIL',
      crashed: true,
      findings: [{ id: 'database.not-awaited', hint: "return the query's promise: () => pool.query('SELECT 1')" }],
    });
    // Clients that call back return themselves.
    expect(await result(() => new EventEmitter())).toMatchObject({ findings: [{ id: 'database.not-awaited' }] });
    // Nothing of a generator runs until somebody asks it for a value.
    const never = function* () {
      yield 1;
    };
    expect(await result(never)).toMatchObject({ findings: [{ id: 'database.not-awaited' }] });
  });

  it('HLD-58 HLD-61: that cannot be reached fails itself, and leaves the migrations unknown', async () => {
    const query = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:5432'));
    using folder = new Folder();
    folder.write('20240101000000_first.js', '');
    const migrations = new MigrationValidator({ tool: 'knex', dir: folder.path, dialect: 'postgresql', query });
    const { results } = await new DeploymentChecker({ env: false, database: query, migrations }).runAllChecks();
    expect(results.map(({ id, status, crashed }) => [id, status, crashed])).toEqual([
      ['database', 'FAIL', undefined],
      ['migrations', 'FAIL', true],
    ]);
    // Something is wrong goes before something could not be found out.
    expect(exitCodeOf({ command: 'check', items: results })).toBe(1);
    expect(exitCodeOf({ command: 'check', items: results.slice(1) })).toBe(3);
  });

  it('must be a function', () => {
    expect(() => new DeploymentChecker({ database: { query: 1 } as never })).toThrow('database must be a function');
  });
});
