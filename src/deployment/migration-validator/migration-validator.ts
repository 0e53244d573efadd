import { InvalidArgumentError } from '../../core/errors.js';
import { parseOptions } from '../../core/options.js';
import { DatabaseReader } from '../database/database-reader.js';
import { CheckStatus, worstOf } from '../finding.js';
import {
  compareSchema,
  expectsSomething,
  parseExpectedSchema,
  RECORD_SCHEMA_DEFAULTS,
  recordSchema,
  type RecordSchemaOptions,
  type SchemaSnapshot,
  type TableMap,
} from '../schema/index.js';
import {
  checkTogether,
  migrationValidatorOptions,
  type MigrationValidatorOptions,
  type ParsedMigrationValidatorOptions,
} from './options.js';
import type { MigrationReport, SchemaReport } from './report.js';
import { differenceText, Validation } from './validation.js';

/**
 * Holds the migrations that a build ships against what a database says was applied, and only ever reads: no table is made,
 * no lock is taken, and a role that may only `SELECT` is enough.
 *
 * @example
 * const migrations = new MigrationValidator({
 *   tool: 'knex',
 *   dir: 'migrations',
 *   dialect: 'postgresql',
 *   query: (sql) => pool.query(sql),
 * });
 * const { status, message } = await migrations.validate();
 */
export class MigrationValidator {
  readonly name: string;
  readonly #options: ParsedMigrationValidatorOptions;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or impossible. */
  constructor(options: MigrationValidatorOptions) {
    this.#options = parseOptions('MigrationValidator', migrationValidatorOptions, options, checkTogether);
    this.name = this.#options.name;
  }

  /** Looks once, at the folder and at the database. Whatever they do is a finding: it never rejects for that. */
  validate(): Promise<MigrationReport> {
    return new Validation(this.#options).run();
  }

  /**
   * Holds the schema as it is against what is expected of it, whatever is pending. What the database does is a finding: it never
   * rejects for that.
   *
   * @param expected - @defaultValue the option `expected`
   * @throws {@link InvalidArgumentError} when there is none, it names no table, or it is none of a schema of this database.
   */
  async validateSchema(
    expected: SchemaSnapshot | TableMap | undefined = this.#options.expected,
  ): Promise<SchemaReport> {
    const { dialect, ignoreTables } = this.#options;
    if (expected === undefined)
      throw new InvalidArgumentError("validateSchema: nothing is expected; give a schema, or the option 'expected'");
    const wanted = parseExpectedSchema(expected, dialect);
    if (!expectsSomething(wanted, ignoreTables))
      throw new InvalidArgumentError('validateSchema: no table is expected, which would pass any database');
    const { maxTables } = RECORD_SCHEMA_DEFAULTS;
    const findings = await compareSchema(wanted, new DatabaseReader(this.#options), { ignoreTables, maxTables });
    const wrong = findings.filter(({ status }) => status !== CheckStatus.PASS);
    const message = wrong.length === 0 ? 'the schema is as expected' : differenceText(wrong);
    return { status: worstOf(findings.map(({ status }) => status)), message, findings };
  }

  /**
   * The structure of the database as it is now, to be kept as what later ones are held against; see `recordSchema`.
   *
   * @throws {@link SchemaUnreadableError} when the catalogue cannot be read or holds too much.
   */
  recordSchema(options: Pick<RecordSchemaOptions, 'schemas' | 'maxTables'> = {}): Promise<SchemaSnapshot> {
    const { query, dialect, timeoutMs, clock } = this.#options;
    return recordSchema({ query, dialect, timeoutMs, clock, ...options });
  }
}
