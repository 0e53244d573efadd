/** A table of a {@link FakeDatabase}: rows as lists of cells in the order of its columns. */
export interface FakeTable {
  readonly name: string;
  readonly schema?: string;
  readonly columns: readonly string[];
  readonly rows?: readonly (readonly (string | null)[])[];
  readonly inPath?: boolean;
  /** @defaultValue `true` */
  readonly isTable?: boolean;
  /** Whether row level security may hide rows. @defaultValue `false` */
  readonly isHidden?: boolean;
}

/** Answers the reads of the validator as a PostgreSQL would, from tables that are told. */
export class FakeDatabase {
  readonly sent: string[] = [];
  readonly #tables: readonly FakeTable[];

  constructor(...tables: readonly FakeTable[]) {
    this.#tables = tables;
  }

  readonly query = (sql: string): unknown => {
    this.sent.push(sql);
    return { rows: [{ breakwater: `breakwater:${JSON.stringify(this.#answer(sql))}` }] };
  };

  #answer(sql: string): readonly (readonly (string | null)[])[] {
    if (sql.includes('pg_locks')) return [['0']];
    if (sql.includes('pg_class')) {
      return this.#tables
        .filter(({ name }) => sql.includes(`'${name}'`))
        .flatMap(({ name, schema = 'public', columns, inPath = true, isTable = true, isHidden = false }) =>
          columns.map((column) => [
            schema,
            name,
            column,
            inPath ? '1' : null,
            isTable ? (isHidden ? 'hidden' : 'table') : null,
          ]),
        );
    }
    const table = this.#tables.find(({ name, schema = 'public' }) => sql.includes(`FROM "${schema}"."${name}"`));
    if (table === undefined) throw new Error('there is no such table');
    const { columns, rows = [] } = table;
    if (sql.includes('count(*) AS "all"')) {
      const at = columns.indexOf('is_locked');
      return [[String(rows.length), String(rows.filter((row) => row[at] === '0').length)]];
    }
    const wanted = [...sql.matchAll(/"left"\(t\."(\w+)"/g)].map(([, column]) => columns.indexOf(String(column)));
    const limit = Number(/LIMIT (\d+)\) t$/.exec(sql)?.[1]);
    return rows.slice(0, limit).map((row) => wanted.map((at) => row[at] ?? null));
  }
}

/** The table of knex after it has run these. */
export function knexTable(...files: readonly string[]): FakeTable {
  return {
    name: 'knex_migrations',
    columns: ['id', 'name', 'batch'],
    rows: files.map((file, i) => [String(i + 1), file, '1']),
  };
}
