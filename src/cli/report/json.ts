import { countsOf } from '../../deployment/deployment-checker/tally.js';
import type { Report } from './report.js';

/** A report for programs; docs/schemas/check-report.json says what it is made of. */
export function jsonReport({ command, subject, items, migrations }: Report, exitCode: number): string {
  const report = {
    version: 1,
    command,
    subject,
    exitCode,
    allPass: items.length > 0 && items.every(({ status }) => status !== 'FAIL'),
    counts: countsOf(items),
    ...(migrations === undefined ? {} : { migrations }),
    results: items.map(({ id, name, status, message, metadata = {}, tags = [], ...more }) => ({
      id,
      name,
      status,
      message,
      ...more,
      metadata,
      tags,
    })),
  };
  return JSON.stringify(report, undefined, 2);
}
