import { readFinding, safeMetadata } from '../../deployment/deployment-checker/outcome.js';
import type { Silenced } from '../../deployment/deployment-checker/result.js';
import { endOf } from '../../deployment/deployment-checker/silence-option.js';
import { CheckStatus, isCheckStatus, shownText, worstOf } from '../../deployment/finding.js';
import { property } from '../readable-config.js';
import type { ReportFinding, ReportItem } from './report.js';

/**
 * The results of a checker of whatever copy of the package, or `undefined` when they are none; all text is safe to print.
 *
 * @param wallMs - now: what was silenced until then counts again.
 */
export function readResults(answer: unknown, wallMs: number): ReportItem[] | undefined {
  try {
    const results = property(answer, 'results');
    if (!Array.isArray(results) || results.length === 0) return undefined;
    const items = (results as readonly unknown[]).map((one) => readItem(one, wallMs));
    return items.every((one) => one !== undefined) ? items : undefined;
  } catch {
    return undefined;
  }
}

/** The findings of a report, one item each, or `undefined` when it is none; otherwise the same. */
export function readReport(answer: unknown, wallMs: number): ReportItem[] | undefined {
  try {
    const findings = property(answer, 'findings');
    if (!Array.isArray(findings) || findings.length === 0) return undefined;
    const items = (findings as readonly unknown[]).map((one) => readCommon(one, wallMs));
    if (!items.every((one) => one !== undefined)) return undefined;
    return items.map((one) => ({ ...one, name: one.id, durationMs: 0 }));
  } catch {
    return undefined;
  }
}

function readItem(value: unknown, wallMs: number): ReportItem | undefined {
  const known = readCommon(value, wallMs);
  if (known === undefined) return undefined;
  const { name, durationMs, metadata, tags, findings, timedOut } = value as Readonly<Record<string, unknown>>;
  const list = Array.isArray(findings)
    ? (findings as readonly unknown[]).map((one) => readCommon(one, wallMs))
    : undefined;
  if (list?.includes(undefined) === true) return undefined;
  const open = known.silenced === undefined ? (list ?? []).map((one) => one?.status ?? CheckStatus.FAIL) : [];
  return {
    ...known,
    // One of its findings may be as bad again as it was before it was silenced.
    status: worstOf([known.status, ...open]),
    name: typeof name === 'string' ? shownText(name, 200) : known.id,
    durationMs: typeof durationMs === 'number' && durationMs >= 0 ? durationMs : 0,
    metadata: safeMetadata(metadata),
    ...(Array.isArray(tags) ? { tags: (tags as readonly unknown[]).map((tag) => shownText(String(tag), 200)) } : {}),
    ...(timedOut === true ? { timedOut } : {}),
    ...(list === undefined ? {} : { findings: list as readonly ReportFinding[] }),
  };
}

function readCommon(value: unknown, wallMs: number): ReportFinding | undefined {
  const finding = readFinding(value);
  if (finding === undefined) return undefined;
  const silenced = readSilence(property(value, 'silenced'));
  if (silenced === undefined) return finding;
  const ends = endOf(silenced.until);
  if (ends === undefined || ends <= wallMs) return { ...finding, status: worstOf([finding.status, silenced.status]) };
  // One that is silenced is a warning, also where it could not be found out.
  return { ...finding, status: CheckStatus.WARN, silenced };
}

function readSilence(value: unknown): Silenced | undefined {
  const status = property(value, 'status');
  const reason = property(value, 'reason');
  const until = property(value, 'until');
  if (!isCheckStatus(status) || typeof reason !== 'string' || typeof until !== 'string') return undefined;
  return { status, reason: shownText(reason, 200), until: shownText(until, 40) };
}
