import {
  CheckStatus,
  type DeploymentFinding,
  type DeploymentReport,
  type FindingPlace,
  shownText,
} from '../finding.js';

/** Most findings that one check lists; a project without any of its packages has thousands. */
const MOST_FINDINGS = 100;
/** Longest part of an id, so that the whole stays below 100. */
const LONGEST_PART = 70;

/** What a finding may say besides what is the matter. @internal */
export interface FindingMore {
  readonly hint?: string | undefined;
  readonly place?: FindingPlace | undefined;
}

function finding(status: CheckStatus, id: string, message: string, more: FindingMore = {}): DeploymentFinding {
  const { hint, place } = more;
  return {
    id,
    status,
    message: shownText(message),
    ...(hint === undefined ? {} : { hint: shownText(hint) }),
    ...(place === undefined ? {} : { place: { ...place, file: shownText(place.file) } }),
  };
}

/** @internal */
export function failed(id: string, message: string, more?: FindingMore): DeploymentFinding {
  return finding(CheckStatus.FAIL, id, message, more);
}

/** @internal */
export function warned(id: string, message: string, more?: FindingMore): DeploymentFinding {
  return finding(CheckStatus.WARN, id, message, more);
}

/** What could not be found out. @internal */
export function crashed(id: string, message: string, more?: FindingMore): DeploymentFinding {
  return { ...finding(CheckStatus.FAIL, id, message, more), crashed: true };
}

/** A path or a name as the part of an id: letters, digits, `.`, `_` and `-`. @internal */
export function idPart(text: string): string {
  const part = text.replace(/^(?:\.\/)+/, '').replace(/[^\w.-]+/g, '-');
  return part.replace(/^-+(?=.)/, '').slice(-LONGEST_PART);
}

/** `1 file`, `2 files`. @internal */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}

/** The first few of them in words, and how many more there are. @internal */
export function firstOf(texts: readonly string[], most = 5): string {
  const rest = texts.length - most;
  return `${texts.slice(0, most).join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
}

/**
 * The answer of a check: what is in order is not listed, and the message says how much was looked at.
 *
 * @param id - of the check, for the finding that stands for those that are not listed.
 * @param looked - what was looked at, such as `3 files`.
 * @internal
 */
export function reportOf(
  id: string,
  looked: string,
  found: readonly DeploymentFinding[],
  metadata: Readonly<Record<string, unknown>>,
): DeploymentReport {
  const findings = listed(id, distinct(found));
  const count = (status: CheckStatus) => found.filter((one) => one.status === status).length;
  const [fails, warnings] = [count(CheckStatus.FAIL), count(CheckStatus.WARN)];
  const outcome = [
    ...(fails > 0 ? [counted(fails, 'finding fails', 'findings fail')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ');
  return {
    findings,
    message: shownText(`looked at ${looked}: ${outcome === '' ? 'in order' : outcome}`),
    metadata,
  };
}

/** Two paths may have the same id: silencing one must not silence the other. */
function distinct(found: readonly DeploymentFinding[]): DeploymentFinding[] {
  const times = new Map<string, number>();
  return found.map((one) => {
    const before = times.get(one.id) ?? 0;
    times.set(one.id, before + 1);
    return before === 0 ? one : { ...one, id: `${one.id}-${String(before + 1)}` };
  });
}

/** The worst come first, so that what is not listed is never worse than what is. */
function listed(id: string, found: readonly DeploymentFinding[]): readonly DeploymentFinding[] {
  if (found.length <= MOST_FINDINGS) return found;
  const ordered = [CheckStatus.FAIL, CheckStatus.WARN].flatMap((status) =>
    found.filter((one) => one.status === status),
  );
  const rest = ordered.slice(MOST_FINDINGS - 1);
  const message = `there are ${counted(rest.length, 'further finding')}`;
  const more = { hint: 'correct those that are listed first' };
  const last = rest.some(({ status }) => status === CheckStatus.FAIL)
    ? failed(`${id}.more`, message, more)
    : warned(`${id}.more`, message, more);
  return [...ordered.slice(0, MOST_FINDINGS - 1), last];
}
