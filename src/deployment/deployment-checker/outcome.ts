import { redactValue } from '../../core/redaction.js';
import { deepFreeze } from '../../internal/deep-freeze.js';
import {
  CheckStatus,
  type DeploymentFinding,
  type FindingPlace,
  isCheckStatus,
  shownText,
  worstOf,
} from '../finding.js';

/** An answer that is safe to print and to keep. @internal */
export interface SafeOutcome {
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly crashed?: boolean;
  readonly timedOut?: boolean;
  readonly findings?: readonly DeploymentFinding[];
}

/** Findings of one check that are kept, the last for those that are not. */
const MOST_FINDINGS = 1_000;
const LONGEST_HINT = 500;
const LARGEST_METADATA = 16_384;
const ID = /^[\w.@/:+~-]{1,200}$/;
/** Ids of our own, which exit codes and silences go by: no secret, also where a password is a word of theirs. */
const OWN_ID = /^(migrations|schema)(\.[a-z-]+)?$/;
const NONE: Readonly<Record<string, unknown>> = /* @__PURE__ */ Object.freeze({});

/** That it could not be found out. @internal */
export function crash(message: string, timedOut = false): SafeOutcome {
  return {
    status: CheckStatus.FAIL,
    message,
    metadata: NONE,
    crashed: true,
    ...(timedOut ? { timedOut } : {}),
  };
}

/** What a check answered, whatever that is: an answer that cannot be understood is a crash, and never in order. @internal */
export function readOutcome(checkId: string, outcome: unknown): SafeOutcome {
  try {
    return readKnown(checkId, outcome) ?? crash('crashed: its answer is no outcome, see DeploymentOutcome');
  } catch {
    return crash('crashed: its answer cannot be read');
  }
}

function readKnown(checkId: string, outcome: unknown): SafeOutcome | undefined {
  if (typeof outcome !== 'object' || outcome === null) return undefined;
  const { status, message, hint, metadata, findings, crashed } = outcome as Readonly<Record<string, unknown>>;
  if (typeof message !== 'string') return undefined;
  const shown = {
    message: shownText(message),
    ...(typeof hint === 'string' ? { hint: shownText(hint, LONGEST_HINT) } : {}),
    metadata: safeMetadata(metadata),
  };
  // What nobody knows is not in order, whatever else it says.
  const unknown = crashed === true ? { status: CheckStatus.FAIL, crashed } : {};
  if (findings === undefined) return isCheckStatus(status) ? { status, ...shown, ...unknown } : undefined;
  if (!Array.isArray(findings)) return undefined;
  const all = Array.from(findings as readonly unknown[], rawFinding);
  if (!all.every((one) => one !== undefined)) return undefined;
  const kept = mostOf(checkId, all).map(safeFinding);
  const own = isCheckStatus(status) ? [status] : [];
  return { status: worstOf([...kept.map((one) => one.status), ...own]), ...shown, ...unknown, findings: kept };
}

/** The worst of them, and one that stands for the rest and is as bad as they are: making text safe takes its time. */
function mostOf(checkId: string, all: readonly RawFinding[]): readonly RawFinding[] {
  if (all.length <= MOST_FINDINGS) return all;
  const ordered = worstFirst(all);
  const rest = ordered.splice(MOST_FINDINGS - 1);
  const status = worstOf(rest.map((one) => one.status));
  const unknown = rest.every((one) => one.status !== CheckStatus.FAIL || one.crashed);
  return [
    ...ordered,
    {
      id: `${checkId}.more`,
      status,
      message: `there are ${String(rest.length)} further findings`,
      hint: 'correct those that are listed first',
      crashed: status === CheckStatus.FAIL && unknown,
      place: undefined,
    },
  ];
}

/** A finding that is one, as its check has it. */
interface RawFinding {
  readonly id: string;
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint: unknown;
  readonly crashed: boolean;
  readonly place: unknown;
}

function rawFinding(finding: unknown): RawFinding | undefined {
  if (typeof finding !== 'object' || finding === null) return undefined;
  const { id, status, message, hint, crashed, place } = finding as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || !isCheckStatus(status) || typeof message !== 'string') return undefined;
  const unknown = crashed === true;
  // What nobody knows is not in order, whatever the check says of it.
  return { id, status: unknown ? CheckStatus.FAIL : status, message, hint, crashed: unknown, place };
}

function safeFinding({ id, status, message, hint, crashed, place }: RawFinding): DeploymentFinding {
  return Object.freeze({
    id: shownId(id),
    status,
    message: shownText(message),
    ...(typeof hint === 'string' ? { hint: shownText(hint, LONGEST_HINT) } : {}),
    ...(crashed ? { crashed } : {}),
    ...readPlace(place),
  });
}

/** A finding of whoever made it, safe to print; nothing when it is none. @internal */
export function readFinding(finding: unknown): DeploymentFinding | undefined {
  const raw = rawFinding(finding);
  return raw === undefined ? undefined : safeFinding(raw);
}

/** An id goes into files and lines: what does not belong there is replaced. */
function shownId(id: string): string {
  if (OWN_ID.test(id)) return id;
  if (ID.test(id)) return shownText(id, 200);
  const clean = shownText(id, 200).replace(/[^\w.@/:+~-]+/g, '-');
  return clean === '' ? '-' : clean;
}

function readPlace(place: unknown): { readonly place?: FindingPlace } {
  if (typeof place !== 'object' || place === null) return {};
  const { file, line } = place as Readonly<Record<string, unknown>>;
  if (typeof file !== 'string') return {};
  const isLine = typeof line === 'number' && Number.isSafeInteger(line) && line > 0;
  return { place: Object.freeze({ file: shownText(file, 1_000), ...(isLine ? { line } : {}) }) };
}

/** The failures first, otherwise in their order. @internal */
export function worstFirst<T extends { readonly status: CheckStatus }>(all: readonly T[]): T[] {
  const of = (status: CheckStatus): T[] => all.filter((one) => one.status === status);
  return [...of(CheckStatus.FAIL), ...of(CheckStatus.WARN), ...of(CheckStatus.PASS)];
}

/** Plain JSON of whoever made it, safe to print. @internal */
export function safeMetadata(metadata: unknown): Readonly<Record<string, unknown>> {
  if (typeof metadata !== 'object' || metadata === null) return NONE;
  const copy = redactValue(metadata);
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) return NONE;
  if (JSON.stringify(copy).length > LARGEST_METADATA) return Object.freeze({ omitted: 'too large' });
  return deepFreeze(copy as Record<string, unknown>);
}
