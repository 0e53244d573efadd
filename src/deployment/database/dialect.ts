/** A database that can be read. */
export type DatabaseDialect = 'postgresql' | 'postgres' | 'sqlite';

/**
 * Sends one text of SQL and answers what came back, in whichever form the client has: rows, `{ rows }`, a list of results.
 * The text takes no parameters. It may go to a pool: no two texts need the same connection.
 */
export type DatabaseQuery = (sql: string) => unknown;

/** A name in SQL, whatever is in it. @internal */
export function identifier(...path: readonly string[]): string {
  return path.map((name) => `"${name.replaceAll('"', '""')}"`).join('.');
}

/** A text in SQL, whatever is in it and however the server reads backslashes. @internal */
export function literal(text: string, dialect: 'postgresql' | 'sqlite'): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return dialect === 'postgresql' && text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** What a select is wrapped in, so that one text comes back whatever the client makes of rows. @internal */
export interface Envelope {
  readonly columns: readonly string[];
  readonly select: string;
  /** Rows beyond are not read. */
  readonly maxRows: number;
  /** Characters of a cell beyond are cut off. */
  readonly maxLength: number;
}

/** What the one text begins with. With it no client takes the text for JSON, and it is found wherever the client put it. */
const MARK = 'breakwater:';

/**
 * One statement with one row of one text: every cell as text, so that no client makes dates, numbers that lose digits or
 * other names of them.
 * @internal
 */
export function wrapped(dialect: 'postgresql' | 'sqlite', { columns, select, maxRows, maxLength }: Envelope): string {
  const length = String(maxLength);
  const from = `FROM (SELECT * FROM (${select}) s LIMIT ${String(maxRows)}) t`;
  if (dialect === 'sqlite') {
    const cells = columns.map((column) => `substr(CAST(t.${identifier(column)} AS TEXT), 1, ${length})`);
    return `SELECT '${MARK}' || json_group_array(json_array(${cells.join(', ')})) AS breakwater ${from}`;
  }
  const cells = columns.map((column) => `pg_catalog."left"(t.${identifier(column)}::text, ${length})`);
  const row = `pg_catalog.json_build_array(${cells.join(', ')})`;
  return `SELECT '${MARK}' || coalesce(pg_catalog.json_agg(${row})::text, '[]') AS breakwater ${from}`;
}

/** The same in a transaction that can write nothing and waits for nothing long. It is one text, and so one transaction. @internal */
export function guarded(statement: string, timeoutMs: number): string {
  const limit = String(Math.max(1, Math.ceil(timeoutMs)));
  return [
    'SET TRANSACTION READ ONLY',
    `SET LOCAL statement_timeout = ${limit}`,
    `SET LOCAL lock_timeout = ${limit}`,
    statement,
  ].join('; ');
}

/** What follows the mark, or nothing when it is another text. @internal */
export function unmarked(text: string): string | undefined {
  return text.startsWith(MARK) ? text.slice(MARK.length) : undefined;
}
