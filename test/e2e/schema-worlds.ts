import fc from 'fast-check';

/** A schema that can be made on PostgreSQL and on SQLite. */
export interface World {
  readonly tables: readonly WorldTable[];
}

interface WorldTable {
  readonly name: string;
  readonly columns: readonly WorldColumn[];
  readonly primaryKey: boolean;
  readonly unique: boolean;
  readonly indexed: 'no' | 'yes' | 'some rows' | 'an expression';
  readonly check: boolean;
  /** The name of a table that it refers to, which may be itself. */
  readonly refersTo: string | undefined;
}

interface WorldColumn {
  readonly name: string;
  readonly type: 'integer' | 'text' | 'numeric(10,2)' | 'varchar(20)';
  readonly notNull: boolean;
  readonly default: string | undefined;
}

const NAMES = ['users', 'Or.ders', 'select', 'a "quoted" one', 'größe', "it's", 'UPPER', 'back\\slash'];

/** The columns that keys are made of; the others are free to be changed. */
const KEY: readonly WorldColumn[] = [
  { name: 'key', type: 'integer', notNull: true, default: undefined },
  { name: 'Uni.que', type: 'text', notNull: false, default: undefined },
  { name: 'link', type: 'integer', notNull: false, default: undefined },
];

const column = fc.record({
  name: fc.constantFrom(...NAMES),
  type: fc.constantFrom<WorldColumn['type']>('integer', 'text', 'numeric(10,2)', 'varchar(20)'),
  notNull: fc.boolean(),
  default: fc.constantFrom(undefined, "'1'", "'0'"),
});

export const worlds: fc.Arbitrary<World> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...NAMES),
      columns: fc.uniqueArray(column, { selector: ({ name }) => name, minLength: 1, maxLength: 4 }),
      primaryKey: fc.boolean(),
      unique: fc.boolean(),
      indexed: fc.constantFrom<WorldTable['indexed']>('no', 'yes', 'some rows', 'an expression'),
      check: fc.boolean(),
      refersTo: fc.nat(),
    }),
    { selector: ({ name }) => name.toLowerCase(), minLength: 1, maxLength: 4 },
  )
  .map((tables) => ({
    tables: tables.map((table, i) => {
      const keyed = tables.slice(0, i + 1).filter(({ primaryKey }) => primaryKey);
      return {
        ...table,
        columns: [...KEY, ...table.columns],
        refersTo: keyed[table.refersTo % (keyed.length + 1)]?.name,
      };
    }),
  }));

/** A change, and what a comparison has to call it. */
export interface Mutation {
  readonly world: World;
  readonly found: string;
}

const TYPE_CHANGES = { integer: 'text', text: 'integer', 'numeric(10,2)': 'text', 'varchar(20)': 'integer' } as const;

/** Every single change of the first table that can be made to it. */
export function mutationsOf(world: World): Mutation[] {
  const [first, ...others] = world.tables;
  if (first === undefined) return [];
  const free = first.columns.find(({ name }) => !KEY.some((key) => key.name === name));
  const referred = world.tables.some(({ refersTo }) => refersTo === first.name);
  const mutations: Mutation[] = [];
  const change = (found: string, changes: Partial<WorldTable>): void => {
    mutations.push({ found, world: { tables: [{ ...first, ...changes }, ...others] } });
  };
  const changeColumn = (found: string, changes: Partial<WorldColumn>): void => {
    change(found, { columns: first.columns.map((one) => (one === free ? { ...one, ...changes } : one)) });
  };
  if (free !== undefined) {
    change('FAIL schema.missing-column', { columns: first.columns.filter((one) => one !== free) });
    changeColumn('FAIL schema.type', { type: TYPE_CHANGES[free.type], default: free.default });
    changeColumn('FAIL schema.nullability', { notNull: !free.notNull });
    if (free.default !== undefined) {
      changeColumn('PASS schema.default', { default: "'7'" });
      changeColumn(free.notNull ? 'FAIL schema.missing-default' : 'PASS schema.default', { default: undefined });
    }
  }
  const added = { name: 'added', type: 'text', notNull: false, default: undefined } as const;
  change('WARN schema.extra-column', { columns: [...first.columns, added] });
  change('FAIL schema.required-column', { columns: [...first.columns, { ...added, notNull: true }] });
  if (first.primaryKey && !referred) change('FAIL schema.missing-primary-key', { primaryKey: false });
  if (first.unique) change('FAIL schema.missing-unique', { unique: false });
  else change('WARN schema.extra-constraint', { unique: true });
  if (first.indexed !== 'no') change('FAIL schema.missing-index', { indexed: 'no' });
  else change('WARN schema.extra-index', { indexed: 'some rows' });
  if (first.check) change('FAIL schema.missing-check', { check: false });
  if (first.refersTo !== undefined) change('FAIL schema.missing-foreign-key', { refersTo: undefined });
  mutations.push({
    found: 'WARN schema.extra-table',
    world: { tables: [...world.tables, { ...first, name: 'extra', indexed: 'no', refersTo: undefined }] },
  });
  if (!referred || world.tables.every(({ name, refersTo }) => refersTo !== first.name || name === first.name))
    mutations.push({ found: 'FAIL schema.missing-table', world: { tables: others } });
  return mutations;
}

/** What makes it, on either database. */
export function ddlOf({ tables }: World): string {
  return tables.map(tableDdl).join('\n');
}

function tableDdl(table: WorldTable, i: number): string {
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const parts = [
    ...table.columns.map(({ name, type, notNull, default: value }) => {
      // Without the row's own number of SQLite, which fills itself.
      const spelt = type === 'integer' ? 'int' : type;
      return [quoted(name), spelt, notNull && 'not null', value && `default ${value}`].filter(Boolean).join(' ');
    }),
    table.primaryKey && 'primary key (key)',
    table.unique && 'unique ("Uni.que", key)',
    table.check && 'check (key > 0)',
    table.refersTo !== undefined && `foreign key (link) references ${quoted(table.refersTo)} (key) on delete cascade`,
  ].filter(Boolean);
  const on = `create index "i.${String(i)} ${table.indexed}" on ${quoted(table.name)}`;
  const index = {
    no: '',
    yes: `${on} ("Uni.que", link desc);`,
    'some rows': `${on} (link) where key > 3;`,
    'an expression': `${on} (lower("Uni.que"));`,
  }[table.indexed];
  return `create table ${quoted(table.name)} (${parts.join(', ')});\n${index}`;
}
