import type { Decision } from '../decision.js';

/**
 * What several limiters that decided about one call say together: of the refusals the one with the longest wait, else of
 * the admissions the one that leaves least; `violated` names all that refused, or would have.
 * @param decisions - at least one.
 * @internal
 */
export function together(decisions: readonly Decision[]): Decision {
  const [only] = decisions;
  if (only !== undefined && decisions.length === 1) return only;
  const refusals = decisions.filter(({ allowed }) => !allowed);
  const refused = refusals.length > 0;
  const those = refused ? refusals : decisions;
  const leads = refused ? longerWait : leavesLess;
  const leading = those.reduce((best, other) => (leads(other, best) ? other : best));
  const violated = those.flatMap((decision) => decision.violated);
  return { ...leading, violated, shadow: !refused && those.some(({ shadow }) => shadow) };
}

function longerWait(a: Decision, b: Decision): boolean {
  return a.retryAfterMs > b.retryAfterMs;
}

function leavesLess(a: Decision, b: Decision): boolean {
  return a.remaining < b.remaining;
}
