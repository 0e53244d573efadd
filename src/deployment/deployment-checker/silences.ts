import { CheckStatus, type DeploymentFinding, worstOf } from '../finding.js';
import type { SafeOutcome } from './outcome.js';
import type { ParsedSilence } from './silence-option.js';
import type { ResultFinding, Silenced } from './result.js';

/** A year and a day: whoever lives with something for longer has decided for good. */
const LONGEST_MS = 366 * 86_400_000;

/** What becomes of an outcome when what is silenced counts as a warning. @internal */
export interface SilencedOutcome extends Omit<SafeOutcome, 'findings'> {
  readonly findings?: readonly ResultFinding[];
  readonly silenced?: Silenced;
}

/**
 * The outcome of a check with what is silenced at `wallMs` counted as `WARN` at most. What could not be found out is silenced
 * by the id of its finding alone: who lives with what a check finds has not said that it need not look.
 * @internal
 */
export function silence(
  checkId: string,
  outcome: SafeOutcome,
  silences: readonly ParsedSilence[],
  wallMs: number,
): SilencedOutcome {
  const live = silences.filter(({ untilWallMs }) => wallMs < untilWallMs);
  const whole = live.find(({ id }) => id === checkId);
  const one = outcome.findings?.map((finding) => silencedFinding(finding, live));
  const isOpen = (finding: ResultFinding): boolean => finding.crashed === true && finding.silenced === undefined;
  const isKnown = one === undefined ? outcome.crashed !== true : !one.some(isOpen);
  // Where something could not be found out, the rest is silenced one by one.
  const findings =
    whole === undefined || isKnown
      ? one
      : one?.map((finding) => (isOpen(finding) ? finding : silencedBy(finding, whole)));
  const status = statusOf(outcome, findings);
  const { findings: _, ...rest } = outcome;
  const own = whole !== undefined && isKnown && status !== CheckStatus.PASS;
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
  const by = live.find(({ id }) => id === finding.id);
  return by === undefined ? finding : silencedBy(finding, by);
}

function silencedBy(finding: ResultFinding, by: ParsedSilence): ResultFinding {
  if (finding.status === CheckStatus.PASS || finding.silenced !== undefined) return finding;
  return Object.freeze({ ...finding, status: CheckStatus.WARN, silenced: silenced(finding.status, by) });
}

function silenced(status: CheckStatus, { reason, until }: ParsedSilence): Silenced {
  return Object.freeze({ status, reason, until });
}

/** A result as far as silences are held against it. @internal */
interface Ran {
  readonly id: string;
  readonly crashed?: boolean;
  readonly findings?: readonly ResultFinding[];
}

/** What is wrong with the silences themselves: nobody notices otherwise that one has ended or is for nothing. @internal */
export function silenceFindings(
  silences: readonly ParsedSilence[],
  checkIds: readonly string[],
  results: readonly Ran[],
  wallMs: number,
): DeploymentFinding[] {
  return silences.flatMap((one): DeploymentFinding[] => {
    const told = (message: string, hint: string): DeploymentFinding[] => [
      { id: `silence.${one.id}`, status: CheckStatus.WARN, message, hint },
    ];
    if (wallMs >= one.untilWallMs)
      return told(
        `the silence of ${one.id} ended at ${one.until}`,
        'mend what it was for, or give it a new end and a reason',
      );
    if (one.untilWallMs - wallMs > LONGEST_MS)
      return told(
        `the silence of ${one.id} ends at ${one.until}, in more than a year`,
        'give it an end that somebody will see',
      );
    if (checkIds.includes(one.id)) return [];
    const owners = checkIds.filter((id) => one.id.startsWith(`${id}.`));
    if (owners.length === 0) return told(`there is no check ${one.id} to silence`, 'take it out, or correct its id');
    const ran = results.filter(({ id }) => owners.includes(id));
    return ran.length > 0 && ran.every((result) => hasNo(one.id, result))
      ? told(`the silence of ${one.id} is for nothing that was found`, 'take it out, or correct its id')
      : [];
  });
}

/** Whether a check that looked at everything, and shows all of what it found, did not find it. */
function hasNo(findingId: string, { id, crashed, findings = [] }: Ran): boolean {
  return (
    crashed !== true && findings.every((one) => ![findingId, `${id}.more`].includes(one.id) && one.crashed !== true)
  );
}
