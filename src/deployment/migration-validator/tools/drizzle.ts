import { shownText } from '../../finding.js';
import type { MigrationFolder } from '../disk.js';
import type { DiskMigration, DiskProblem, DiskState } from '../entry.js';
import { sha256OfText } from './checksums.js';
import { conflictIn, forAnother, ignoredIn } from './files.js';
import { drizzleRows } from './drizzle-rows.js';
import { type MigrationTool, prefixOf, type TablePlace } from './tool.js';

const JOURNAL = 'meta/_journal.json';

/** What is told of drizzle up to 0.45, which has a journal, and from 1.0, which has a folder for each migration. @internal */
export function drizzleTool(
  { table = '__drizzle_migrations', schema }: Partial<TablePlace>,
  dialect: 'postgresql' | 'sqlite',
  generation: 'journal' | 'folders',
): MigrationTool {
  return {
    name: 'drizzle',
    place: { table, schema: schema ?? (dialect === 'postgresql' ? 'drizzle' : undefined) },
    columns: ['hash', 'created_at'],
    extras: ['id', 'name'],
    // Its `SERIAL` id stays empty on SQLite.
    // By the newest time it tells up to where it has run.
    filled: ['hash', 'created_at'],
    order: ['created_at'],
    rules: { late: generation === 'journal' ? 'skips' : 'runs', fileless: 'runs' },
    locks: [],
    disk: generation === 'journal' ? (folder) => readJournal(folder, dialect) : readFolders,
    rows: (rows, disk) => drizzleRows(rows, disk, generation),
  };
}

/** Which of the two a folder is. Without a journal it is that of the newer one, where a folder says it all. @internal */
export async function drizzleGeneration(folder: MigrationFolder): Promise<'journal' | 'folders'> {
  if ((await folder.files('meta')).includes('_journal.json')) return 'journal';
  for (const name of await folder.folders()) if ((await folder.files(name)).includes('migration.sql')) return 'folders';
  return 'journal';
}

async function readJournal(folder: MigrationFolder, dialect: 'postgresql' | 'sqlite'): Promise<DiskState> {
  const files = await folder.files();
  const text = await folder.text(JOURNAL);
  const broken = (message: string, problem: DiskProblem = { kind: 'journal', message, file: JOURNAL }): DiskState => ({
    migrations: [],
    problems: [problem],
    ignored: [],
  });
  if (text === undefined) {
    // What drizzle would say of an empty folder as well; there the folder is what is wrong.
    return files.some((file) => file.endsWith('.sql'))
      ? broken('the journal is not there, so that no migration would ever run')
      : { migrations: [], problems: [], ignored: await ignoredIn(folder, isCode) };
  }
  const { entries, dialect: writtenFor } = journalOf(text) ?? {};
  if (entries === undefined)
    return broken('the journal cannot be understood: it is not what drizzle-kit writes', conflictIn(text, JOURNAL));
  const migrations: DiskMigration[] = [];
  const problems: DiskProblem[] = [];
  if (typeof writtenFor === 'string' && !WRITTEN_FOR[dialect].includes(writtenFor))
    problems.push(forAnother(shownText(writtenFor, 40), JOURNAL));
  const tags = new Map<number, string>();
  for (const { idx, tag, when } of entries) {
    const file = `${tag}.sql`;
    const content = await folder.text(file);
    if (content === undefined)
      problems.push({ kind: 'journal', message: `the journal names '${tag}', and there is no such file`, file });
    else migrations.push({ id: tag, file, checksums: sha256OfText(content), madeAtMs: when });
    const other = tags.get(idx);
    tags.set(idx, tag);
    if (other === undefined) continue;
    const message = `the journal has the number ${String(idx)} twice, as two branches make them: '${other}', '${tag}'`;
    problems.push({ kind: 'journal', message, hint: 'generate the later one again', file: JOURNAL });
  }
  const named = new Set(entries.map(({ tag }) => `${tag}.sql`));
  const unlisted = files.filter((file) => /^\d{4}_.*\.sql$/.test(file) && !named.has(file));
  for (const file of unlisted)
    problems.push({ kind: 'skipped', message: `'${file}' is not in the journal, so that it would never run`, file });
  const known = new Set([...named, ...unlisted]);
  return { migrations, problems, ignored: await ignoredIn(folder, (entry) => known.has(entry) || isCode(entry)) };
}

/** drizzle-kit writes the tables of an existing database into the folder as code. */
function isCode(entry: string): boolean {
  return entry.endsWith('.ts');
}

interface JournalEntry {
  readonly idx: number;
  readonly tag: string;
  readonly when: number;
}

interface Journal {
  readonly entries: readonly JournalEntry[];
  readonly dialect: unknown;
}

/** What drizzle-kit calls the databases, also in journals of old. */
const WRITTEN_FOR = { postgresql: ['postgresql', 'pg'], sqlite: ['sqlite', 'turso'] };

/** Nothing when it is no journal. What the parser says would show the contents, so it is not told. */
function journalOf(text: string): Journal | undefined {
  try {
    const { entries, dialect } = JSON.parse(text) as { readonly entries?: unknown; readonly dialect?: unknown };
    if (!Array.isArray(entries) || !entries.every(isEntry)) return undefined;
    return { entries, dialect };
  } catch {
    return undefined;
  }
}

function isEntry(entry: unknown): entry is JournalEntry {
  if (typeof entry !== 'object' || entry === null) return false;
  const { idx, tag, when } = entry as Readonly<Record<string, unknown>>;
  // A tag is the name of a file in this folder, and of none elsewhere.
  return Number.isSafeInteger(idx) && Number.isFinite(when) && typeof tag === 'string' && /^[^/\\\0]+$/.test(tag);
}

async function readFolders(folder: MigrationFolder): Promise<DiskState> {
  const migrations: DiskMigration[] = [];
  const names = (await folder.folders()).sort((a, b) => a.localeCompare(b));
  for (const name of names) {
    const file = `${name}/migration.sql`;
    const content = await folder.text(file);
    // It passes over a folder without one in silence.
    if (content === undefined) continue;
    const prefix = prefixOf(name);
    migrations.push({
      id: name,
      file,
      checksums: sha256OfText(content),
      madeAtMs: timeOf(name),
      ...(prefix === undefined ? {} : { prefix }),
    });
  }
  const known = new Set(migrations.map(({ id }) => `${id}/`));
  return { migrations, problems: [], ignored: await ignoredIn(folder, (entry) => known.has(entry) || isCode(entry)) };
}

/** Source: drizzle's `formatToMillis`, the first 14 digits as a time in UTC. */
function timeOf(name: string): number {
  const part = (from: number, to: number): number => parseInt(name.slice(from, to), 10);
  return Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(8, 10), part(10, 12), part(12, 14));
}
