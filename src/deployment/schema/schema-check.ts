import { flag, parseOptions } from '../../core/options.js';
import type { DeploymentCheck } from '../check.js';
import { DatabaseReader } from '../database/database-reader.js';
import { CheckStatus, type DeploymentReport } from '../finding.js';
import { compareSchema } from './compare.js';
import { dialectProblem, expectedOption } from './expected-option.js';
import { namesOption, type RecordSchemaOptions, recordSchemaOptions } from './options.js';
import type { SchemaSnapshot } from './snapshot.js';
import type { TableMap } from './table-map.js';

/** Options of {@link schemaCheck}. */
export interface SchemaCheckOptions extends RecordSchemaOptions {
  /** What should be there: a map written by hand, or what `recordSchema` answered when all was right. */
  readonly expected: SchemaSnapshot | TableMap;
  /**
   * Tables that are left out: `name`, `schema.name`, or the beginning of one with `*` behind it, such as `audit.old_*`.
   * @defaultValue none
   */
  readonly ignoreTables?: readonly string[] | undefined;
  /**
   * Whether the data of an SQLite file is looked at as well (`foreign_key_check`, `quick_check`), which reads all of it.
   * @defaultValue `false`
   */
  readonly integrity?: boolean | undefined;
}

/** Defaults of {@link SchemaCheckOptions} beside those of `recordSchema`. */
export const SCHEMA_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({ integrity: false });

/**
 * A deployment check that holds a PostgreSQL or SQLite database against the schema which the code expects. It only reads,
 * and needs no right but to connect.
 *
 * @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range.
 *
 * @example
 * const check = schemaCheck({
 *   query: (sql) => pool.query(sql),
 *   dialect: 'postgresql',
 *   expected: { users: { columns: { id: 'bigint', email: { type: 'text', nullable: false } }, primaryKey: ['id'] } },
 * });
 */
export function schemaCheck(options: SchemaCheckOptions): DeploymentCheck {
  const schema = {
    ...recordSchemaOptions,
    expected: expectedOption(),
    ignoreTables: namesOption(),
    integrity: flag(SCHEMA_CHECK_DEFAULTS.integrity),
  };
  const { query, dialect, timeoutMs, clock, expected, ...compare } = parseOptions(
    'schemaCheck',
    schema,
    options,
    (parsed, report) => {
      dialectProblem(parsed.expected, parsed.dialect, report);
    },
  );
  return {
    id: 'schema',
    name: 'Database schema',
    tags: ['live', 'database'],
    async run(): Promise<DeploymentReport> {
      const reader = new DatabaseReader({ query, dialect, timeoutMs, clock });
      const findings = await compareSchema(expected, reader, compare);
      const bad = findings.filter(({ status }) => status !== CheckStatus.PASS);
      const message = bad.length === 0 ? 'the schema is as expected' : bad.map(({ id }) => id).join(', ');
      return { findings, message };
    },
  };
}
