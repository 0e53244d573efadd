import {
  byName,
  type Catalogue,
  type CatalogueRow,
  expressionOf,
  groupedBy,
  nameOf,
  namesOf,
  optionalExpression,
  type PartFlaw,
} from './catalogue.js';
import type {
  SchemaCheck,
  SchemaColumn,
  SchemaForeignKey,
  SchemaIndex,
  SchemaKey,
  SchemaTable,
  SchemaTableKind,
  SchemaTrigger,
} from './snapshot.js';

type Data = CatalogueRow['data'];

const KINDS: Readonly<Record<string, SchemaTableKind>> = /* @__PURE__ */ Object.freeze({
  r: 'table',
  p: 'partitioned table',
  f: 'foreign table',
  v: 'view',
  m: 'materialized view',
});

const ACTIONS: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
});

/** What the rows of the catalogue of PostgreSQL say. @internal */
export function postgresSnapshot(rows: readonly CatalogueRow[], schemas: readonly string[] | undefined): Catalogue {
  const of = (kind: string): Data[] => rows.filter((row) => row.kind === kind).map(({ data }) => data);
  const [columns, constraints, indexes, triggers] = [
    groupedBy(rows, 'column'),
    groupedBy(rows, 'constraint'),
    groupedBy(rows, 'index'),
    groupedBy(rows, 'trigger'),
  ];
  const tables = of('table').map((table) =>
    tableOf(table, {
      columns: columns.get(table['id']) ?? [],
      constraints: constraints.get(table['id']) ?? [],
      indexes: indexes.get(table['id']) ?? [],
      triggers: triggers.get(table['id']) ?? [],
    }),
  );
  const enums = of('enum').map((data) => ({ ...named(data), values: namesOf(data['values']) }));
  const domains = of('domain').map((data) => ({
    ...named(data),
    type: nameOf(data['type']),
    nullable: data['nullable'] === true,
    default: optionalExpression(data['default']),
    checks: (Array.isArray(data['checks']) ? (data['checks'] as Data[]) : []).map(checkOf),
  }));
  const sequences = of('sequence').map((data) => ({
    ...named(data),
    type: nameOf(data['type']),
    increment: nameOf(data['increment']),
  }));
  const extensions = of('extension').map((data) => ({ name: nameOf(data['name']), version: nameOf(data['version']) }));
  const found = [...tables, ...enums, ...domains, ...sequences].map(({ schema }) => schema);
  const there = new Set(of('schema').map((data) => data['name']));
  return {
    absent: (schemas ?? []).filter((schema) => !there.has(schema)),
    snapshot: {
      format: 1,
      dialect: 'postgresql',
      schemas: [...new Set(schemas ?? found)].sort(),
      tables: byName(tables),
      enums: byName(enums),
      domains: byName(domains),
      sequences: byName(sequences),
      extensions: byName(extensions),
    },
    partFlaws: of('flaw').map((data) => ({
      ...named(data),
      id: data['what'] as PartFlaw['id'],
      table: nameOf(data['table']),
    })),
  };
}

function named(data: Data): { readonly schema: string; readonly name: string } {
  return { schema: nameOf(data['schema']), name: nameOf(data['name']) };
}

interface Parts {
  readonly columns: readonly Data[];
  readonly constraints: readonly Data[];
  readonly indexes: readonly Data[];
  readonly triggers: readonly Data[];
}

function tableOf(data: Data, { columns, constraints, indexes, triggers }: Parts): SchemaTable {
  const ofType = (...types: string[]): Data[] => constraints.filter((one) => types.includes(String(one['type'])));
  const definition = optionalExpression(data['definition']);
  const [primary] = ofType('p');
  return {
    ...named(data),
    kind: KINDS[String(data['kind'])] ?? 'table',
    columns: [...columns].sort((a, b) => Number(a['n']) - Number(b['n'])).map(columnOf),
    primaryKey: primary === undefined ? null : keyOf(primary),
    unique: byName(
      ofType('u').map((one) => ({
        ...keyOf(one),
        ...(/^UNIQUE NULLS NOT DISTINCT /.test(String(one['definition'])) && { nullsNotDistinct: true as const }),
      })),
    ),
    foreignKeys: byName(ofType('f').map(foreignKeyOf)),
    checks: byName(ofType('c', 'x').map(checkOf)),
    indexes: byName(indexes.map(indexOf)),
    triggers: byName(triggers.map(triggerOf)),
    ...(definition !== null && { definition }),
  };
}

function columnOf(data: Data): SchemaColumn {
  const generated = data['generated'] !== '';
  const serial = data['serial'] === true;
  const expression = optionalExpression(data['default']);
  const identity = { a: 'always', d: 'by default' } as const;
  return {
    name: nameOf(data['name']),
    type: nameOf(data['type']),
    nullable: data['nullable'] === true,
    // The name of its own sequence says nothing.
    default: generated || serial ? null : expression,
    ...(generated && { generated: expression ?? '' }),
    ...(serial && { identity: 'serial' as const }),
    ...((data['identity'] === 'a' || data['identity'] === 'd') && { identity: identity[data['identity']] }),
  };
}

function keyOf(data: Data): SchemaKey {
  const deferrable = data['deferred'] === true ? 'initially deferred' : 'initially immediate';
  return {
    name: nameOf(data['name']),
    columns: namesOf(data['columns']),
    ...(data['deferrable'] === true && { deferrable }),
  };
}

function foreignKeyOf(data: Data): SchemaForeignKey {
  return {
    ...keyOf(data),
    references: {
      schema: nameOf(data['schema']),
      table: nameOf(data['references']),
      columns: namesOf(data['theirs']),
    },
    onDelete: ACTIONS[String(data['delete'])] ?? '',
    onUpdate: ACTIONS[String(data['update'])] ?? '',
    valid: data['valid'] === true,
    enabled: data['disabled'] !== true && !/ NOT ENFORCED$/.test(String(data['definition'])),
  };
}

/** Whether it holds for all rows is told apart. */
function checkOf(data: Data): SchemaCheck {
  const definition = expressionOf(data['definition']).replace(/ NOT VALID$/, '');
  return { name: nameOf(data['name']), definition, valid: data['valid'] === true };
}

function indexOf(data: Data): SchemaIndex {
  const where = optionalExpression(data['where']);
  const columns = Array.isArray(data['columns']) ? (data['columns'] as unknown[]) : [];
  const alike = / NULLS NOT DISTINCT(?: WITH | WHERE | TABLESPACE |$)/.test(String(data['definition']));
  return {
    name: nameOf(data['name']),
    unique: data['unique'] === true,
    columns: columns.map((column) => (column === null ? null : nameOf(column))),
    ...(where !== null && { where }),
    ...(alike && { nullsNotDistinct: true as const }),
    definition: expressionOf(data['definition']),
    valid: data['valid'] === true,
  };
}

function triggerOf(data: Data): SchemaTrigger {
  const fires = { A: 'always', R: 'on replicas' } as const;
  const enabled = data['enabled'];
  return {
    name: nameOf(data['name']),
    definition: expressionOf(data['definition']),
    enabled: enabled !== 'D',
    ...((enabled === 'A' || enabled === 'R') && { fires: fires[enabled] }),
  };
}
