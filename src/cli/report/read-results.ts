import { readFinding, safeMetadata } from '../../deployment/deployment-checker/outcome.js';
import type { Silenced } from '../../deployment/deployment-checker/result.js';
import { CheckStatus, isCheckStatus, shownText } from '../../deployment/finding.js';
import { property } from '../readable-config.js';
import type { ReportFinding, ReportItem } from './report.js';

/** The results of a checker of whatever copy of the package, or `undefined` when they are none; all text is safe to print. */
export function readResults(answer: unknown): ReportItem[] | undefined {
  try {
    const results = property(answer, 'results');
    if (!Array.isArray(results) || results.length === 0) return undefined;
    const items = (results as readonly unknown[]).map(readItem);
    return items.every((one) => one !== undefined) ? items : undefined;
  } catch {
    return undefined;
  }
}

/** The findings of a report, one item each, or `undefined` when it is none; all text is safe to print. */
export function readReport(answer: unknown): ReportItem[] | undefined {
  try {
    const findings = property(answer, 'findings');
    if (!Array.isArray(findings) || findings.length === 0) return undefined;
    const items = (findings as readonly unknown[]).map(readCommon);
    if (!items.every((one) => one !== undefined)) return undefined;
    return items.map((one) => ({ ...one, name: one.id, durationMs: 0 }));
  } catch {
    return undefined;
  }
}

function readItem(value: unknown): ReportItem | undefined {
  const known = readCommon(value);
  if (known === undefined) return undefined;
  const { name, durationMs, metadata, tags, findings, timedOut } = value as Readonly<Record<string, unknown>>;
  const list = Array.isArray(findings) ? (findings as readonly unknown[]).map(readCommon) : undefined;
  if (list?.includes(undefined) === true) return undefined;
  return {
    ...known,
    name: typeof name === 'string' ? shownText(name, 200) : known.id,
    durationMs: typeof durationMs === 'number' && durationMs >= 0 ? durationMs : 0,
    metadata: safeMetadata(metadata),
    ...(Array.isArray(tags) ? { tags: (tags as readonly unknown[]).map((tag) => shownText(String(tag), 200)) } : {}),
    ...(timedOut === true ? { timedOut } : {}),
    ...(list === undefined ? {} : { findings: list as readonly ReportFinding[] }),
  };
}

function readCommon(value: unknown): ReportFinding | undefined {
  const finding = readFinding(value);
  if (finding === undefined) return undefined;
  const silenced = readSilence(property(value, 'silenced'));
  // One that is silenced is a warning, also where it could not be found out.
  const status = silenced === undefined ? finding.status : CheckStatus.WARN;
  return { ...finding, status, ...(silenced === undefined ? {} : { silenced }) };
}

function readSilence(value: unknown): Silenced | undefined {
  const status = property(value, 'status');
  const reason = property(value, 'reason');
  const until = property(value, 'until');
  if (!isCheckStatus(status) || typeof reason !== 'string' || typeof until !== 'string') return undefined;
  return { status, reason: shownText(reason, 200), until: shownText(until, 40) };
}
