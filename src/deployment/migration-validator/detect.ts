import type { DatabaseReader } from '../database/database-reader.js';
import { shownText } from '../finding.js';
import { findTables, type FoundTable, sameName } from './bookkeeping.js';
import type { MigrationFolder } from './disk.js';
import type { MigrationToolName } from './custom-tool.js';
import { listed } from './findings.js';
import { TABLE_SIGNS, type TableSign } from './tools/catalogue.js';

/** Which tool it is, or why that cannot be said. @internal */
export type Detected =
  | { readonly tool: MigrationToolName; readonly schema: string | undefined }
  | { readonly tool: undefined; readonly message: string };

/** By the tables that are there, and by the folder where they do not say. Never a guess. @internal */
export function detect(
  reader: DatabaseReader,
  tables: readonly FoundTable[],
  ofFolder: 'drizzle' | 'prisma' | undefined,
): Detected {
  const all = signsIn(reader, tables);
  if (all.length === 0) {
    if (ofFolder !== undefined) return { tool: ofFolder, schema: undefined };
    return {
      tool: undefined,
      message:
        'no migration tool that is known has run on this database, and the folder does not say which one it is for',
    };
  }
  const [only, ...others] = all.filter(({ sign }) => ofFolder === undefined || sign.tool === ofFolder);
  if (only === undefined)
    return {
      tool: undefined,
      message: `the folder is one of ${String(ofFolder)}, and the database has the table of ${labelsOf(all)}`,
    };
  if (others.length > 0)
    return {
      tool: undefined,
      message: others.every(({ sign }) => sign === only.sign)
        ? `the table of ${only.sign.label} is in several schemas: ${listed([only, ...others].map(({ found }) => found.schema ?? ''))}`
        : `tables of several migration tools are there: ${labelsOf([only, ...others])}`,
    };
  if (only.sign.tool === undefined)
    return { tool: undefined, message: `the migrations are those of ${only.sign.label}, which is not supported` };
  return { tool: only.sign.tool, schema: only.found.schema };
}

interface Signed {
  readonly sign: TableSign;
  readonly found: FoundTable;
}

/** For people. @internal */
export function labelsOf(signed: readonly Signed[]): string {
  const labels = signed.map(({ sign, found }) =>
    found.schema === undefined ? sign.label : `${sign.label} in ${shownText(found.schema, 60)}`,
  );
  return `${labels.slice(0, 5).join(', ')}${labels.length > 5 ? ` and ${String(labels.length - 5)} more` : ''}`;
}

/** Every table that has the name of one by which a tool is known. @internal */
export function findSigns(reader: DatabaseReader): Promise<readonly FoundTable[]> {
  return findTables(
    reader,
    TABLE_SIGNS.map((sign) => sign.table),
  );
}

/** Those of them by which a tool is known. @internal */
export function signsIn(reader: DatabaseReader, tables: readonly FoundTable[]): readonly Signed[] {
  return tables.flatMap((found) => {
    const sign = TABLE_SIGNS.find(
      ({ table, columns, schema }) =>
        sameName(reader, table, found.table) &&
        columns.every((column) => found.columns.includes(column)) &&
        (schema === undefined || schema === found.schema),
    );
    return sign === undefined ? [] : [{ sign, found }];
  });
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
