import { parseOptions } from '../../core/options.js';
import { DatabaseReader } from '../database/database-reader.js';
import { shownText } from '../finding.js';
import { SchemaUnreadableError } from './errors.js';
import { maskedSnapshot } from './masks.js';
import { type RecordSchemaOptions, recordSchemaOptions } from './options.js';
import { readCatalogue } from './read-catalogue.js';
import type { SchemaSnapshot } from './snapshot.js';

/**
 * The structure of a database as it is now, without any data: keep it in a file as what later databases are held against.
 * Only reads.
 *
 * @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range.
 * @throws {@link SchemaUnreadableError} when the catalogue cannot be read or holds too much, or a schema is not there.
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
  const { snapshot, absent } = await readCatalogue(reader, { schemas, maxTables });
  // An empty snapshot would be taken for the structure of what was meant.
  if (absent.length > 0)
    throw new SchemaUnreadableError(
      `there is no schema ${absent.map((name) => `'${shownText(name, 60)}'`).join(', ')} in the database`,
    );
  return maskedSnapshot(snapshot);
}
