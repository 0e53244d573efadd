import { parseExpectedSchema, type TableMap } from 'breakwater/deployment';
import { describe, expect, it } from 'vitest';
import { column, foreignKey, index, snapshot, table } from './snapshots.js';

const full = snapshot([
  table('t', {
    columns: [column('a', { generated: 'b * 2', identity: 'serial' })],
    primaryKey: { name: 'p', columns: ['a'] },
    unique: [{ name: 'u', columns: ['a'], nullsNotDistinct: true }],
    foreignKeys: [foreignKey('a', 't', { deferrable: 'initially deferred' })],
    checks: [{ name: 'c', definition: 'CHECK (a > 0)', valid: false }],
    indexes: [index('i', [null, 'a'], { where: 'a > 3' })],
    triggers: [{ name: 'x', definition: 'CREATE TRIGGER', enabled: true, fires: 'always' }],
    definition: 'strict',
  }),
]);

/** Of a deep copy one place is set to something else. */
function spoilt(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(value)) as Record<string | number, unknown>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as typeof at;
  at[path.at(-1) ?? ''] = to;
  return copy;
}

describe('parseExpectedSchema', () => {
  it('takes a snapshot as it was written', () => {
    expect(parseExpectedSchema(JSON.parse(JSON.stringify(full)), 'postgresql')).toEqual(full);
  });

  it.each([
    [['tables', 0, 'columns', 0, 'type'], 7, 'snapshot.tables[0].columns[0].type must be a text, got 7'],
    [['tables', 0, 'columns', 0, 'nullable'], 'x', 'snapshot.tables[0].columns[0].nullable must be true or false'],
    [
      ['tables', 0, 'foreignKeys', 0, 'references'],
      null,
      'snapshot.tables[0].foreignKeys[0].references must be an object',
    ],
    [['tables', 0, 'indexes'], undefined, 'snapshot.tables[0].indexes must be a list, got undefined'],
    [['tables', 0, 'kind'], 'chair', 'snapshot.tables[0].kind must be "table" or'],
    [['tables', 0, 'trigers'], [], 'snapshot.tables[0].trigers is not known; did you mean triggers?'],
    [['enums'], {}, 'snapshot.enums must be a list, got an object'],
    [['dialect'], 'mysql', 'snapshot.dialect must be "postgresql" or "sqlite"'],
    [['format'], 2, 'of format 2, which a newer version made'],
    [['format'], 0.5, 'snapshot.format must be 1, got 0.5'],
  ])('names what is wrong at %j', (path, to, message) => {
    expect(() => parseExpectedSchema(spoilt(full, path, to))).toThrow(message);
  });

  it('refuses a snapshot of another database', () => {
    expect(() => parseExpectedSchema(full, 'sqlite')).toThrow("snapshot.dialect must be 'sqlite'");
  });

  it.each([[null], [[]], ['text'], [7]])('refuses %j', (value) => {
    expect(() => parseExpectedSchema(value)).toThrow(
      expect.objectContaining({ code: 'BREAKWATER_INVALID_ARGUMENT' }) as Error,
    );
  });

  const map: TableMap = {
    'a table': {
      schema: 's',
      table: 't',
      columns: { id: 'int', b: { type: 'text', nullable: true, default: null, generated: false, values: ['x'] } },
      primaryKey: ['id'],
      unique: [['b']],
      foreignKeys: [{ columns: ['b'], references: { table: 't', columns: ['id'] }, onDelete: 'cascade' }],
      indexes: [['b'], { name: 'i', unique: true }],
      triggers: ['x'],
    },
  };

  it('takes a map', () => {
    expect(parseExpectedSchema(JSON.parse(JSON.stringify(map)))).toEqual(map);
  });

  it.each([
    [
      ['a table', 'columns', 'b', 'nulable'],
      true,
      'map["a table"].columns.b.nulable is not known; did you mean nullable?',
    ],
    [['a table', 'columns', 'id'], 7, 'map["a table"].columns.id must be an object, got 7'],
    [['a table', 'columns'], ['id'], 'map["a table"].columns must be an object, got an array'],
    [['a table', 'primaryKey'], [], 'map["a table"].primaryKey must be a list that is not empty'],
    [['a table', 'unique'], ['b'], 'map["a table"].unique[0] must be a list'],
    [['a table', 'indexes', 1], { unique: true }, 'map["a table"].indexes[1] must have columns or a name'],
    [['a table', 'foreignKeys', 0, 'columns'], ['b', 'c'], 'foreignKeys[0] must refer to as many columns as it has'],
  ])('names what is wrong in a map at %j', (path, to, message) => {
    expect(() => parseExpectedSchema(spoilt(map, path, to))).toThrow(message);
  });

  it('knows an index of drizzle by its name, and an expression in the place of a column', () => {
    const table = {
      name: 't',
      columns: { e: { name: 'e', type: 'text', notNull: false } },
      indexes: {
        low: { name: 'low', columns: ['lower("e")'], isUnique: true },
        plain: { name: 'plain', columns: ['e'], isUnique: false },
      },
    };
    const drizzle = { version: '6', dialect: 'sqlite', id: 'x', prevId: 'y', tables: { t: table } };
    expect(parseExpectedSchema(drizzle, 'sqlite')).toMatchObject({
      t: {
        indexes: [
          { name: 'low', unique: true, partial: false },
          { name: 'plain', columns: ['e'], unique: false, partial: false },
        ],
      },
    });
    expect(JSON.stringify(parseExpectedSchema(drizzle, 'sqlite'))).not.toContain('lower');
  });

  it.each([
    ['integer', 'serial'],
    ['bigint', 'bigserial'],
    ['smallint', 'smallserial'],
  ])('takes %s that is an identity column of drizzle for %s', (type, serial) => {
    const columns = (more: object) => ({ id: { name: 'id', type, primaryKey: true, notNull: true, ...more } });
    const of = (more: object) => ({ version: '7', dialect: 'postgresql', id: 'x', prevId: 'y', tables: { 'public.t': { name: 't', schema: '', columns: columns(more) } } }); // prettier-ignore
    const typeIn = (more: object) => (parseExpectedSchema(of(more)) as TableMap)['public.t']?.columns['id'];
    expect(typeIn({ identity: { type: 'always' } })).toMatchObject({ type: serial });
    expect(typeIn({})).toMatchObject({ type });
  });

  it('refuses a snapshot of drizzle that it does not know, or that is of another database', () => {
    const drizzle = { version: '7', dialect: 'postgresql', id: 'x', prevId: 'y', tables: {} };
    expect(parseExpectedSchema(drizzle, 'postgresql')).toEqual({});
    expect(() => parseExpectedSchema(drizzle, 'sqlite')).toThrow("drizzle.dialect must be 'sqlite'");
    expect(() => parseExpectedSchema({ ...drizzle, version: '8' })).toThrow('only version 7 of PostgreSQL');
    const { prevId, ...next } = drizzle;
    expect(() => parseExpectedSchema({ ...next, version: '9', dialect: 'postgres', prevIds: [prevId] })).toThrow(
      'not those of drizzle-kit 1.0',
    );
    expect(() => parseExpectedSchema({ ...drizzle, dialect: 'mysql' })).toThrow('only version 7 of PostgreSQL');
  });

  it('prints nothing of what stands there', () => {
    const secret = 'hunter2-hunter2';
    for (const path of [['format'], ['tables', 0, 'name'], ['dialect'], ['tables', 0, 'columns', 0, 'identity']]) {
      const text = (): unknown => parseExpectedSchema(spoilt(full, path, path[0] === 'tables' ? { secret } : secret));
      try {
        text();
      } catch (error) {
        expect(String(error)).not.toContain(secret);
        continue;
      }
      // Without a version it is read as a map, and is none.
      expect.unreachable(path.join('.'));
    }
  });
});
