import type { SchemaSnapshot } from './snapshot.js';
import type { TableMap } from './table-map.js';

/** Told by the version of the format: in a map it would be a table, which is no number. @internal */
export function isSnapshot(expected: SchemaSnapshot | TableMap): expected is SchemaSnapshot {
  return typeof expected['format'] === 'number';
}
