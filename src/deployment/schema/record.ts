import { parseOptions } from '../../core/options.js';
import { DatabaseReader } from '../database/database-reader.js';
import { type RecordSchemaOptions, recordSchemaOptions } from './options.js';
import { readCatalogue } from './read-catalogue.js';
import type { SchemaSnapshot } from './snapshot.js';

/**
 * The structure of a database as it is now, without any data: keep it in a file as what later databases are held against.
 * Only reads.
 *
 * @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range.
 * @throws {@link SchemaUnreadableError} when the catalogue cannot be read or holds too much.
 *
 * @example
 * const snapshot = await recordSchema({ query: (sql) => pool.query(sql), dialect: 'postgresql', schemas: ['public'] });
 * await writeFile('schema.json', JSON.stringify(snapshot, null, 2));
 */
export async function recordSchema(options: RecordSchemaOptions): Promise<SchemaSnapshot> {
  const { query, dialect, schemas, timeoutMs, maxTables, clock } = parseOptions(
    'recordSchema',
    recordSchemaOptions,
    options,
  );
  const reader = new DatabaseReader({ query, dialect, timeoutMs, clock });
  return (await readCatalogue(reader, { schemas, maxTables })).snapshot;
}
