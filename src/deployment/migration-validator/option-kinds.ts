import { describe, flag, group, oneOf, type OptionKind, optionalFunction } from '../../core/options.js';
import { listOption, optional, pathOption } from '../checks/kinds.js';
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
  const several = listOption('folders', (one, path, report) => folder.parse(one, path, report));
  return {
    parse: (value, path, report) =>
      Array.isArray(value) ? several.parse(value, path, report) : [folder.parse(value, path, report)],
  };
}

/** The source of an expression, or nothing. @internal */
export function patternOption(): OptionKind<string | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      try {
        if (typeof value === 'string') return new RegExp(value).source;
      } catch {
        // What it says repeats the expression.
      }
      report(path, 'must be the text of an expression');
      return undefined;
    },
  };
}

/** The name of a table, schema or column, or nothing. @internal */
export function sqlNameOption(): OptionKind<string | undefined> {
  return optional(sqlName());
}

function sqlName(): OptionKind<string> {
  return {
    parse(value, path, report) {
      if (typeof value !== 'string') report(path, `must be a string, got ${describe(value)}`);
      else if (value === '' || value.length > 128 || /\p{Cc}/u.test(value))
        report(path, 'must be a name of 1 to 128 characters without control characters');
      return value as string;
    },
  };
}

/** The name of a tool, or what is told of one. @internal */
export function toolOption(): OptionKind<'auto' | MigrationToolName | CustomMigrationTool> {
  const [named, told] = [oneOf(NAMES, 'auto'), customOption()];
  return {
    parse: (value, path, report) =>
      (typeof value === 'object' && value !== null && !Array.isArray(value) ? told : named).parse(value, path, report),
  };
}

function customOption(): OptionKind<CustomMigrationTool> {
  return group({
    table: sqlName(),
    schema: sqlNameOption(),
    column: sqlName(),
    files: filesOption(),
    order: optionalFunction<NonNullable<CustomMigrationTool['order']>>(),
    orderBy: sqlNameOption(),
    strictOrder: flag(false),
    checksum: optional(group({ column: sqlName(), algorithm: oneOf(['sha256', 'sha1', 'md5'], 'sha256') })),
  });
}

function filesOption(): OptionKind<CustomMigrationTool['files']> {
  return {
    parse(value, path, report) {
      if (!(value instanceof RegExp) && typeof value !== 'function')
        report(path, `must be a regular expression or a function, got ${describe(value)}`);
      return value as CustomMigrationTool['files'];
    },
  };
}
