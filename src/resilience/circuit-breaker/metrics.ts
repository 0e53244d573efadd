import type { MetricSample } from '../../core/component.js';
import type { CircuitBreakerSnapshot } from './snapshot.js';
import { CircuitState } from './state.js';

/** A breaker's samples: one gauge a state, one counter an outcome. @internal */
export function circuitMetrics({ name: breaker, state: now, counts }: CircuitBreakerSnapshot): MetricSample[] {
  const { successes: success, failures: failure, ignored, throttled, stale, rejected } = counts;
  return [
    ...Object.values(CircuitState).map((state): MetricSample => ({
      name: 'breakwater_circuit_state',
      type: 'gauge',
      help: 'Whether the circuit is in this state (1) or not (0).',
      value: state === now ? 1 : 0,
      labels: { breaker, state },
    })),
    ...Object.entries({ success, failure, ignored, throttled, stale, rejected }).map(
      ([outcome, value]): MetricSample => ({
        name: 'breakwater_circuit_calls_total',
        type: 'counter',
        help: 'Calls by what came of them.',
        value,
        labels: { breaker, outcome },
      }),
    ),
  ];
}
