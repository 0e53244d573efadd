import { readFiles, withoutExtension } from './files.js';
import { type MigrationTool, namedRows, type TablePlace } from './tool.js';

/** node-pg-migrate: a file name without its ending, in the order of the number or time at its front. @internal */
export function nodePgMigrateTool({ table = 'pgmigrations', schema }: Partial<TablePlace>): MigrationTool {
  return {
    name: 'node-pg-migrate',
    place: { table, schema },
    columns: ['id', 'name', 'run_on'],
    filled: ['name'],
    order: ['run_on', 'id'],
    // It compares the two lists place by place, unless told not to; before version 8 its `runner` does so only when told.
    rules: { late: 'refuses', fileless: 'refuses', isOneCheck: true, compare },
    // Source: its `PG_MIGRATE_LOCK_ID`.
    locks: [{ kind: 'advisory', key: '7241865325823964' }],
    disk: (folder) =>
      readFiles(folder, {
        // Source: its default `ignorePattern`. Whatever else is in the folder is a migration to it.
        idOf: (file) => (file.startsWith('.') ? undefined : withoutExtension(file)),
        compare,
      }),
    rows: namedRows('name'),
  };
}

function compare(a: string, b: string): number {
  return timeOf(a) - timeOf(b) || compareNumerically(a, b);
}

/** Source: its `getNumericPrefix`, by which 17 digits are a time in UTC and anything else a number. */
function timeOf(file: string): number {
  const prefix = file.split('_')[0] ?? '';
  if (!/^\d{17}$/.test(prefix)) return Number(prefix) || 0;
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
