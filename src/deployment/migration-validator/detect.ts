import type { DatabaseReader } from '../database/database-reader.js';
import { type FoundTable, sameName } from './bookkeeping.js';
import type { MigrationFolder } from './disk.js';
import type { MigrationToolName } from './custom-tool.js';
import { TABLE_SIGNS, type TableSign } from './tools/catalogue.js';

/** Which tool it is, or why that cannot be said. @internal */
export type Detected =
  | { readonly tool: MigrationToolName; readonly schema: string | undefined }
  | { readonly tool: undefined; readonly message: string };

interface Candidate {
  readonly sign: TableSign;
  readonly found: FoundTable;
}

/** By the tables that are there, and by the folder where they do not say. Never a guess. @internal */
export function detect(
  reader: DatabaseReader,
  tables: readonly FoundTable[],
  ofFolder: 'drizzle' | 'prisma' | undefined,
): Detected {
  const candidates = candidatesOf(reader, tables);
  if (candidates.length === 0) {
    if (ofFolder !== undefined) return { tool: ofFolder, schema: undefined };
    return { tool: undefined, message: 'no table of a migration tool that is known is in the database' };
  }
  const ofTool = candidates.filter(({ sign }) => sign.tool !== undefined && sign.tool === ofFolder);
  const [only, ...others] = ofFolder === undefined ? candidates : ofTool;
  if (only === undefined) {
    const labels = labelsOf(candidates);
    return {
      tool: undefined,
      message: `the folder is one of ${String(ofFolder)}, and the database has the table of ${labels}`,
    };
  }
  if (others.length > 0)
    return { tool: undefined, message: `tables of several migration tools are there: ${labelsOf(candidates)}` };
  if (only.sign.tool === undefined)
    return { tool: undefined, message: `the migrations are those of ${only.sign.label}, which is not supported` };
  return { tool: only.sign.tool, schema: only.found.schema };
}

function labelsOf(candidates: readonly Candidate[]): string {
  return [
    ...new Set(
      candidates.map(({ sign, found }) =>
        found.schema === undefined ? sign.label : `${sign.label} in ${found.schema}`,
      ),
    ),
  ].join(', ');
}

/** Those where the tool itself would look first; where there is none, those of other schemas. */
function candidatesOf(reader: DatabaseReader, tables: readonly FoundTable[]): Candidate[] {
  const near = new Map<TableSign, Candidate>();
  const far: Candidate[] = [];
  for (const found of tables) {
    const sign = TABLE_SIGNS.find(
      ({ table, columns, schema }) =>
        sameName(reader, table, found.table) &&
        columns.every((column) => found.columns.includes(column)) &&
        (schema === undefined || schema === found.schema),
    );
    if (sign === undefined) continue;
    const home = sign.tool === 'drizzle' ? found.schema === 'drizzle' || found.schema === undefined : found.inPath;
    if (!home && sign.schema === undefined) far.push({ sign, found });
    else if (!near.has(sign)) near.set(sign, { sign, found });
  }
  return near.size > 0 ? [...near.values()] : far;
}

/** What the folder alone says, for the two tools whose folders are like no other's. @internal */
export async function toolOfFolder(folder: MigrationFolder): Promise<'drizzle' | 'prisma' | undefined> {
  if ((await folder.files('meta')).includes('_journal.json')) return 'drizzle';
  if ((await folder.files()).includes('migration_lock.toml')) return 'prisma';
  for (const name of (await folder.folders()).slice(0, 20)) {
    const files = await folder.files(name);
    if (files.includes('migration.sql') && files.includes('snapshot.json')) return 'drizzle';
  }
  return undefined;
}
