import { describe, type OptionKind } from '../../core/options.js';
import type { DatabaseQuery } from './dialect.js';

/** Which database it is; its other name is that of PostgreSQL. @internal */
export function dialectOption(): OptionKind<'postgresql' | 'sqlite'> {
  return {
    parse(value, path, report) {
      if (value === 'sqlite') return 'sqlite';
      if (value !== 'postgresql' && value !== 'postgres')
        report(path, `must be 'postgresql' or 'postgres' or 'sqlite', got ${describe(value)}`);
      return 'postgresql';
    },
  };
}

/** The query function. @internal */
export function queryOption(): OptionKind<DatabaseQuery> {
  return {
    parse(value, path, report) {
      if (typeof value !== 'function') report(path, `must be a function that sends SQL, got ${describe(value)}`);
      return value as DatabaseQuery;
    },
  };
}
