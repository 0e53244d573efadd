/**
 * What the code expects of the database, written by hand. What is not mentioned is not looked at, so that it may name only
 * what the code needs; what is mentioned and missing is a `FAIL`. A key is the table's name, unless `table` says so.
 *
 * @example
 * const expected: TableMap = {
 *   users: {
 *     columns: { id: 'bigint', email: { type: 'text', nullable: false } },
 *     primaryKey: ['id'],
 *     unique: [['email']],
 *   },
 * };
 */
export type TableMap = Readonly<Record<string, ExpectedTable>>;

/** A table, or a view, of a {@link TableMap}. */
export interface ExpectedTable {
  /** @defaultValue `public`, or the only schema that is read; `main` of SQLite */
  readonly schema?: string | undefined;
  /** Its name, for a key that is not, such as where two schemas have a table of one name. @defaultValue the key */
  readonly table?: string | undefined;
  /** By name: a type, such as `'varchar(255)'`, or more about it. */
  readonly columns: Readonly<Record<string, string | ExpectedColumn>>;
  /** The columns of the primary key, in any order. */
  readonly primaryKey?: readonly string[] | undefined;
  /** The columns of each unique constraint or unique index, in any order. */
  readonly unique?: readonly (readonly string[])[] | undefined;
  readonly foreignKeys?: readonly ExpectedForeignKey[] | undefined;
  /** Each by its columns, or more about it. */
  readonly indexes?: readonly (readonly string[] | ExpectedIndex)[] | undefined;
  /** The names of triggers. */
  readonly triggers?: readonly string[] | undefined;
}

/** A column of a {@link TableMap}. */
export interface ExpectedColumn {
  /** As it is written in SQL; `serial` and other short names are known. */
  readonly type?: string | undefined;
  readonly nullable?: boolean | undefined;
  /** The expression of the default, or `null` for none. A difference is only shown. */
  readonly default?: string | null | undefined;
  /** Whether it is computed. */
  readonly generated?: boolean | undefined;
  /** The values of its type, of which none may be missing. PostgreSQL only. */
  readonly values?: readonly string[] | undefined;
}

/** A foreign key of a {@link TableMap}. */
export interface ExpectedForeignKey {
  readonly columns: readonly string[];
  /** What it refers to. `schema` left out is that of the table which refers. */
  readonly references: {
    readonly schema?: string | undefined;
    readonly table: string;
    readonly columns: readonly string[];
  };
  /** Such as `cascade`. */
  readonly onDelete?: string | undefined;
  readonly onUpdate?: string | undefined;
}

/** An index of a {@link TableMap}. */
export interface ExpectedIndex {
  /** In their order. With a `name`, they may be left out: an index on an expression is known by its name. */
  readonly columns?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly unique?: boolean | undefined;
  /** Whether it covers only some rows. @defaultValue `false` */
  readonly partial?: boolean | undefined;
}
