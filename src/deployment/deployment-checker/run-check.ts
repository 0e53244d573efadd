import type { Clock } from '../../core/clock.js';
import { within } from '../../internal/within.js';
import { shownError } from '../finding.js';
import { DeploymentCheckTimeoutError } from './errors.js';
import { crash, readOutcome, type SafeOutcome } from './outcome.js';
import type { RegisteredCheck } from './registration.js';

/** What a run of a check needs. @internal */
export interface CheckRun {
  readonly clock: Clock;
  /** Time that never goes back. */
  readonly now: () => number;
  readonly profile: string;
  readonly timeoutMs: number;
}

/** Runs one check, for no longer than it may take; never rejects. @internal */
export async function runCheck(
  check: RegisteredCheck,
  { clock, now, profile, timeoutMs }: CheckRun,
): Promise<SafeOutcome> {
  const limitMs = check.timeoutMs ?? timeoutMs;
  const limit = `${String(Math.round(limitMs))} ms`;
  const expired = (): Error => new DeploymentCheckTimeoutError(`check '${check.id}' took longer than ${limit}`);
  let blockedMs = 0;
  const outcome = await within(clock, limitMs, expired, (signal) => {
    const startedAtMs = now();
    try {
      return check.run({ signal, profile });
    } finally {
      blockedMs = now() - startedAtMs;
    }
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
