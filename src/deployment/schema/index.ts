export type { SchemaDifference, SchemaDifferenceId } from './difference.js';
export { diffSchemas } from './diff.js';
export { SchemaUnreadableError } from './errors.js';
export type { RecordSchemaOptions } from './options.js';
export { RECORD_SCHEMA_DEFAULTS } from './options.js';
export { parseExpectedSchema } from './parse-expected.js';
export { recordSchema } from './record.js';
export type { SchemaCheckOptions } from './schema-check.js';
export { SCHEMA_CHECK_DEFAULTS, schemaCheck } from './schema-check.js';
export type {
  SchemaCheck,
  SchemaColumn,
  SchemaDialect,
  SchemaDomain,
  SchemaEnum,
  SchemaExtension,
  SchemaForeignKey,
  SchemaIndex,
  SchemaKey,
  SchemaSequence,
  SchemaSnapshot,
  SchemaTable,
  SchemaTableKind,
  SchemaTrigger,
  SchemaUnique,
} from './snapshot.js';
export type { ExpectedColumn, ExpectedForeignKey, ExpectedIndex, ExpectedTable, TableMap } from './table-map.js';

// For the rooms of this domain; not public.
export type { CompareOptions } from './compare.js';
export { compareSchema, expectsSomething } from './compare.js';
export { dialectProblem, expectedOption } from './expected-option.js';
export { namesOption } from './options.js';
