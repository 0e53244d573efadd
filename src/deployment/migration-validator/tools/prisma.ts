import type { TextRow } from '../../database/answer.js';
import type { MigrationFolder } from '../disk.js';
import type { AppliedRow, DiskMigration, DiskProblem, DiskState } from '../entry.js';
import { prismaChecksums } from './checksums.js';
import { conflictIn, forAnother, ignoredIn } from './files.js';
import { type MigrationTool, prefixOf } from './tool.js';

const LOCK_FILE = 'migration_lock.toml';

/** Prisma up to 7: a folder for each migration, with a checksum and what became of each attempt. @internal */
export function prismaTool(
  { schema }: { readonly schema?: string | undefined },
  dialect: 'postgresql' | 'sqlite',
): MigrationTool {
  return {
    name: 'prisma',
    place: { table: '_prisma_migrations', schema },
    columns: ['id', 'migration_name', 'checksum', 'finished_at', 'rolled_back_at', 'started_at'],
    filled: ['migration_name'],
    order: ['started_at', 'id'],
    rules: { late: 'runs', fileless: 'runs' },
    // Source: the schema engine's advisory lock.
    locks: [{ kind: 'advisory', key: '72707369' }],
    disk: (folder) => readFolders(folder, dialect),
    rows: prismaRows,
  };
}

/** One row is one attempt; several of one migration are usual after one that failed. */
function prismaRows(rows: readonly TextRow<string>[]): readonly AppliedRow[] {
  return rows.map((row) => {
    const id = row['migration_name'] ?? '';
    const checksum = row['checksum'] ?? undefined;
    if (row['rolled_back_at'] !== null) return { id, checksum, state: 'undone' };
    return { id, checksum, state: row['finished_at'] === null ? 'failed' : 'applied' };
  });
}

async function readFolders(folder: MigrationFolder, dialect: 'postgresql' | 'sqlite'): Promise<DiskState> {
  const migrations: DiskMigration[] = [];
  const problems: DiskProblem[] = [];
  for (const name of await folder.folders()) {
    if (name.startsWith('.')) continue;
    const file = `${name}/migration.sql`;
    const content = await folder.text(file);
    if (content === undefined) {
      problems.push({
        kind: 'journal',
        message: `the folder '${name}' has no migration.sql, which prisma refuses`,
        file,
      });
      continue;
    }
    const prefix = prefixOf(name);
    migrations.push({
      id: name,
      file,
      checksums: prismaChecksums(content),
      ...(prefix === undefined ? {} : { prefix }),
    });
  }
  const lock = await folder.text(LOCK_FILE);
  const problem = lock === undefined ? undefined : (conflictIn(lock, LOCK_FILE) ?? lockProblem(lock, dialect));
  if (problem !== undefined) problems.push(problem);
  const ignored = await ignoredIn(folder, (entry) => entry.endsWith('/') || entry === LOCK_FILE);
  return { migrations, problems, ignored };
}

/** Source: the schema engine's `read_provider_from_lock_file`, which takes the first line that begins so, to the letter. */
function lockProblem(lock: string, dialect: 'postgresql' | 'sqlite'): DiskProblem | undefined {
  const provider = /^provider = "?([\w-]{1,40})"?$/.exec(/^provider.*$/m.exec(lock)?.[0] ?? '')?.[1];
  if (provider !== undefined)
    return PROVIDERS[dialect].includes(provider) ? undefined : forAnother(provider, LOCK_FILE);
  const message = `'${LOCK_FILE}' has no line such as provider = "${dialect}", and prisma refuses that`;
  return { kind: 'journal', message, file: LOCK_FILE };
}

const PROVIDERS = {
  postgresql: ['postgresql', 'postgres', 'cockroachdb'],
  sqlite: ['sqlite'],
};
