import { type Clock } from '../../core/clock.js';
import { clockOption, count, describe, durationMs, type OptionKind } from '../../core/options.js';
import type { DatabaseDialect, DatabaseQuery } from '../database/dialect.js';
import { dialectOption, queryOption } from '../database/option-kinds.js';

/** What {@link recordSchema} reads. */
export interface RecordSchemaOptions {
  /**
   * Sends one text of SQL and answers what came back, in whichever form the client has. It may go to a pool, and to a role
   * that may read nothing: the catalogue is open to all.
   */
  readonly query: DatabaseQuery;
  readonly dialect: DatabaseDialect;
  /** Schemas of PostgreSQL, as they are named. @defaultValue all but the server's own */
  readonly schemas?: readonly string[] | undefined;
  /** The longest one read may take, in ms, at least 1. @defaultValue `10_000` */
  readonly timeoutMs?: number | undefined;
  /** Tables and views at most, from 1 to 10 000: more are refused, so that memory stays bounded. @defaultValue `2_000` */
  readonly maxTables?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link RecordSchemaOptions}. */
export const RECORD_SCHEMA_DEFAULTS = /* @__PURE__ */ Object.freeze({ timeoutMs: 10_000, maxTables: 2_000 });

/** @internal */
export const recordSchemaOptions = {
  query: queryOption(),
  dialect: dialectOption(),
  schemas: namesOption(),
  timeoutMs: durationMs(RECORD_SCHEMA_DEFAULTS.timeoutMs, { min: 1 }),
  maxTables: count({ min: 1, max: 10_000, default: RECORD_SCHEMA_DEFAULTS.maxTables }),
  clock: clockOption(),
};

/** A list of names, or nothing. @internal */
export function namesOption(): OptionKind<readonly string[] | undefined> {
  return {
    parse(value, path, report) {
      const fits =
        Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string' && name !== '');
      if (value !== undefined && !fits)
        report(path, `must be a list of names that is not empty, got ${describe(value)}`);
      return value as readonly string[] | undefined;
    },
  };
}
