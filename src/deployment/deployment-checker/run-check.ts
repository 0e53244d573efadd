import { isThenable } from '../../core/thenable.js';
import { within } from '../../internal/within.js';
import { shownError } from '../finding.js';
import { DeploymentCheckTimeoutError } from './errors.js';
import { crash, readOutcome, type SafeOutcome } from './outcome.js';
import type { Pulse } from './pulse.js';
import type { RegisteredCheck } from './registration.js';

/** What a run of a check needs. @internal */
export interface CheckRun {
  /** Its clock, and whether the event loop turns. */
  readonly pulse: Pulse;
  /** Time that never goes back. */
  readonly now: () => number;
  readonly profile: string;
  readonly timeoutMs: number;
}

/** Runs one check, for no longer than it may take; never rejects. @internal */
export async function runCheck(
  check: RegisteredCheck,
  { pulse, now, profile, timeoutMs }: CheckRun,
): Promise<SafeOutcome> {
  const limitMs = check.timeoutMs ?? timeoutMs;
  const limit = `${String(Math.round(limitMs))} ms`;
  const expired = (): Error => new DeploymentCheckTimeoutError(`check '${check.id}' took longer than ${limit}`);
  const beganAtMs = now();
  let blockedMs = 0;
  const outcome = await within(pulse, limitMs, expired, async (signal) => {
    let answer: unknown;
    try {
      answer = check.run({ signal, profile });
    } finally {
      blockedMs = now() - beganAtMs;
    }
    if (!isThenable(answer)) return answer;
    const outcomeOf = await answer;
    if (pulse.missing) blockedMs = now() - beganAtMs;
    return outcomeOf;
  });
  // No timer can end what does not return, but its answer comes too late all the same.
  if (blockedMs > limitMs) return late(`blocked the event loop for longer than ${limit}`);
  switch (outcome.status) {
    case 'done':
      return readOutcome(check.id, outcome.value);
    case 'failed':
      return crash(`crashed: ${shownError(outcome.error)}`);
    case 'timed out':
      return late(`timed out after ${limit}`);
  }
}

function late(message: string): SafeOutcome {
  const hint = 'does it wait for something that is not there? timeoutMs gives it longer';
  return { ...crash(message, true), hint };
}
