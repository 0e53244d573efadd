import {
  MIGRATION_VALIDATOR_DEFAULTS,
  MigrationValidator,
  type MigrationValidatorOptions,
} from 'breakwater/deployment';
import { describe, expect, expectTypeOf, it } from 'vitest';

const good: MigrationValidatorOptions = { dir: 'migrations', dialect: 'postgresql', query: () => [] };
const tool = { table: 't', column: 'c', files: /x/ };

function issues(options: object): string[] {
  try {
    new MigrationValidator({ ...good, ...options });
    return [];
  } catch (error) {
    return (error as { issues: { path: string }[] }).issues.map(({ path }) => path);
  }
}

describe('options of MigrationValidator', () => {
  it('has three ways with what is out of order, and its own where none is told', () => {
    expectTypeOf<MigrationValidatorOptions['outOfOrder']>().toEqualTypeOf<'fail' | 'warn' | 'allow' | undefined>();
    // @ts-expect-error it is no flag
    const wrong: MigrationValidatorOptions = { ...good, outOfOrder: true };
    expect(issues(wrong)).toEqual(['outOfOrder']);
  });

  it('has defaults for all but the folder, the query and the dialect', () => {
    expect(new MigrationValidator(good).name).toBe(MIGRATION_VALIDATOR_DEFAULTS.name);
    expect(issues({ dir: undefined, query: undefined, dialect: undefined })).toEqual(['dir', 'query', 'dialect']);
  });

  it.each([
    ['a tool that there is not', { tool: 'nkex' }, ['tool']],
    ['no folder', { tool: 'knex', dir: [] }, ['dir']],
    ['a folder of several that is none', { tool: 'knex', dir: ['a', ''] }, ['dir[1]']],
    ['several folders for another tool', { tool: 'kysely', dir: ['a', 'b'] }, ['dir[1]']],
    ['several folders for auto', { dir: ['a', 'b'] }, ['dir[1]']],
    ['an empty folder', { dir: '' }, ['dir']],
    ['a folder with a zero byte', { dir: 'a\0b' }, ['dir']],
    ['a query that is no function', { query: 'select 1' }, ['query']],
    ['another database', { dialect: 'mysql' }, ['dialect']],
    ['no time', { timeoutMs: 0 }, ['timeoutMs']],
    ['an option that there is not', { strict: true }, ['strict']],
    ['a table for auto', { table: 't' }, ['table']],
    ['a schema for auto', { schema: 's' }, ['schema']],
    ['a table for prisma', { tool: 'prisma', table: 't' }, ['table']],
    ['a schema on SQLite', { tool: 'knex', dialect: 'sqlite', schema: 's' }, ['schema']],
    ['a tool for PostgreSQL on SQLite', { tool: 'node-pg-migrate', dialect: 'sqlite' }, ['tool']],
    ['an order that there is not', { outOfOrder: 'ignore' }, ['outOfOrder']],
    ['an order that contradicts the tool', { tool: { ...tool, strictOrder: true }, outOfOrder: 'allow' }, ['outOfOrder']],
    ['a table beside that of a tool', { tool, table: 't' }, ['table']],
    ['a tool without anything', { tool: {} }, ['tool.table', 'tool.column', 'tool.files']],
    ['a tool with more', { tool: { ...tool, lock: 'x' } }, ['tool.lock']],
    ['a digest that there is not', { tool: { ...tool, checksum: { column: 's', algorithm: 'crc' } } }, ['tool.checksum.algorithm']],
    ['endings for another tool', { tool: 'kysely', loadExtensions: ['.js'] }, ['loadExtensions']],
    ['endings for auto', { loadExtensions: ['.js'] }, ['loadExtensions']],
    ['no ending', { tool: 'knex', loadExtensions: [] }, ['loadExtensions']],
    ['a pattern for another tool', { tool: 'knex', ignorePattern: 'x' }, ['ignorePattern']],
    ['a pattern that is none', { tool: 'node-pg-migrate', ignorePattern: '(hunter2' }, ['ignorePattern']],
    ['a name with a line break', { tool: { ...tool, table: 'a\nb' } }, ['tool.table']],
  ])('refuses %s', (_, options, paths) => {
    expect(issues(options)).toEqual(paths);
  }); // prettier-ignore

  it.each([
    [{ dialect: 'postgres' }],
    [{ tool: 'sequelize' }],
    [{ tool: 'knex', dir: ['a', 'b'] }],
    [{ tool: 'kysely', dir: ['a'] }],
    [{ tool: 'knex', table: 'my migrations', schema: 'app' }],
    [{ tool: 'prisma', schema: 'app' }],
    [{ tool: 'knex', loadExtensions: ['.js', '.mjs'] }],
    [{ tool: 'node-pg-migrate', ignorePattern: '.*\\.map' }],
    [{ tool: { ...tool, schema: 's', order: () => 0, orderBy: 'n', strictOrder: true, checksum: { column: 's' } } }],
    [{ tool: undefined, name: undefined, table: undefined, outOfOrder: undefined }],
    [{ outOfOrder: 'allow' }],
    [{ tool: { ...tool, strictOrder: true }, outOfOrder: 'fail' }],
    [{ tool, outOfOrder: 'warn' }],
  ])('takes %j', (options) => {
    expect(issues(options)).toEqual([]);
  });
});
