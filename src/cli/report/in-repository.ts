import { isAbsolute, relative, resolve } from 'node:path';
import type { CommandIo } from '../io.js';
import type { Report, ReportItem } from './report.js';

/**
 * The same report with its files as they lie in the repository, where GitHub looks for them. The command may run in one of its
 * folders, and name files from there.
 */
export function inRepository(report: Report, io: CommandIo): Report {
  const root = io.environment()['GITHUB_WORKSPACE'];
  if (root === undefined || !isAbsolute(root)) return report;
  const from = (file: string): string => {
    const way = relative(root, resolve(io.directory(), file));
    return way === '' || way.startsWith('..') || isAbsolute(way) ? file : way;
  };
  const placed = <T extends { readonly place?: ReportPlace | undefined }>(one: T): T =>
    one.place === undefined ? one : { ...one, place: { ...one.place, file: from(one.place.file) } };
  return {
    ...report,
    ...(report.source === undefined ? {} : { source: from(report.source) }),
    items: report.items.map((item) =>
      item.findings === undefined ? item : { ...item, findings: item.findings.map(placed) },
    ),
  };
}

type ReportPlace = NonNullable<NonNullable<ReportItem['findings']>[number]['place']>;
