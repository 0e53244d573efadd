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
    const source = codeOf((await folder.text(file)) ?? '');
    const names = classNames(source);
    for (const id of names) migrations.push({ id, file, madeAtMs: timeOf(id) });
    // TypeORM loads whatever is there, so that any file may be a migration.
    if (names.length === 0 && !isBarrel(file, source))
      problems.push({
        kind: 'unreadable',
        message: `no class whose name ends in a time can be read in '${file}'`,
        file,
      });
  }
  migrations.sort((a, b) => (a.madeAtMs ?? 0) - (b.madeAtMs ?? 0));
  return { migrations, problems, ignored: await ignoredIn(folder, isScript) };
}

/** Whether it only passes on what its neighbours have. */
function isBarrel(file: string, source: string): boolean {
  return (
    /^index\.[cm]?[jt]s$/.test(file) &&
    !/\bclass\b|(?:\bfrom|\bimport|\brequire\s*\()\s*['"`](?!\.\/|tslib['"`])/.test(source)
  );
}

/** In the source and in what a compiler makes of it, down to functions in the place of classes. */
const CLASS = /\b(?:class|function)\s+([\w$]*\d{13})\b/g;
/** The same of a class that is given to a name, or leaves the file by one: a bundler shortens its own name. */
const GIVEN = /\b([\w$]*\d{13})\s*=\s*class\b|\bas\s+([\w$]*\d{13})\s*[,}]/g;
/** What a migration says that it is called, which counts before the name of its class. */
const NAME = /\bname\s*(?::\s*string\s*)?=\s*(['"`])([\w$]*\d{13})\1/g;

/** Names of the migrations in a text. @internal */
export function classNames(code: string): string[] {
  const classes = namesIn(code, CLASS);
  const given = namesIn(code, NAME);
  if (classes.length <= 1 && given.length === 1) return given;
  return classes.length > 0 ? classes : namesIn(code, GIVEN);
}

/** The last group that is there in each match. */
function namesIn(code: string, pattern: RegExp): string[] {
  return [...new Set([...code.matchAll(pattern)].map((groups) => String(groups.filter(Boolean).at(-1))))];
}

/** A source without its comments. @internal */
export function codeOf(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, '');
}
