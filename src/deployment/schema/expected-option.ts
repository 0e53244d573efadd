import { isBreakwaterError } from '../../core/errors.js';
import type { OptionKind, ReportIssue } from '../../core/options.js';
import { isSnapshot } from './is-snapshot.js';
import { parseExpectedSchema } from './parse-expected.js';
import type { SchemaSnapshot } from './snapshot.js';
import type { TableMap } from './table-map.js';

/** What should be there. @internal */
export function expectedOption(): OptionKind<SchemaSnapshot | TableMap> {
  return {
    parse(value, path, report) {
      try {
        return parseExpectedSchema(value);
      } catch (error) {
        if (!isBreakwaterError(error)) throw error;
        report(path, error.message.replace(/^the expected schema:? /, ''));
        return {};
      }
    },
  };
}

/** Tells of a snapshot of another database than the one that it is to be held against. @internal */
export function dialectProblem(
  expected: SchemaSnapshot | TableMap,
  dialect: 'postgresql' | 'sqlite',
  report: ReportIssue,
): void {
  if (isSnapshot(expected) && expected.dialect !== dialect)
    report('expected', `is of another database than ${dialect}`);
}
