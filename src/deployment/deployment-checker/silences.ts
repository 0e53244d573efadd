import { CheckStatus, type DeploymentFinding, worstOf } from '../finding.js';
import type { SafeOutcome } from './outcome.js';
import type { ParsedSilence } from './silence-option.js';
import type { ResultFinding, Silenced } from './result.js';

/** What becomes of an outcome when what is silenced counts as a warning. @internal */
export interface SilencedOutcome extends Omit<SafeOutcome, 'findings'> {
  readonly findings?: readonly ResultFinding[];
  readonly silenced?: Silenced;
}

/** The outcome of a check with what is silenced at `wallMs` counted as `WARN` at most. @internal */
export function silence(
  checkId: string,
  outcome: SafeOutcome,
  silences: readonly ParsedSilence[],
  wallMs: number,
): SilencedOutcome {
  const live = silences.filter(({ untilWallMs }) => wallMs < untilWallMs);
  const findings = outcome.findings?.map((finding) => silencedFinding(finding, live));
  const status = statusOf(outcome, findings);
  const { findings: _, ...rest } = outcome;
  const whole = live.find(({ id }) => id === checkId);
  const own = whole !== undefined && status !== CheckStatus.PASS;
  return {
    ...rest,
    status: own ? CheckStatus.WARN : status,
    ...(findings === undefined ? {} : { findings }),
    ...(own ? { silenced: silenced(status, whole) } : {}),
    ...(!own && isUnknown(status, findings) ? { crashed: true } : {}),
  };
}

/** What is left of the status when findings are silenced: what the check says beyond them is not silenced with them. */
function statusOf(outcome: SafeOutcome, findings: readonly ResultFinding[] | undefined): CheckStatus {
  if (findings === undefined) return outcome.status;
  const found = worstOf((outcome.findings ?? []).map((one) => one.status));
  return worstOf([...findings.map((one) => one.status), ...(found === outcome.status ? [] : [outcome.status])]);
}

/** Whether all that is wrong is that something could not be found out. */
function isUnknown(status: CheckStatus, findings: readonly DeploymentFinding[] | undefined): boolean {
  if (findings === undefined || status !== CheckStatus.FAIL) return false;
  if (findings.every((finding) => finding.status !== CheckStatus.FAIL)) return false;
  return findings.every((finding) => finding.status !== CheckStatus.FAIL || finding.crashed === true);
}

function silencedFinding(finding: DeploymentFinding, live: readonly ParsedSilence[]): ResultFinding {
  if (finding.status === CheckStatus.PASS) return finding;
  const by = live.find(({ id }) => id === finding.id);
  if (by === undefined) return finding;
  return Object.freeze({ ...finding, status: CheckStatus.WARN, silenced: silenced(finding.status, by) });
}

function silenced(status: CheckStatus, { reason, until }: ParsedSilence): Silenced {
  return Object.freeze({ status, reason, until });
}

/** What is wrong with the silences themselves: nobody notices otherwise that one has ended or names nothing. @internal */
export function silenceFindings(
  silences: readonly ParsedSilence[],
  checkIds: readonly string[],
  wallMs: number,
): DeploymentFinding[] {
  return silences.flatMap((one): DeploymentFinding[] => {
    const about = { id: `silence.${one.id}`, status: CheckStatus.WARN };
    if (wallMs >= one.untilWallMs) {
      const message = `the silence of ${one.id} ended at ${one.until}`;
      return [{ ...about, message, hint: 'mend what it was for, or give it a new end and a reason' }];
    }
    if (checkIds.some((id) => one.id === id || one.id.startsWith(`${id}.`))) return [];
    return [{ ...about, message: `there is no check ${one.id} to silence`, hint: 'take it out, or correct its id' }];
  });
}
