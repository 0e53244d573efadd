import { isCheckStatus, shownText } from '../../deployment/finding.js';
import { property } from '../readable-config.js';
import type { ReportFinding, ReportItem, ReportSilence } from './report.js';

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
    ...(typeof metadata === 'object' && metadata !== null ? { metadata: metadata as Record<string, unknown> } : {}),
    ...(Array.isArray(tags) ? { tags: (tags as readonly unknown[]).map(String) } : {}),
    ...(timedOut === true ? { timedOut } : {}),
    ...(list === undefined ? {} : { findings: list as readonly ReportFinding[] }),
  };
}

function readCommon(value: unknown): ReportFinding | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, status, message, hint, crashed, place, silenced } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || !isCheckStatus(status) || typeof message !== 'string') return undefined;
  const silence = readSilence(silenced);
  const file = property(place, 'file');
  const line = property(place, 'line');
  return {
    id: shownText(id, 200),
    status,
    message: shownText(message),
    ...(typeof hint === 'string' ? { hint: shownText(hint, 500) } : {}),
    ...(crashed === true ? { crashed } : {}),
    ...(typeof file === 'string'
      ? { place: { file: shownText(file, 1_000), ...(typeof line === 'number' ? { line } : {}) } }
      : {}),
    ...(silence === undefined ? {} : { silenced: silence }),
  };
}

function readSilence(value: unknown): ReportSilence | undefined {
  const status = property(value, 'status');
  const reason = property(value, 'reason');
  const until = property(value, 'until');
  if (!isCheckStatus(status) || typeof reason !== 'string' || typeof until !== 'string') return undefined;
  return { status, reason: shownText(reason, 200), until: shownText(until, 40) };
}
