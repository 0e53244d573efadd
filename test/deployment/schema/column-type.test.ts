import { diffSchemas } from 'breakwater/deployment';
import { describe, expect, it } from 'vitest';
import { column, snapshot, sqlite, table } from './snapshots.js';

function idOf(dialect: 'postgresql' | 'sqlite', expected: string, actual: string): string | undefined {
  const tables = [table('t', { columns: [column('c', { type: actual, default: 'f()' })] })];
  const there = dialect === 'sqlite' ? sqlite(tables) : snapshot(tables);
  return diffSchemas({ t: { columns: { c: expected } } }, there)[0]?.id;
}

describe('types of PostgreSQL', () => {
  it.each([
    ['int', 'integer'],
    ['INT4', 'integer'],
    ['serial', 'integer'],
    ['bigserial', 'bigint'],
    ['smallserial', 'smallint'],
    ['bool', 'boolean'],
    ['float8', 'double precision'],
    ['varchar(255)', 'character varying(255)'],
    ['char(3)', 'character(3)'],
    ['char', 'character(1)'],
    ['decimal(10)', 'numeric(10,0)'],
    ['numeric( 10 , 2 )', 'numeric(10,2)'],
    ['timestamptz', 'timestamp with time zone'],
    ['timestamptz(3)', 'timestamp(3) with time zone'],
    ['timestamp', 'timestamp without time zone'],
    ['time(0)', 'time(0) without time zone'],
    ['int[]', 'integer[]'],
    ['int[3][4]', 'integer[]'],
    ['varchar(9)[]', 'character varying(9)[]'],
    ['mood', 'public.mood'],
    ['public.mood', 'public.mood'],
    ['"Mood.y"', 'public."Mood.y"'],
    ['pg_catalog.int4', 'integer'],
  ])('%s is %s', (expected, actual) => {
    expect(idOf('postgresql', expected, actual)).toBeUndefined();
  });

  it.each([
    ['smallint', 'integer'],
    ['int', 'bigint'],
    ['bigint', 'numeric'],
    ['real', 'double precision'],
    ['varchar(10)', 'character varying(11)'],
    ['varchar(10)', 'text'],
    ['varchar(10)', 'character varying'],
    ['numeric(10,2)', 'numeric(12,3)'],
    ['numeric(10,2)', 'numeric'],
    ['timestamp(3)', 'timestamp without time zone'],
  ])('%s fits into %s, and not the other way', (narrow, wide) => {
    expect([idOf('postgresql', narrow, wide), idOf('postgresql', wide, narrow)]).toEqual([
      'schema.wider-type',
      'schema.type',
    ]);
  });

  it.each([
    ['text', 'integer'],
    ['int', 'integer[]'],
    ['char(3)', 'character(4)'],
    ['numeric(10,2)', 'numeric(10,3)'],
    ['timestamp', 'timestamp with time zone'],
    ['mood', 'public.mood_2'],
    ['other.mood', 'public.mood'],
    ['json', 'jsonb'],
    ['Mood', 'public."Mood"'],
  ])('%s is not %s', (expected, actual) => {
    expect(idOf('postgresql', expected, actual)).toBe('schema.type');
  });

  it('takes text for varchar without a length', () => {
    expect([idOf('postgresql', 'text', 'character varying'), idOf('postgresql', 'varchar', 'text')]).toEqual([
      'schema.type-name',
      'schema.type-name',
    ]);
  });

  it('takes a domain for the type that it is made of', () => {
    const domain = {
      schema: 'public',
      name: 'Email',
      type: 'text',
      nullable: true,
      default: null,
      checks: [],
    };
    const there = snapshot([table('t', { columns: [column('c', { type: 'public."Email"' })] })], { domains: [domain] });
    const id = (type: string): unknown => diffSchemas({ t: { columns: { c: type } } }, there)[0]?.id;
    expect([id('text'), id('int'), id('"Email"')]).toEqual(['schema.type-name', 'schema.type', undefined]);
  });
});

describe('types of SQLite', () => {
  it.each([
    ['integer', 'INTEGER', undefined],
    ['varchar( 20 )', 'VARCHAR(20)', undefined],
    ['VARCHAR(255)', 'TEXT', 'schema.type-name'],
    ['BIGINT', 'INTEGER', 'schema.type-name'],
    ['BOOLEAN', 'DATETIME', 'schema.type-name'],
    ['FLOAT', 'DOUBLE', 'schema.type-name'],
    // Source: the manual has this one as an example of its rules.
    ['FLOATING POINT', 'INTEGER', 'schema.type-name'],
    ['BLOB', '', 'schema.type-name'],
    ['TEXT', 'INTEGER', 'schema.type'],
    ['TEXT', 'BLOB', 'schema.type'],
    ['REAL', 'NUMERIC', 'schema.type'],
  ])('%s against %s: %s', (expected, actual, id) => {
    expect(idOf('sqlite', expected, actual)).toBe(id);
  });
});
