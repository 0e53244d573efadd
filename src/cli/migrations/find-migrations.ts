import { loadModule, placesOf } from '../config-module.js';
import { loadEnvFile } from '../dotenv.js';
import { errorLine } from '../error-line.js';
import { UnverifiedError } from '../failures.js';
import type { CommandIo } from '../io.js';
import { property } from '../readable-config.js';
import { readReport } from '../report/read-results.js';
import type { ReportItem } from '../report/report.js';
import { fileName } from '../words.js';

/** A MigrationValidator: the user's copy of the package may be another one than ours. */
export interface Migrations {
  validate(): unknown;
  validateSchema(expected?: unknown): unknown;
  recordSchema(options?: { readonly schemas?: readonly string[] }): unknown;
}

const METHODS = ['validate', 'validateSchema', 'recordSchema'];

/** The validator that the user's module exports. @throws {@link UnverifiedError} when there is none. */
export async function findMigrations(
  { config, dotenv }: { readonly config?: string | undefined; readonly dotenv?: string | undefined },
  io: CommandIo,
): Promise<Migrations> {
  if (dotenv !== undefined) loadEnvFile(dotenv, io);
  const module = await loadModule(config, io);
  if (module === undefined)
    throw new UnverifiedError(
      "there is no breakwater.config.js, .mjs or .cjs here; write one that exports a MigrationValidator as 'migrations', " +
        'or name another file with --config',
    );
  const found = await asked(io, () => placesOf(module.exports, 'migrations').find(isMigrations));
  if (found !== undefined) return found;
  throw new UnverifiedError(`${fileName(module.name)} exports no MigrationValidator: export one as 'migrations'`);
}

function isMigrations(value: unknown): value is Migrations {
  return METHODS.every((method) => typeof property(value, method) === 'function');
}

/** What the validator answers. @throws {@link UnverifiedError} for what it throws. */
export async function asked<T>(io: CommandIo, question: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw new UnverifiedError(errorLine(error, io));
  }
}

/** A report of the validator, one line for each finding. @throws {@link UnverifiedError} when it is none. */
export async function findingsOf(io: CommandIo, question: () => unknown): Promise<ReportItem[]> {
  const items = readReport(await asked(io, question));
  if (items === undefined) throw new UnverifiedError('the validator answers no report');
  return items;
}
