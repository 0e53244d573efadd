import { literal } from '../database/dialect.js';

/** Longest text of a view or a trigger that is compared; a longer one is compared by its beginning. */
const LONGEST_TEXT = 20_000;

/** How the catalogue is spelled depends on settings; these are read under the same ones everywhere. */
const SPELLING = [
  ['search_path', 'pg_catalog'],
  ['quote_all_identifiers', 'off'],
  ['datestyle', 'ISO, YMD'],
  ['intervalstyle', 'postgres'],
]
  .map(([name, value]) => `pg_catalog.set_config('${String(name)}', '${String(value)}', true)`)
  .join(', ');

/** Names of the columns of a key, in its order. */
function columnsOf(table: string, numbers: string): string {
  return `(select coalesce(json_agg(a.attname order by k.n), '[]') from unnest(${numbers}) with ordinality k(c, n)
    join pg_catalog.pg_attribute a on a.attrelid = ${table} and a.attnum = k.c)`;
}

/** What an extension brought along belongs to it. */
function notOfExtension(catalogue: string, oid: string): string {
  return `not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.${catalogue}'::regclass
    and e.objid = ${oid} and e.deptype = 'e')`;
}

/**
 * The whole catalogue in one select of `kind` and `data`, a JSON object each. From `pg_catalog`, which everybody may read:
 * `information_schema` shows a role only what it has rights on.
 *
 * @param mostTables - one more is read, so that it shows.
 * @internal
 */
export function postgresCatalogue(schemas: readonly string[] | undefined, mostTables: number): string {
  const chosen =
    schemas === undefined
      ? `n.nspname <> 'information_schema' and n.nspname !~ '^pg_'`
      : `n.nspname in (${schemas.map((name) => literal(name, 'postgresql')).join(', ') || 'null'})`;
  const part = (kind: string, fields: string, from: string): string =>
    `select '${kind}' as kind, json_build_object(${fields}) as data from spelling cross join ${from}`;
  return `with spelling as materialized (select ${SPELLING}),
own as materialized (select n.oid, n.nspname from pg_catalog.pg_namespace n where ${chosen}),
rels as materialized (
  select c.oid, c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relispopulated, o.nspname
  from pg_catalog.pg_class c join own o on o.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and ${notOfExtension('pg_class', 'c.oid')}
  order by o.nspname, c.relname limit ${String(mostTables + 1)}),
parts as materialized (
  select c.oid, c.relname, o.nspname from pg_catalog.pg_class c join own o on o.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f') and c.relispartition)
${[
  part(
    'table',
    `'id', r.oid::text, 'schema', r.nspname, 'name', r.relname, 'kind', r.relkind, 'definition', left(case
      when r.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(r.oid)
      else nullif(concat_ws(' ', case when r.relpersistence = 'u' then 'UNLOGGED' end,
        'PARTITION BY ' || case when r.relkind = 'p' then pg_catalog.pg_get_partkeydef(r.oid) end,
        case when r.relrowsecurity then 'ENABLE ROW LEVEL SECURITY' end,
        case when r.relforcerowsecurity then 'FORCE ROW LEVEL SECURITY' end), '') end, ${String(LONGEST_TEXT)})`,
    'rels r',
  ),
  part(
    'column',
    `'table', r.oid::text, 'n', a.attnum, 'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
    'nullable', not a.attnotnull, 'default', left(pg_catalog.pg_get_expr(d.adbin, d.adrelid), ${String(LONGEST_TEXT)}), 'generated', a.attgenerated,
    'identity', a.attidentity, 'serial', exists (select from pg_catalog.pg_depend e
      join pg_catalog.pg_depend u on u.objid = d.oid and u.classid = 'pg_catalog.pg_attrdef'::regclass
        and u.refclassid = e.classid and u.refobjid = e.objid
      where e.classid = 'pg_catalog.pg_class'::regclass and e.refclassid = e.classid
        and e.refobjid = r.oid and e.refobjsubid = a.attnum and e.deptype = 'a')`,
    `rels r join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum`,
  ),
  part(
    'constraint',
    `'table', r.oid::text, 'name', c.conname, 'type', c.contype, 'columns', ${columnsOf('c.conrelid', 'c.conkey')},
    'schema', fn.nspname, 'references', f.relname, 'theirs', case when c.contype = 'f' then ${columnsOf('c.confrelid', 'c.confkey')} end,
    'delete', c.confdeltype, 'update', c.confupdtype, 'deferrable', c.condeferrable, 'deferred', c.condeferred,
    'valid', c.convalidated, 'definition', left(pg_catalog.pg_get_constraintdef(c.oid), ${String(LONGEST_TEXT)}),
    'disabled', exists (select from pg_catalog.pg_trigger t where t.tgconstraint = c.oid and t.tgenabled = 'D')`,
    `rels r join pg_catalog.pg_constraint c on c.conrelid = r.oid and c.contype in ('p', 'u', 'f', 'c', 'x') and c.conparentid = 0
    left join pg_catalog.pg_class f on f.oid = c.confrelid left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace`,
  ),
  part(
    'index',
    `'table', r.oid::text, 'name', x.relname, 'unique', i.indisunique, 'valid', i.indisvalid and i.indisready,
    'columns', (select json_agg(a.attname order by k.n) from unnest(i.indkey::int2[]) with ordinality k(c, n)
      left join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum = k.c and k.c > 0 where k.n <= i.indnkeyatts),
    'where', left(pg_catalog.pg_get_expr(i.indpred, i.indrelid), ${String(LONGEST_TEXT)}),
    'definition', left(right(pg_catalog.pg_get_indexdef(x.oid), -length('CREATE ' || case when i.indisunique then 'UNIQUE ' else '' end
      || 'INDEX ' || pg_catalog.quote_ident(x.relname) || ' ON ' || case when x.relkind = 'I' then 'ONLY ' else '' end
      || pg_catalog.quote_ident(r.nspname) || '.' || pg_catalog.quote_ident(r.relname) || ' USING ')), ${String(LONGEST_TEXT)})`,
    `rels r join pg_catalog.pg_index i on i.indrelid = r.oid join pg_catalog.pg_class x on x.oid = i.indexrelid
    where not exists (select from pg_catalog.pg_constraint c where c.conindid = x.oid and c.conrelid = r.oid and c.contype in ('p', 'u', 'x'))`,
  ),
  part(
    'trigger',
    `'table', r.oid::text, 'name', t.tgname, 'enabled', t.tgenabled, 'definition', left(pg_catalog.pg_get_triggerdef(t.oid), ${String(LONGEST_TEXT)})`,
    'rels r join pg_catalog.pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal',
  ),
  part(
    'flaw',
    `'schema', p.nspname, 'table', p.relname, 'name', x.relname, 'what', 'schema.invalid-index'`,
    `parts p join pg_catalog.pg_index i on i.indrelid = p.oid and not (i.indisvalid and i.indisready)
    join pg_catalog.pg_class x on x.oid = i.indexrelid`,
  ),
  part(
    'flaw',
    `'schema', p.nspname, 'table', p.relname, 'name', t.tgname, 'what', 'schema.disabled-trigger'`,
    `parts p join pg_catalog.pg_trigger t on t.tgrelid = p.oid and t.tgenabled = 'D'`,
  ),
  part(
    'flaw',
    `'schema', p.nspname, 'table', p.relname, 'name', c.conname, 'what', 'schema.not-valid-constraint'`,
    `parts p join pg_catalog.pg_constraint c on c.conrelid = p.oid and not c.convalidated and c.contype in ('c', 'f', 'n')`,
  ),
  part(
    'flaw',
    `'schema', r.nspname, 'table', r.relname, 'name', c.conname, 'what', 'schema.not-valid-constraint'`,
    // A NOT NULL is a constraint since version 18; the others are told of where they stand.
    `rels r join pg_catalog.pg_constraint c on c.conrelid = r.oid and not c.convalidated and c.contype = 'n'`,
  ),
  part(
    'flaw',
    `'schema', r.nspname, 'table', r.relname, 'what', 'schema.unpopulated-view'`,
    `rels r where not r.relispopulated`,
  ),
  part(
    'enum',
    `'schema', o.nspname, 'name', t.typname, 'values',
    (select coalesce(json_agg(l.enumlabel order by l.enumsortorder), '[]') from pg_catalog.pg_enum l where l.enumtypid = t.oid)`,
    `own o join pg_catalog.pg_type t on t.typnamespace = o.oid and t.typtype = 'e' and ${notOfExtension('pg_type', 't.oid')}`,
  ),
  part(
    'domain',
    `'schema', o.nspname, 'name', t.typname, 'type', pg_catalog.format_type(t.typbasetype, t.typtypmod), 'nullable', not t.typnotnull,
    'default', left(t.typdefault, ${String(LONGEST_TEXT)}), 'checks', (select coalesce(json_agg(json_build_object('name', c.conname, 'valid', c.convalidated,
      'definition', left(pg_catalog.pg_get_constraintdef(c.oid), ${String(LONGEST_TEXT)})) order by c.conname), '[]')
      from pg_catalog.pg_constraint c where c.contypid = t.oid and c.contype = 'c')`,
    `own o join pg_catalog.pg_type t on t.typnamespace = o.oid and t.typtype = 'd' and ${notOfExtension('pg_type', 't.oid')}`,
  ),
  part(
    'sequence',
    `'schema', o.nspname, 'name', c.relname, 'type', pg_catalog.format_type(s.seqtypid, null), 'increment', s.seqincrement::text`,
    `own o join pg_catalog.pg_class c on c.relnamespace = o.oid and c.relkind = 'S' join pg_catalog.pg_sequence s on s.seqrelid = c.oid
    where ${notOfExtension('pg_class', 'c.oid')} and not exists (select from pg_catalog.pg_depend e
      where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype in ('a', 'i') and e.refobjsubid > 0)`,
  ),
  part('schema', `'name', o.nspname`, 'own o'),
  part('extension', `'name', e.extname, 'version', e.extversion`, 'pg_catalog.pg_extension e'),
].join('\nunion all\n')}`;
}
