import type { MetricSample } from '../../core/component.js';
import type { CircuitState } from '../circuit-breaker/index.js';
import type { ErrorTrend } from './engine.js';
import type { ErrorGroup } from './error-groups.js';

/** What an {@link ErrorRecoveryService} knows: plain JSON, safe to print. */
export interface ErrorRecoverySummary {
  /** Version of this shape. */
  readonly version: 1;
  /** Name of the `ErrorRecoveryService`. */
  readonly name: string;
  /** Errors of all services together. */
  readonly errors: number;
  /** All services, those with the most errors first. */
  readonly services: readonly ServiceSummary[];
}

/** What is known of one service. */
export interface ServiceSummary {
  /** Its name; `'other'` for all that there was no room for. */
  readonly service: string;
  /** Calls through `execute`. */
  readonly calls: number;
  /** Errors that were recorded: calls that failed for good, and what `recordError` was told. */
  readonly errors: number;
  /** Calls that a guard refused, such as an open circuit. */
  readonly rejections: number;
  /** Calls whose caller gave up. */
  readonly aborted: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  /** Calls that a fallback answered. */
  readonly fallbacks: number;
  /** Calls that the fallback failed as well. */
  readonly fallbackFailures: number;
  /** Errors a minute now. */
  readonly perMinute: number;
  readonly trend: ErrorTrend['direction'];
  /** The five largest kinds of errors. */
  readonly topGroups: readonly ErrorGroup[];
  /** When the first error was recorded, in ms since the Unix epoch. */
  readonly firstSeenAt?: number;
  /** When the latest was. */
  readonly lastSeenAt?: number;
  /** State of its circuit; absent for a service that was never called. */
  readonly breaker?: CircuitState;
}

const COUNTERS = /* @__PURE__ */ Object.freeze({
  calls: 'Calls of a service.',
  errors: 'Errors of a service that were recorded.',
  rejections: 'Calls of a service that a guard refused.',
  retries: 'Attempts beyond the first.',
  fallbacks: 'Calls of a service that a fallback answered.',
});

/** The samples of all services. @internal */
export function recoveryMetrics({ name: recovery, services }: ErrorRecoverySummary): MetricSample[] {
  return services.flatMap((summary) =>
    Object.entries(COUNTERS).map(([what, help]): MetricSample => ({
      name: `breakwater_recovery_${what}_total`,
      type: 'counter',
      help,
      value: summary[what as keyof typeof COUNTERS],
      labels: { recovery, service: summary.service },
    })),
  );
}
