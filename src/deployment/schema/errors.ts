import { BreakwaterError } from '../../core/errors.js';

/** The catalogue of a database could not be read, holds more than is read, or lacks a schema that was named. `cause` is what the database said. */
export class SchemaUnreadableError extends BreakwaterError {
  readonly code = 'BREAKWATER_SCHEMA_UNREADABLE';

  /** The class's name. */
  override get name(): string {
    return 'SchemaUnreadableError';
  }
}
