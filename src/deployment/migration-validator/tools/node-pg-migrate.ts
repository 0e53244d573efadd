import { readFiles, withoutExtension } from './files.js';
import { type MigrationTool, namedRows, type ToldPlace } from './tool.js';

/** node-pg-migrate: a file name without its ending, in the order of the number or time at its front. @internal */
export function nodePgMigrateTool({ table = 'pgmigrations', schema, ignorePattern }: ToldPlace): MigrationTool {
  // Source: its `getMigrationFilePaths`. Whatever else is in the folder is a migration to it.
  const ignored = new RegExp(ignorePattern === undefined ? '^\\.' : `^${ignorePattern}$`);
  return {
    name: 'node-pg-migrate',
    place: { table, schema },
    columns: ['id', 'name', 'run_on'],
    filled: ['name'],
    order: ['run_on', 'id'],
    // It compares the two lists place by place, unless told not to; before version 8 its `runner` does so only when told.
    rules: {
      late: 'refuses',
      fileless: 'refuses',
      isOneCheck: true,
      compare: byTimeBefore(/^\d+(?=_|$)/),
      // Which version it is the table does not say: since version 9 the number may end in anything.
      orCompare: byTimeBefore(/^\d+/),
    },
    // Source: its `PG_MIGRATE_LOCK_ID`.
    locks: [{ kind: 'advisory', key: '7241865325823964' }],
    disk: (folder) =>
      readFiles(folder, {
        idOf: (file) => (ignored.test(file) ? undefined : withoutExtension(file)),
        compare: byTimeBefore(/^\d+(?=_|$)/),
      }),
    rows: namedRows('name'),
  };
}

function byTimeBefore(number: RegExp): (a: string, b: string) => number {
  const of = (file: string): number => timeOf(number.exec(file)?.[0] ?? '');
  return (a, b) => of(a) - of(b) || compareNumerically(a, b);
}

/** Source: its `getNumericPrefix`, by which 17 digits are a time in UTC and anything else a number. */
function timeOf(prefix: string): number {
  if (!/^\d{17}$/.test(prefix)) return Number(prefix);
  const [year, month, day, hour, minute, second, ms] = /^(....)(..)(..)(..)(..)(..)(...)$/.exec(prefix)?.slice(1) ?? [];
  const time = Date.parse(
    `${String(year)}-${String(month)}-${String(day)}T${String(hour)}:${String(minute)}:${String(second)}.${String(ms)}Z`,
  );
  return Number.isNaN(time) ? 0 : time;
}

/** Source: its `localeCompareStringsNumerically`. */
function compareNumerically(a: string, b: string): number {
  return a.localeCompare(b, undefined, {
    usage: 'sort',
    numeric: true,
    sensitivity: 'variant',
    ignorePunctuation: true,
  });
}
