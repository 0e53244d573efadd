import { isBreakwaterError } from '../../core/errors.js';
import { loadModule, placesOf } from '../config-module.js';
import { loadEnvFile } from '../dotenv.js';
import { errorLine } from '../error-line.js';
import { ConfigurationError, UnverifiedError } from '../failures.js';
import type { CommandIo } from '../io.js';
import { property } from '../readable-config.js';
import { readMigrationLists } from '../report/migration-lists.js';
import { readReport } from '../report/read-results.js';
import type { ReportItem } from '../report/report.js';
import { fileName } from '../words.js';

/** A MigrationValidator: the user's copy of the package may be another one than ours. */
export interface Migrations {
  validate(): unknown;
  validateSchema(expected?: unknown): unknown;
  recordSchema(options?: { readonly schemas?: readonly string[] }): unknown;
}

/** What a validator found. */
export interface FoundByValidator {
  readonly items: readonly ReportItem[];
  /** Tool, table and lists; nothing of a report that has none, such as that of a schema. */
  readonly migrations: Readonly<Record<string, unknown>> | undefined;
}

/** A validator, and the module that it comes from. */
export interface FoundMigrations {
  readonly migrations: Migrations;
  readonly source: string;
}

const METHODS = ['validate', 'validateSchema', 'recordSchema'];

/**
 * The validator that the user's module exports.
 *
 * @throws {@link ConfigurationError} when there is none.
 * @throws {@link UnverifiedError} when the module cannot be loaded.
 */
export async function findMigrations(
  { config, dotenv }: { readonly config?: string | undefined; readonly dotenv?: string | undefined },
  io: CommandIo,
): Promise<FoundMigrations> {
  loadEnvFile(dotenv, io);
  const module = await loadModule(config, io);
  if (module === undefined)
    throw new ConfigurationError(
      "there is no breakwater.config.js, .mjs or .cjs here; write one that exports a MigrationValidator as 'migrations', " +
        'or name another file with --config',
    );
  const found = await asked(io, () => placesOf(module.exports, 'migrations').find(isMigrations));
  io.watch.doing(`the validator of ${fileName(module.name)}`);
  if (found !== undefined) return { migrations: found, source: module.name };
  throw new ConfigurationError(`${fileName(module.name)} exports no MigrationValidator: export one as 'migrations'`);
}

function isMigrations(value: unknown): value is Migrations {
  return METHODS.every((method) => typeof property(value, method) === 'function');
}

/**
 * What the validator answers.
 *
 * @throws {@link ConfigurationError} for what it refuses, such as a schema that is none.
 * @throws {@link UnverifiedError} for whatever else it throws.
 */
export async function asked<T>(io: CommandIo, question: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    const line = errorLine(error, io);
    throw isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT')
      ? new ConfigurationError(line)
      : new UnverifiedError(line);
  }
}

/** What the validator found, one line for each finding. @throws {@link UnverifiedError} when it is no report. */
export async function findingsOf(io: CommandIo, question: () => unknown): Promise<FoundByValidator> {
  const answer = await asked(io, question);
  const items = readReport(answer, io.clock.wallNow());
  if (items === undefined) throw new UnverifiedError('the validator answers no report');
  return { items, migrations: readMigrationLists(answer) };
}
