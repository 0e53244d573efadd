import type { Clock } from '../../core/clock.js';
import { within } from '../../internal/within.js';
import { shownError } from '../finding.js';
import { DeploymentCheckTimeoutError } from './errors.js';
import { crash, readOutcome, type SafeOutcome } from './outcome.js';
import type { RegisteredCheck } from './registration.js';

/** What a run of a check needs. @internal */
export interface CheckRun {
  readonly clock: Clock;
  readonly profile: string;
  readonly timeoutMs: number;
}

/** Runs one check, for no longer than it may take; never rejects. @internal */
export async function runCheck(check: RegisteredCheck, { clock, profile, timeoutMs }: CheckRun): Promise<SafeOutcome> {
  const limitMs = check.timeoutMs ?? timeoutMs;
  const limit = `${String(Math.round(limitMs))} ms`;
  const expired = (): Error => new DeploymentCheckTimeoutError(`check '${check.id}' took longer than ${limit}`);
  const outcome = await within(clock, limitMs, expired, (signal) => check.run({ signal, profile }));
  switch (outcome.status) {
    case 'done':
      return readOutcome(outcome.value);
    case 'failed':
      return crash(`crashed: ${shownError(outcome.error)}`);
    case 'timed out':
      return {
        ...crash(`timed out after ${limit}`, true),
        hint: 'does it wait for something that is not there? timeoutMs gives it longer',
      };
  }
}
