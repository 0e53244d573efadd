import { isRejectedError } from '../../core/errors.js';
import type { Reporter } from '../../core/reporter.js';
import type { CallOutcome } from './options.js';
import type { Verdict } from './state.js';

/** The default: a refusal by another guard says nothing about the dependency. @internal */
export function judge(failed: boolean, error: unknown): 'success' | 'failure' | 'ignore' {
  if (!failed) return 'success';
  return isRejectedError(error) ? 'ignore' : 'failure';
}

/** Asks `classify`; what it may not do is reported, and the default judges. @internal */
export function classified(
  classify: (outcome: CallOutcome) => Verdict,
  outcome: CallOutcome,
  reporter: Reporter,
): Verdict {
  try {
    const answer: unknown = classify(outcome);
    const verdict = asVerdict(answer);
    if (verdict !== undefined) return verdict;
    reporter.wrongAnswer(
      "classify must answer 'success', 'failure', 'ignore' or { throttledMs } of at least 0",
      answer,
    );
  } catch (error) {
    reporter.listenerError(error);
  }
  return judge(outcome.failed, outcome.error);
}

function asVerdict(answer: unknown): Verdict | undefined {
  if (answer === 'success' || answer === 'failure' || answer === 'ignore') return answer;
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { throttledMs } = answer as { readonly throttledMs?: unknown };
  return isThrottle(throttledMs) ? { throttledMs } : undefined;
}

/** Whether it says how long to leave a dependency alone. @internal */
export function isThrottle(ms: unknown): ms is number {
  return typeof ms === 'number' && ms >= 0;
}
