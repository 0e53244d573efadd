/** A migration tool that {@link MigrationValidator} knows. `sequelize` is sequelize-cli, in the format of `umzug`. */
export type MigrationToolName =
  'knex' | 'drizzle' | 'prisma' | 'umzug' | 'sequelize' | 'node-pg-migrate' | 'kysely' | 'typeorm';

/** Any other tool that keeps a row for each migration and has a file for each in one folder. */
export interface CustomMigrationTool {
  /** Its table. */
  readonly table: string;
  /** The schema of its table. @defaultValue the first of the search path that has such a table */
  readonly schema?: string | undefined;
  /** The column that names the migration. */
  readonly column: string;
  /**
   * Which files are migrations, and what the table calls them: an expression whose first group is the name, or the whole
   * file name where it has no group; or a function that answers the name, or nothing for a file that is none. A name of more
   * than 120 characters is not held against an expression, and is a `FAIL`.
   */
  readonly files: RegExp | ((file: string) => string | undefined);
  /** Compares two names, of the folder or of the table, by the order in which they are run. @defaultValue by code units, as `sort()` does */
  readonly order?: ((a: string, b: string) => number) | undefined;
  /** The column by which rows are in the order in which they were run. @defaultValue `column` */
  readonly orderBy?: string | undefined;
  /** Whether the tool refuses to run what comes before something that was run, or anything while that has no file. @defaultValue `false` */
  readonly strictOrder?: boolean | undefined;
  /** Where the table keeps a digest of the whole file, in hexadecimal digits. @defaultValue nothing: what was edited is not seen */
  readonly checksum?:
    { readonly column: string; readonly algorithm?: 'sha256' | 'sha1' | 'md5' | undefined } | undefined;
}
