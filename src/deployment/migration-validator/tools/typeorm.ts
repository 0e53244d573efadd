import type { MigrationFolder } from '../disk.js';
import type { DiskMigration, DiskProblem, DiskState } from '../entry.js';
import { ignoredIn } from './files.js';
import { type MigrationTool, namedRows, type TablePlace } from './tool.js';

/** TypeORM: the name of a class, whose last 13 characters are a time. Classes are read as text, and never run. @internal */
export function typeormTool({ table = 'migrations', schema }: Partial<TablePlace>): MigrationTool {
  return {
    name: 'typeorm',
    place: { table, schema },
    columns: ['id', 'timestamp', 'name'],
    filled: ['name'],
    order: ['id'],
    rules: { late: 'runs', fileless: 'runs' },
    locks: [],
    disk: readClasses,
    rows: (rows) => namedRows('name')(rows).map((row) => ({ ...row, madeAtMs: timeOf(row.id) })),
  };
}

/** Source: its `MigrationExecutor`. */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(-13), 10);
}

async function readClasses(folder: MigrationFolder): Promise<DiskState> {
  const migrations: DiskMigration[] = [];
  const problems: DiskProblem[] = [];
  const isScript = (file: string): boolean => /\.[cm]?[jt]s$/.test(file) && !/\.d\.[cm]?ts$/.test(file);
  for (const file of (await folder.files()).filter(isScript)) {
    const names = classNames((await folder.text(file)) ?? '');
    for (const id of names) migrations.push({ id, file, madeAtMs: timeOf(id) });
    // A file of that name is one that TypeORM's own commands have made.
    if (names.length === 0 && /^\d{13}-/.test(file))
      problems.push({
        kind: 'unreadable',
        message: `no class whose name ends in a time can be read in '${file}'`,
        file,
      });
  }
  migrations.sort((a, b) => (a.madeAtMs ?? 0) - (b.madeAtMs ?? 0));
  return { migrations, problems, ignored: await ignoredIn(folder, isScript) };
}

/** In the source and in what a compiler makes of it, down to functions in the place of classes. */
const CLASS = /\b(?:class|function)\s+([\w$]*\d{13})\b/g;
/** What a migration says that it is called, which counts before the name of its class. */
const NAME = /\bname\s*(?::\s*string\s*)?=\s*(['"`])([\w$]*\d{13})\1/g;

/** Names of the migrations in a text. @internal */
export function classNames(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, '');
  const classes = [...new Set([...code.matchAll(CLASS)].map(([, name]) => String(name)))];
  const given = [...new Set([...code.matchAll(NAME)].map(([, , name]) => String(name)))];
  return classes.length <= 1 && given.length === 1 ? given : classes;
}
