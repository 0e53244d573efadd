import { HealthStatus } from '../../core/health-status.js';
import { redactName } from '../../core/redaction.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { checkFunction, fieldsOf, found, invalid } from './found.js';

/** What does the work, and what would do it if that failed. */
export interface AlgorithmState {
  /** Name of what does the work now; nothing, blank text or `'off'` when nothing does. */
  readonly active?: string | null | undefined;
  /** Name of what does it when the usual one cannot. */
  readonly fallback: string;
}

const LONGEST_NAME = 80;

/**
 * A check of what does the work: `DEGRADED` while that is the fallback, `UNHEALTHY` while nothing does it, else `HEALTHY`.
 *
 * @param source - says how it stands, at once or as a promise. What it throws counts as a check that failed.
 * @throws {@link InvalidArgumentError} when `source` is not a function.
 *
 * @example
 * health.register('pricing', algorithmCheck(() => ({ active: pricing.current, fallback: 'list price' })));
 */
export function algorithmCheck(
  source: (context: HealthCheckContext) => AlgorithmState | PromiseLike<AlgorithmState>,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  checkFunction('algorithmCheck', 'source', source);
  return async (context) => {
    const answer: unknown = await source(context);
    const state = fieldsOf(answer);
    if (state === undefined) return invalid('the source must answer { active, fallback }', answer);
    const { active, fallback } = state;
    if (active !== undefined && active !== null && typeof active !== 'string')
      return invalid('active must be text or nothing', active);
    const name = active?.trim() ?? '';
    if (name === '' || name.toLowerCase() === 'off')
      return found(HealthStatus.UNHEALTHY, 'no algorithm is active', { active: null, fallback });
    // A fallback that is misspelt would never be found in use.
    if (typeof fallback !== 'string') return invalid('fallback must be text', fallback);
    const details = { active: name, fallback };
    if (name !== fallback.trim()) return found(HealthStatus.HEALTHY, undefined, details);
    return found(HealthStatus.DEGRADED, `running on the fallback '${redactName(name, LONGEST_NAME)}'`, details);
  };
}
