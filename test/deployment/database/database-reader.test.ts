import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseReader } from '../../../src/deployment/database/database-reader.js';
import { identifier, literal } from '../../../src/deployment/database/dialect.js';
import { runs } from '../../runs.js';

const SELECT = 'SELECT n, word FROM words';
const TEXT = 'breakwater:[["1","one"],["2",null]]';
const ROWS = [
  { n: '1', word: 'one' },
  { n: '2', word: null },
];

function setup(
  answer: (sql: string) => unknown,
  { dialect = 'postgresql' }: { dialect?: 'postgresql' | 'postgres' | 'sqlite' } = {},
) {
  const clock = new ManualClock();
  const sent: string[] = [];
  const query = (sql: string): unknown => {
    sent.push(sql);
    return answer(sql);
  };
  const reader = new DatabaseReader({ query, dialect, timeoutMs: 1_000, clock });
  return { clock, sent, reader, read: () => reader.read(['n', 'word'], SELECT) };
}

const set = { command: 'SET', rows: [] };
const row = { breakwater: TEXT };

describe('DatabaseReader', () => {
  it('HLD-65 sends PostgreSQL one text that begins by forbidding writes and long waits', async () => {
    const { read, sent, reader } = setup(() => [{ rows: [row] }]);
    expect(await read()).toEqual(ROWS);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(
      /^SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = 1000; SET LOCAL lock_timeout = 1000; SELECT [^;]+$/,
    );
    expect(reader.guard).toBe('transaction');
  });

  it('HLD-65 sends SQLite one SELECT and nothing else', async () => {
    const { read, sent, reader } = setup(() => [row], { dialect: 'sqlite' });
    expect(await read()).toEqual(ROWS);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/^SELECT [^;]+$/);
    expect(reader.guard).toBe('select');
  });

  it.each([
    ['rows', [row]],
    ['{ rows }', { rows: [row] }],
    ['a list of results', [set, set, set, { command: 'SELECT', rows: [row] }]],
    ['a list of row lists', [[], [row]]],
    ['rows and something about them', [[row], { command: 'SELECT', fields: [{ name: 'breakwater' }] }]],
    ['a row', row],
    ['rows as lists', { rows: [[TEXT]] }],
    ['columns and values', [{ columns: ['breakwater'], values: [[TEXT]] }]],
    ['names in upper case', [{ BREAKWATER: TEXT }]],
    ['a row without a prototype', [Object.assign(Object.create(null) as object, row)]],
    ['the text', TEXT],
  ])('finds the row in %s', async (_, answer) => {
    expect(await setup(() => Promise.resolve(answer)).read()).toEqual(ROWS);
  });

  it.each([
    ['refuses several statements', Object.assign(new Error('syntax'), { code: '42601' })],
    ['says so in words', new Error('cannot insert multiple commands into a prepared statement')],
    ['wraps the refusal', new Error('failed', { cause: Object.assign(new Error('syntax'), { code: '42601' }) })],
    ['has a code of its own', Object.assign(new Error('failed'), { code: 'P2010', meta: { code: '42601' } })],
  ])('sends the SELECT alone to a client that %s, and goes on so', async (_, refusal) => {
    const { read, reader, sent } = setup((sql) => {
      if (sql.startsWith('SET')) throw refusal;
      return [row];
    });
    expect(await read()).toEqual(ROWS);
    expect(await read()).toEqual(ROWS);
    expect(sent.map((sql) => sql.slice(0, 6))).toEqual(['SET TR', 'SELECT', 'SELECT']);
    expect(reader.guard).toBe('select');
  });

  it.each([[undefined], [{ rows: [] }], [[set]]])(
    'does not take the answer to the first of several statements for no rows: %j',
    async (first) => {
      const { read, reader } = setup((sql) => (sql.startsWith('SET') ? first : { rows: [row] }));
      expect(await read()).toEqual(ROWS);
      expect(reader.guard).toBe('select');
    },
  );

  it('rejects with what the query rejects with, and does not try another way', async () => {
    const denied = Object.assign(new Error('permission denied for table words'), { code: '42501' });
    const { read, sent } = setup(() => Promise.reject(denied));
    await expect(read()).rejects.toBe(denied);
    expect(sent).toHaveLength(1);
  });

  it('gives up a read that takes too long', async () => {
    const { read, clock } = setup(() => new Promise(() => {}));
    const answer = read().catch((error: unknown) => error);
    await clock.advanceAsync(1_000);
    expect(await answer).toMatchObject({
      code: 'BREAKWATER_QUERY_TIMEOUT',
      message: 'a read took longer than 1000 ms',
    });
    expect(clock.pending).toBe(0);
  });

  const loop: unknown[] = [];
  loop.push(loop, { loop });
  const trap = new Proxy({}, { ownKeys: () => { throw new Error('no'); } }); // prettier-ignore
  it.each([
    ['nothing', undefined],
    ['a number', 4],
    ['rows without the text', [{ n: 1 }]],
    ['text that is no JSON', [{ breakwater: 'breakwater:[' }]],
    ['JSON that is no list', [{ breakwater: 'breakwater:{}' }]],
    ['too many cells', [{ breakwater: 'breakwater:[["1","2","3"]]' }]],
    ['cells that are no text', [{ breakwater: 'breakwater:[[1,2]]' }]],
    ['itself', loop],
    ['an object that cannot be read', [trap]],
    ['the text in a field that throws', [{ get breakwater() { throw new Error('no'); } }]], // prettier-ignore
  ])('refuses an answer that is %s', async (_, answer) => {
    await expect(setup(() => answer).read()).rejects.toMatchObject({ code: 'BREAKWATER_QUERY_ANSWER' });
  });

  it('survives any answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withNullPrototype: true, withMap: true, withDate: true, withBigInt: true }),
        async (answer) => {
          await expect(setup(() => answer).read()).rejects.toMatchObject({ code: 'BREAKWATER_QUERY_ANSWER' });
        },
      ),
      { numRuns: runs(500) },
    );
  });
});

describe('names and texts in SQL', () => {
  it('end where they end', () => {
    expect(identifier('public', 'a"; drop table x; --')).toBe('"public"."a""; drop table x; --"');
    expect(literal("it's", 'postgresql')).toBe("'it''s'");
    expect(literal("\\' or 1=1 --", 'postgresql')).toBe("E'\\\\'' or 1=1 --'");
    expect(literal("\\' or 1=1 --", 'sqlite')).toBe("'\\'' or 1=1 --'");
  });
});
