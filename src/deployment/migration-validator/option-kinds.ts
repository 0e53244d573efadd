import { describe, type OptionKind, type ReportIssue } from '../../core/options.js';
import { nearest } from '../../core/spelling.js';
import { pathOption } from '../checks/kinds.js';
import type { CustomMigrationTool, MigrationToolName } from './custom-tool.js';

const NAMES = [
  'auto',
  'knex',
  'drizzle',
  'prisma',
  'umzug',
  'sequelize',
  'node-pg-migrate',
  'kysely',
  'typeorm',
] as const;

/** A folder, or a list of them. @internal */
export function foldersOption(): OptionKind<readonly string[]> {
  const folder = pathOption();
  return {
    parse(value, path, report) {
      if (!Array.isArray(value)) return [folder.parse(value, path, report)];
      if (value.length === 0) report(path, 'must name at least one folder');
      return (value as unknown[]).map((one, i) => folder.parse(one, `${path}[${String(i)}]`, report));
    },
  };
}

/** The source of an expression, or nothing. @internal */
export function patternOption(): OptionKind<string | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      try {
        if (typeof value === 'string' && value !== '' && new RegExp(value)) return value;
      } catch {
        // What it says repeats the expression.
      }
      report(
        path,
        `must be the text of an expression, got ${typeof value === 'string' ? 'one that is none' : describe(value)}`,
      );
      return undefined;
    },
  };
}

/** The name of a table, schema or column, or nothing. @internal */
export function sqlNameOption(): OptionKind<string | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined) checkSqlName(value, path, report);
      return value as string | undefined;
    },
  };
}

function checkSqlName(value: unknown, path: string, report: ReportIssue): void {
  if (typeof value !== 'string') report(path, `must be a string, got ${describe(value)}`);
  else if (value === '' || value.length > 128 || /\p{Cc}/u.test(value))
    report(path, 'must be a name of 1 to 128 characters without control characters');
}

/** The name of a tool, or what is told of one. @internal */
export function toolOption(): OptionKind<'auto' | MigrationToolName | CustomMigrationTool> {
  return {
    parse(value, path, report) {
      if (value === undefined) return 'auto';
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        checkCustom(value as Readonly<Record<string, unknown>>, path, report);
        // A copy: what its owner changes later is not what was checked.
        return { ...value } as CustomMigrationTool;
      }
      if (!NAMES.includes(value as 'auto')) {
        const meant = typeof value === 'string' ? nearest(value, NAMES) : undefined;
        const hint = meant === undefined ? `, got ${describe(value)}` : `; did you mean '${meant}'?`;
        report(path, `must be ${NAMES.map((name) => `'${name}'`).join(' or ')} or an object${hint}`);
      }
      return value as MigrationToolName;
    },
  };
}

const KEYS = ['table', 'schema', 'column', 'files', 'order', 'orderBy', 'strictOrder', 'checksum'];
const ALGORITHMS = ['sha256', 'sha1', 'md5'];

function checkCustom(tool: Readonly<Record<string, unknown>>, path: string, report: ReportIssue): void {
  checkKeys(tool, KEYS, path, report);
  for (const name of ['table', 'column']) checkSqlName(tool[name], `${path}.${name}`, report);
  for (const name of ['schema', 'orderBy'])
    if (tool[name] !== undefined) checkSqlName(tool[name], `${path}.${name}`, report);
  const { files, order, strictOrder, checksum } = tool;
  if (!(files instanceof RegExp) && typeof files !== 'function')
    report(`${path}.files`, `must be a regular expression or a function, got ${describe(files)}`);
  if (order !== undefined && typeof order !== 'function')
    report(`${path}.order`, `must be a function, got ${describe(order)}`);
  if (strictOrder !== undefined && typeof strictOrder !== 'boolean')
    report(`${path}.strictOrder`, `must be true or false, got ${describe(strictOrder)}`);
  if (checksum === undefined) return;
  if (typeof checksum !== 'object' || checksum === null) {
    report(`${path}.checksum`, `must be an object, got ${describe(checksum)}`);
    return;
  }
  const { column, algorithm } = checksum as Readonly<Record<string, unknown>>;
  checkKeys(checksum as Readonly<Record<string, unknown>>, ['column', 'algorithm'], `${path}.checksum`, report);
  checkSqlName(column, `${path}.checksum.column`, report);
  if (algorithm !== undefined && !ALGORITHMS.includes(algorithm as string))
    report(`${path}.checksum.algorithm`, "must be 'sha256' or 'sha1' or 'md5'");
}

function checkKeys(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: string,
  report: ReportIssue,
): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key) || given[key] === undefined) continue;
    const meant = nearest(key, known);
    // A name that nobody knows may be anything, and is not shown.
    report(path, `has an option that does not exist${meant === undefined ? '' : `; did you mean ${path}.${meant}?`}`);
  }
}
