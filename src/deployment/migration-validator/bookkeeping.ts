import { identifier, literal } from '../database/dialect.js';
import type { DatabaseReader } from '../database/database-reader.js';
import type { TextRow } from '../database/answer.js';
import type { LockRule, MigrationTool } from './tools/tool.js';

/** Rows of a table of a tool that are still read. @internal */
export const MOST_ROWS = 10_000;

/** A table, or what looks like one from outside, that is there. @internal */
export interface FoundTable {
  readonly schema: string | undefined;
  readonly table: string;
  readonly columns: readonly string[];
  /** Whether it holds rows itself: to read a view runs what its owner put into it, which may write. */
  readonly isTable: boolean;
  /** Whether row level security may hide some of them from the role that looks. */
  readonly isHidden: boolean;
  /** Whether it is found without naming its schema. */
  readonly inPath: boolean;
}

/** Whether row level security binds the role, but for one policy that shows all rows and no other that restricts them. */
const HIDDEN = `pg_catalog.row_security_active(c.oid) AND NOT coalesce((
  SELECT pg_catalog.bool_or(p.polpermissive AND q.shown = 'true') AND pg_catalog.bool_and(p.polpermissive OR q.shown = 'true')
  FROM pg_catalog.pg_policy p CROSS JOIN LATERAL pg_catalog.pg_get_expr(p.polqual, p.polrelid) q (shown)
  WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND EXISTS (
    SELECT FROM pg_catalog.unnest(p.polroles) m (role) WHERE m.role = 0 OR pg_catalog.pg_has_role(m.role, 'USAGE'))), false)`;

/**
 * The tables of these names, those first that the search path finds first. They are looked up in the catalogue, which
 * answers also to a role that may not read them.
 * @internal
 */
export async function findTables(reader: DatabaseReader, names: readonly string[]): Promise<readonly FoundTable[]> {
  const list = names.map((name) => literal(name, reader.dialect)).join(', ');
  const rows = await reader.read(
    ['schema', 'table', 'column', 'rank', 'kind'],
    reader.dialect === 'sqlite'
      ? `SELECT NULL AS "schema", m.name AS "table", x.name AS "column", 1 AS "rank", m.type AS "kind"
         FROM sqlite_master m, pragma_table_info(m.name) x
         WHERE m.type IN ('table', 'view') AND m.name COLLATE NOCASE IN (${list}) ORDER BY m.name, x.cid`
      : `SELECT n.nspname AS "schema", c.relname AS "table", a.attname AS "column",
           pg_catalog.array_position(pg_catalog.current_schemas(false), n.nspname) AS "rank",
           CASE WHEN c.relkind IN ('r', 'p') THEN CASE WHEN ${HIDDEN} THEN 'hidden' ELSE 'table' END END AS "kind"
         FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname IN (${list})
         ORDER BY 4 NULLS LAST, n.nspname, c.relname, a.attnum`,
  );
  const tables = new Map<string, FoundTable & { columns: string[] }>();
  for (const { schema, table, column, rank, kind } of rows) {
    const key = JSON.stringify([schema, table]);
    const found = tables.get(key) ?? {
      schema: schema ?? undefined,
      table: table ?? '',
      columns: [],
      isTable: kind === 'table' || kind === 'hidden',
      isHidden: kind === 'hidden',
      inPath: rank !== null,
    };
    found.columns.push(column ?? '');
    tables.set(key, found);
  }
  return [...tables.values()];
}

/** Whether two names of a table are the same one. @internal */
export function sameName(reader: DatabaseReader, a: string, b: string): boolean {
  return reader.dialect === 'sqlite' ? a.toLowerCase() === b.toLowerCase() : a === b;
}

/** The one that the tool would use, if it is there. @internal */
export function tableOf(
  reader: DatabaseReader,
  tables: readonly FoundTable[],
  { table, schema }: { readonly table: string; readonly schema: string | undefined },
): FoundTable | undefined {
  return tables.find(
    (found) => sameName(reader, found.table, table) && (schema === undefined ? found.inPath : found.schema === schema),
  );
}

/** The rows of the table of a tool; one more than is allowed says that there are too many. @internal */
export function readRows(
  reader: DatabaseReader,
  { columns, extras = [], order }: MigrationTool,
  found: FoundTable,
): Promise<readonly TextRow<string>[]> {
  const wanted = [...columns, ...extras];
  const list = wanted.map((column) =>
    found.columns.includes(column) ? identifier(column) : `NULL AS ${identifier(column)}`,
  );
  const by = order.filter((column) => found.columns.includes(column)).map((column) => identifier(column));
  return reader.read(
    wanted,
    `SELECT ${list.join(', ')} FROM ${nameOf(found)}${by.length === 0 ? '' : ` ORDER BY ${by.join(', ')}`}`,
    { maxRows: MOST_ROWS + 1 },
  );
}

/** Its name in SQL. */
function nameOf({ schema, table }: FoundTable): string {
  return schema === undefined ? identifier(table) : identifier(schema, table);
}

/** How a lock is held. `stuck`: the tool believes it, be it so or not. `several`: its table has rows to spare. `running`: a session that lives holds it. @internal */
export type LockState = 'free' | 'stuck' | 'several' | 'ignored' | 'running';

/** Looks at one lock of a tool. @internal */
export async function readLock(
  reader: DatabaseReader,
  rule: LockRule,
  main: FoundTable,
  lockTable: FoundTable | undefined,
): Promise<LockState> {
  if (rule.kind === 'advisory') return reader.dialect === 'sqlite' ? 'free' : await readAdvisory(reader, rule.key);
  if (lockTable === undefined || !lockTable.columns.includes('is_locked')) return 'free';
  const rows = await reader.read(
    ['all', 'free'], // prettier-ignore
    `SELECT count(*) AS "all", coalesce(sum(CASE WHEN is_locked = 0 THEN 1 ELSE 0 END), 0) AS "free" FROM ${nameOf({ ...lockTable, schema: main.schema })}`,
  );
  const [all, free] = [Number(rows[0]?.all), Number(rows[0]?.free)];
  // No row is one that the tool has not made yet.
  if (free < all) return rule.heeded ? 'stuck' : 'ignored';
  return all > 1 && rule.heeded ? 'several' : 'free';
}

async function readAdvisory(reader: DatabaseReader, key: string): Promise<LockState> {
  const rows = await reader.read(
    ['held'],
    `SELECT count(*) AS held FROM pg_catalog.pg_locks l
     JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database()
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
       AND ((l.classid::bigint << 32) | l.objid::bigint) = ${key}`,
  );
  return Number(rows[0]?.held) > 0 ? 'running' : 'free';
}
