import type { MetricSample } from '../../core/component.js';
import type { CircuitBreakerSnapshot } from './snapshot.js';
import type { CircuitState } from './state.js';

/** A registry's state as plain JSON. */
export interface CircuitBreakerRegistrySnapshot {
  /** Version of this shape. */
  readonly version: 1;
  readonly name: string;
  /** Breakers that there are. */
  readonly size: number;
  readonly maxEntries: number;
  /** Breakers by state, as of the last look at each: one whose break is over stays `OPEN` here until somebody looks. */
  readonly byState: Readonly<Record<CircuitState, number>>;
  /** Breakers that were let go, idle or to make room. */
  readonly evicted: number;
  /** Times that somebody got a breaker that guards nothing, for want of room. */
  readonly passedThrough: number;
  /** Breakers that are not closed, 20 at most. */
  readonly notClosed: readonly CircuitBreakerSnapshot[];
}

/** A registry's samples: one gauge a state, and two counters. @internal */
export function registryMetrics(
  registry: string,
  byState: Readonly<Record<CircuitState, number>>,
  evicted: number,
  passedThrough: number,
): MetricSample[] {
  return [
    ...Object.entries(byState).map(([state, value]): MetricSample => ({
      name: 'breakwater_circuit_registry_breakers',
      type: 'gauge',
      help: 'Circuit breakers of the registry by state.',
      value,
      labels: { registry, state },
    })),
    {
      name: 'breakwater_circuit_registry_evicted_total',
      type: 'counter',
      help: 'Circuit breakers that were let go, idle or to make room.',
      value: evicted,
      labels: { registry },
    },
    {
      name: 'breakwater_circuit_registry_passed_through_total',
      type: 'counter',
      help: 'Times that a full registry gave out a breaker that guards nothing.',
      value: passedThrough,
      labels: { registry },
    },
  ];
}
