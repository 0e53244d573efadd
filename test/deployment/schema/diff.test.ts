import { diffSchemas, type SchemaTable, type TableMap } from 'breakwater/deployment';
import { describe, expect, it } from 'vitest';
import { column, foreignKey, index, lines, snapshot, sqlite, table } from './snapshots.js';

const users: SchemaTable = table('users', {
  columns: [column('id', { nullable: false, identity: 'serial' }), column('email', { type: 'text', nullable: false })],
  primaryKey: { name: 'users_pkey', columns: ['id'] },
  unique: [{ name: 'users_email_key', columns: ['email'] }],
});

/** What differs when `users` is recorded as it is above, and is there with `changes`. */
function changed(changes: Partial<SchemaTable>, from: Partial<SchemaTable> = {}): string[] {
  return lines(diffSchemas(snapshot([{ ...users, ...from }]), snapshot([{ ...users, ...from, ...changes }])));
}

const [id, email] = users.columns as [SchemaTable['columns'][0], SchemaTable['columns'][0]];

describe('a recorded schema', () => {
  it('is as itself', () => {
    expect(changed({})).toEqual([]);
  });

  it('misses what is gone', () => {
    expect(lines(diffSchemas(snapshot([users]), snapshot([])))).toEqual(['FAIL schema.missing-table public.users']);
    expect(changed({ columns: [id] })).toEqual(['FAIL schema.missing-column public.users.email']);
    expect(changed({ primaryKey: null })).toEqual(['FAIL schema.missing-primary-key public.users']);
    expect(changed({ unique: [] })).toEqual(['FAIL schema.missing-unique public.users']);
    const keys = [foreignKey('id', 'teams')];
    expect(changed({ foreignKeys: [] }, { foreignKeys: keys })).toEqual([
      'FAIL schema.missing-foreign-key public.users',
    ]);
    const checks = [{ name: 'c', definition: 'CHECK ((id > 0))', valid: true }];
    expect(changed({ checks: [] }, { checks })).toEqual(['FAIL schema.missing-check public.users']);
    const indexes = [index('lower', [null])];
    expect(changed({ indexes: [] }, { indexes })).toEqual(['FAIL schema.missing-index public.users']);
    const triggers = [{ name: 'audit', definition: 'CREATE TRIGGER audit', enabled: true }];
    expect(changed({ triggers: [] }, { triggers })).toEqual(['FAIL schema.missing-trigger public.users.audit']);
  });

  it('warns of what is there besides, as while a change is under way', () => {
    expect(lines(diffSchemas(snapshot([users]), snapshot([users, table('new')])))).toEqual([
      'WARN schema.extra-table public.new',
    ]);
    expect(changed({ columns: [...users.columns, column('x')] })).toEqual(['WARN schema.extra-column public.users.x']);
    expect(changed({ foreignKeys: [foreignKey('id', 'teams')] })).toEqual([
      'WARN schema.extra-constraint public.users',
    ]);
    expect(changed({ indexes: [index('i', ['email'])] })).toEqual(['WARN schema.extra-index public.users']);
    expect(changed({ indexes: [index('i', ['id', 'email'], { unique: true })] })).toEqual([
      'WARN schema.extra-constraint public.users',
    ]);
  });

  it.each([
    [{}, 'FAIL schema.required-column'],
    [{ default: '0' }, 'WARN schema.extra-column'],
    [{ generated: 'id * 2' }, 'WARN schema.extra-column'],
    [{ identity: 'always' as const }, 'WARN schema.extra-column'],
  ])('fails when a new column must have a value that the code does not give: %j', (more, found) => {
    const added = column('x', { nullable: false, ...more });
    expect(changed({ columns: [...users.columns, added] })).toEqual([`${found} public.users.x`]);
  });

  it.each([
    ['a narrower type', { type: 'character varying(9)' }, ['FAIL schema.type']],
    ['null', { nullable: true }, ['FAIL schema.nullability']],
    ['a default', { default: "'x'::text" }, ['PASS schema.default']],
    ['being computed', { generated: 'lower(x)' }, ['FAIL schema.generated']],
  ])('finds a column with %s', (_, more, found) => {
    expect(changed({ columns: [id, { ...email, ...more }] })).toEqual(found.map((one) => `${one} public.users.email`));
  });

  it('fails when a column that takes null no longer does', () => {
    const columns = [id, { ...email, nullable: true }];
    expect(lines(diffSchemas(snapshot([{ ...users, columns }]), snapshot([users])))).toEqual([
      'FAIL schema.nullability public.users.email',
    ]);
  });

  it('fails when a NOT NULL column has lost its default, and only tells of others', () => {
    const { identity: _, ...plain } = id;
    expect(changed({ columns: [plain, email] })).toEqual(['FAIL schema.missing-default public.users.id']);
    const was = { columns: [id, column('at', { default: 'now()' })] };
    expect(changed({ columns: [id, column('at')] }, was)).toEqual(['PASS schema.default public.users.at']);
    expect(changed({ columns: [{ ...id, identity: 'always' }, email] })).toEqual([
      'WARN schema.identity public.users.id',
    ]);
  });

  it.each([
    ["'new'::text", "'new'::character varying"],
    ['now()', 'CURRENT_TIMESTAMP'],
    ["'-1'::integer", '-1'],
    ['(0)::numeric(10, 2)', '0'],
    ["'ok'::public.mood", "'ok'::mood"],
    ['\'ok\'::"My".mood', "'ok'"],
    ["'{}'::text[]", "'{}'"],
    ["'x'::timestamp(3) without time zone", "'x'"],
  ])('takes the default %s for %s', (one, other) => {
    const at = (text: string) => snapshot([table('t', { columns: [column('c', { default: text })] })]);
    expect(diffSchemas(at(one), at(other))).toEqual([]);
  });

  it.each([
    ["'a::text'", "'a'"],
    ["'NOW()'", 'now()'],
    ['1', '2'],
    ['1', "'1 '"],
  ])('does not take the default %s for %s', (one, other) => {
    const at = (text: string) => snapshot([table('t', { columns: [column('c', { default: text })] })]);
    expect(lines(diffSchemas(at(one), at(other)))).toEqual(['PASS schema.default public.t.c']);
  });

  it('takes a unique index for a unique constraint, but not one of some rows or of expressions', () => {
    const by = (more: object) => ({ unique: [], indexes: [index('u', ['email'], { unique: true, ...more })] });
    expect(changed(by({}))).toEqual([]);
    expect(changed(by({ where: '(id > 3)' }))[0]).toBe('FAIL schema.missing-unique public.users');
    expect(changed(by({ columns: [null] }))[0]).toBe('FAIL schema.missing-unique public.users');
    expect(changed(by({ nullsNotDistinct: true }))[0]).toBe('FAIL schema.missing-unique public.users');
  });

  it('misses a recorded index that is gone although another keeps its columns unique', () => {
    const unique = [{ name: 'key', columns: ['id', 'email'] }];
    const falling = index('falling', ['id', 'email'], { unique: true, definition: 'btree (id, email DESC)' });
    const plain = index('plain', ['id', 'email'], { unique: true });
    const missed = ['FAIL schema.missing-index public.users'];
    for (const one of [falling, plain]) {
      expect(changed({ indexes: [] }, { unique, indexes: [one] })).toEqual(missed);
      expect(changed({ indexes: [{ ...one, name: 'renamed' }] }, { unique, indexes: [one] })).toEqual([]);
    }
    expect(changed({ indexes: [plain] }, { unique: [], indexes: [falling] })).toEqual(missed);
    expect(changed({ indexes: [falling] }, { unique: [], indexes: [falling, plain] })).toEqual(missed);
    expect(changed({ indexes: [plain] }, { unique: [], indexes: [falling, plain] })).toEqual(missed);
    // A constraint is such an index, too.
    expect(changed({ unique, indexes: [] }, { unique: [], indexes: [plain] })).toEqual([]);
    expect(changed({ unique, indexes: [] }, { unique: [], indexes: [falling] })).toEqual(missed);
    expect(changed({ unique: [], indexes: [] }, { unique: [], indexes: [plain] })).toEqual([
      'FAIL schema.missing-unique public.users',
    ]);
  });

  it('finds another order of an index and another condition, and not another name', () => {
    const from = { indexes: [index('i', ['id', 'email'])] };
    expect(changed({ indexes: [index('renamed', ['id', 'email'])] }, from)).toEqual([]);
    expect(changed({ indexes: [index('i', ['email', 'id'])] }, from)).toEqual([
      'FAIL schema.missing-index public.users',
      'WARN schema.extra-index public.users',
    ]);
  });

  it('knows a foreign key by its pairs of columns, in whatever order they stand', () => {
    const two = (columns: string[], theirs: string[], more: object = {}) => [
      foreignKey('x', 't', { columns, references: { schema: 'public', table: 't', columns: theirs }, ...more }),
    ];
    const from = { foreignKeys: two(['a', 'b'], ['c', 'd']) };
    expect(changed({ foreignKeys: two(['b', 'a'], ['d', 'c']) }, from)).toEqual([]);
    expect(changed({ foreignKeys: two(['b', 'a'], ['c', 'd']) }, from)).toHaveLength(2);
    expect(changed({ foreignKeys: two(['a', 'b'], ['c', 'd'], { onDelete: 'cascade' }) }, from)).toEqual([
      'FAIL schema.missing-foreign-key public.users',
    ]);
  });

  it('takes a reference without a schema for one of the same schema, and names the schema that it looked in', () => {
    const there = snapshot([
      table('users'),
      table('posts', { schema: 'app', foreignKeys: [foreignKey('by', 'users')] }),
    ]);
    const expected = (schema?: string) => ({
      posts: {
        schema: 'app',
        columns: {},
        foreignKeys: [{ columns: ['by'], references: { ...(schema && { schema }), table: 'users', columns: ['id'] } }],
      },
    });
    expect(diffSchemas(expected('public'), there)).toEqual([]);
    expect(diffSchemas(expected(), there)).toMatchObject([
      { id: 'schema.missing-foreign-key', message: 'the foreign key (by) to app.users(id) is missing' },
    ]);
  });

  it('HLD-73: reports an index that became invalid, a constraint that is not valid and a trigger that is off', () => {
    const triggers = [{ name: 'audit', definition: 'CREATE TRIGGER audit', enabled: true }];
    const from = { indexes: [index('i', ['id'])], foreignKeys: [foreignKey('id', 'teams')], triggers };
    expect(changed({ indexes: [index('i', ['id'], { valid: false })] }, from)).toEqual([
      'FAIL schema.invalid-index public.users.i',
    ]);
    expect(changed({ foreignKeys: [foreignKey('id', 'teams', { valid: false })] }, from)).toEqual([
      'WARN schema.not-valid-constraint public.users.id_fkey',
    ]);
    expect(changed({ foreignKeys: [foreignKey('id', 'teams', { enabled: false })] }, from)).toEqual([
      'FAIL schema.disabled-trigger public.users.id_fkey',
    ]);
    expect(changed({ triggers: triggers.map((one) => ({ ...one, enabled: false })) }, from)).toEqual([
      'FAIL schema.disabled-trigger public.users.audit',
    ]);
    // The other way round it has been put in order.
    expect(changed(from, { ...from, indexes: [index('i', ['id'], { valid: false })] })).toEqual([
      'PASS schema.restored public.users.i',
    ]);
  });

  it('HLD-74: leaves out tables in which migration tools keep their books', () => {
    const books = ['knex_migrations', '_prisma_migrations', 'SequelizeMeta', '__drizzle_migrations', 'pgmigrations'];
    expect(diffSchemas(snapshot([users]), snapshot([users, ...books.map((name) => table(name))]))).toEqual([]);
    expect(diffSchemas(snapshot([users, ...books.map((name) => table(name))]), snapshot([users]))).toEqual([]);
    const own = table('migrations', { columns: [column('id'), column('from'), column('to')] });
    const typeorm = table('migrations', { columns: [column('id'), column('timestamp'), column('name')] });
    const extra = (one: SchemaTable) => lines(diffSchemas(snapshot([users]), snapshot([users, one])));
    expect([extra(own), extra(typeorm)]).toEqual([['WARN schema.extra-table public.migrations'], []]);
  });

  it('compares types, sequences and extensions', () => {
    const mood = (...values: string[]) => [{ schema: 'public', name: 'mood', values }];
    const enums = (wanted: string[], found: string[]) =>
      lines(diffSchemas(snapshot([users], { enums: mood(...wanted) }), snapshot([users], { enums: mood(...found) })));
    expect(enums(['a', 'b'], ['a', 'c', 'b'])).toEqual(['WARN schema.extra-enum-value public.mood']);
    expect(enums(['a', 'b'], ['b'])).toEqual(['FAIL schema.missing-enum-value public.mood']);
    expect(enums(['a', 'b'], ['b', 'a'])).toEqual(['WARN schema.enum-order public.mood']);
    const full = snapshot([users], {
      enums: mood('a'),
      domains: [{ schema: 'public', name: 'd', type: 'text', nullable: true, default: null, checks: [] }],
      sequences: [{ schema: 'public', name: 's', type: 'bigint', increment: '1' }],
      extensions: [{ name: 'citext', version: '1.6' }],
    });
    expect(lines(diffSchemas(full, snapshot([users])))).toEqual([
      'FAIL schema.missing-extension citext',
      'FAIL schema.missing-type public.d',
      'FAIL schema.missing-type public.mood',
      'FAIL schema.missing-sequence public.s',
    ]);
    expect(lines(diffSchemas(snapshot([users]), full)).map((line) => line.slice(0, 17))).toEqual(
      Array.from({ length: 4 }, () => 'WARN schema.extra'),
    );
  });

  it('keeps tables of one name in two schemas apart, and quotes names that need it', () => {
    const other = table('users', { schema: 'billing', columns: [column('Qu.oted "x"')] });
    const there = snapshot([users], { schemas: ['billing', 'public'] });
    expect(lines(diffSchemas(snapshot([users, other]), there))).toEqual(['FAIL schema.missing-table billing.users']);
    const [difference] = diffSchemas(snapshot([other]), snapshot([{ ...other, columns: [] }]));
    expect(difference?.place).toBe('billing.users."Qu.oted ""x"""');
  });

  it('knows names of SQLite in any case', () => {
    const there = sqlite([table('Users', { columns: [column('ID')] })]);
    expect(diffSchemas(sqlite([table('users')]), there)).toEqual([]);
  });

  it('is refused for the other database', () => {
    expect(() => diffSchemas(snapshot([users]), sqlite([]))).toThrow('postgresql');
  });
});

describe('a map written by hand', () => {
  const map: TableMap = {
    users: {
      columns: { id: 'serial', email: { type: 'text', nullable: false } },
      primaryKey: ['id'],
      unique: [['email']],
    },
  };

  it('looks only at what it mentions', () => {
    const more = { columns: [...users.columns, column('x', { nullable: false })], indexes: [index('i', ['x'])] };
    expect(diffSchemas(map, snapshot([{ ...users, ...more }, table('other')]))).toEqual([]);
    expect(diffSchemas({ users: { columns: { id: {} } } }, snapshot([users]))).toEqual([]);
  });

  it('fails for what is missing', () => {
    const wanted: TableMap = {
      users: {
        columns: { gone: 'int' },
        foreignKeys: [{ columns: ['id'], references: { table: 't', columns: ['id'] } }],
      },
      teams: { columns: {} },
    };
    expect(lines(diffSchemas(wanted, snapshot([users])))).toEqual([
      'FAIL schema.missing-table public.teams',
      'FAIL schema.missing-foreign-key public.users',
      'FAIL schema.missing-column public.users.gone',
    ]);
  });

  it.each([
    [['id'], undefined, true],
    [['email'], undefined, true],
    [['id', 'email'], undefined, true],
    [['email', 'id'], undefined, false],
    [['at'], undefined, false],
    [['at'], { partial: true }, true],
    [['id', 'email'], { unique: true }, false],
  ])('finds an index on %j %j: %s', (columns, more, found) => {
    const indexes = [index('two', ['id', 'email']), index('some', ['at'], { where: '(at > 3)' })];
    const wanted: TableMap = { users: { columns: {}, indexes: [more === undefined ? columns : { columns, ...more }] } };
    expect(diffSchemas(wanted, snapshot([{ ...users, indexes }])).length === 0).toBe(found);
  });

  it('finds an index on an expression by its name, and says when it is invalid', () => {
    const wanted: TableMap = { users: { columns: {}, indexes: [{ name: 'low' }] } };
    const there = (valid: boolean) => snapshot([{ ...users, indexes: [index('low', [null], { valid })] }]);
    expect(diffSchemas(wanted, there(true))).toEqual([]);
    expect(lines(diffSchemas(wanted, there(false)))).toEqual(['FAIL schema.invalid-index public.users.low']);
    expect(lines(diffSchemas(wanted, snapshot([users])))).toEqual(['FAIL schema.missing-index public.users']);
  });

  it('takes no other index for one that it names', () => {
    const wanted: TableMap = { users: { columns: {}, indexes: [{ name: 'by_email', columns: ['email'] }] } };
    const there = (name: string) => snapshot([{ ...users, indexes: [index(name, ['email'], { unique: true })] }]);
    expect(diffSchemas(wanted, there('by_email'))).toEqual([]);
    expect(lines(diffSchemas(wanted, there('other')))).toEqual(['FAIL schema.missing-index public.users']);
    const long: TableMap = { users: { columns: {}, indexes: [{ name: 'i'.repeat(70), columns: ['email'] }] } };
    expect(diffSchemas(long, there('i'.repeat(63)))).toEqual([]);
    expect(diffSchemas(long, there('i'.repeat(62)))).toHaveLength(1);
  });

  it.each([
    ['serial', {}, true],
    ['BIGSERIAL', { type: 'bigint' }, true],
    ['serial', { nullable: true }, true],
    ['serial', { identity: 'serial' as const }, false],
    ['serial', { identity: 'always' as const }, false],
    ['serial', { default: 'f()' }, false],
    ['integer', {}, false],
  ])('misses what numbers a column that is %s, %j: %s', (type, more, missed) => {
    const wanted: TableMap = { t: { columns: { id: type } } };
    const there = snapshot([table('t', { columns: [column('id', { nullable: false, ...more })] })]);
    expect(lines(diffSchemas(wanted, there))).toEqual(missed ? ['FAIL schema.missing-default public.t.id'] : []);
  });

  it('looks in public, in the only schema there is, or where it is told to', () => {
    const elsewhere = { ...users, schema: 'app' };
    expect(diffSchemas(map, snapshot([elsewhere], { schemas: ['app'] }))).toEqual([]);
    expect(diffSchemas(map, snapshot([elsewhere], { schemas: ['app', 'public'] }))).toHaveLength(1);
    const told: TableMap = { 'app.users': { ...map['users'], columns: {}, schema: 'app', table: 'users' } };
    expect(diffSchemas(told, snapshot([elsewhere], { schemas: ['app', 'public'] }))).toEqual([]);
  });

  it('names the values that an enum must have', () => {
    const wanted: TableMap = { t: { columns: { m: { values: ['a', 'b'] } } } };
    const there = (values: string[], type = 'public.mood') =>
      snapshot([table('t', { columns: [column('m', { type })] })], {
        enums: [{ schema: 'public', name: 'mood', values }],
      });
    expect(diffSchemas(wanted, there(['b', 'x', 'a']))).toEqual([]);
    expect(lines(diffSchemas(wanted, there(['a'])))).toEqual(['FAIL schema.missing-enum-value public.t.m']);
    expect(lines(diffSchemas(wanted, there(['a'], 'text')))).toEqual(['FAIL schema.type public.t.m']);
  });
});
