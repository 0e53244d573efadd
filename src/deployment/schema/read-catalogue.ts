import type { DatabaseReader } from '../database/database-reader.js';
import { databaseFailure } from '../database/failure.js';
import type { Catalogue, CatalogueRow } from './catalogue.js';
import { SchemaUnreadableError } from './errors.js';
import { postgresCatalogue } from './postgres-catalogue.js';
import { postgresSnapshot } from './postgres-snapshot.js';
import { isObject } from './shape.js';
import { sqliteCatalogue, sqliteViewColumns } from './sqlite-catalogue.js';
import { sqliteSnapshot } from './sqlite-snapshot.js';

/** Objects of the catalogue, columns among them, that are read at most: what they take in memory is bounded. */
const MOST_ROWS = 60_000;
/** Characters of one object: a view's text is cut below that. */
const LONGEST_ROW = 200_000;

/** @internal */
export interface CatalogueLimits {
  /** Schemas of PostgreSQL; all but the server's own when left out. */
  readonly schemas?: readonly string[] | undefined;
  readonly maxTables: number;
}

/**
 * The structure of a database, in one read; two of SQLite.
 *
 * @throws {@link SchemaUnreadableError}
 * @internal
 */
export async function readCatalogue(
  reader: DatabaseReader,
  { schemas, maxTables }: CatalogueLimits,
): Promise<Catalogue> {
  if (reader.dialect === 'sqlite' && schemas?.some((name) => name !== 'main') === true)
    throw new SchemaUnreadableError("SQLite has the schema 'main' and no other: leave out the option 'schemas'");
  const rows = await readRows(
    reader,
    reader.dialect === 'sqlite'
      ? [sqliteCatalogue(maxTables), sqliteViewColumns(maxTables)]
      : [postgresCatalogue(schemas, maxTables)],
  );
  if (rows.filter(({ kind }) => kind === 'table').length > maxTables)
    throw new SchemaUnreadableError(
      `there are more than ${String(maxTables)} tables; name the schemas, or raise maxTables`,
    );
  return reader.dialect === 'sqlite' ? sqliteSnapshot(rows) : postgresSnapshot(rows, schemas);
}

async function readRows(reader: DatabaseReader, selects: readonly string[]): Promise<CatalogueRow[]> {
  const rows: CatalogueRow[] = [];
  for (const select of selects) {
    const left = MOST_ROWS - rows.length;
    const found = await reader
      .read(['kind', 'data'], select, { maxRows: left + 1, maxLength: LONGEST_ROW })
      .catch((error: unknown) => {
        throw new SchemaUnreadableError(`the catalogue could not be read: ${databaseFailure(error).message}`, {
          cause: error,
        });
      });
    if (found.length > left)
      throw new SchemaUnreadableError(
        `there are more than ${String(MOST_ROWS)} columns, indexes and the like; name the schemas`,
      );
    for (const { kind, data } of found) rows.push({ kind: kind ?? '', data: parsed(data ?? '') });
  }
  return rows;
}

function parsed(data: string): CatalogueRow['data'] {
  if (data.length >= LONGEST_ROW)
    throw new SchemaUnreadableError(`something in the catalogue has more than ${String(LONGEST_ROW)} characters`);
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // What the parser says quotes what it read.
  }
  if (isObject(value)) return value;
  throw new SchemaUnreadableError('the query function answered something else than the catalogue');
}
