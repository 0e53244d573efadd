import type { Clock } from '../../core/clock.js';
import type { Component } from '../../core/component.js';
import { hasMethod } from '../../core/options.js';
import type { ListenerErrorHandler, Reporter } from '../../core/reporter.js';
import { MetricsCollector, observe } from '../../observability/metrics/index.js';
import type { HttpMetrics } from '../record/metric-sinks.js';

/** @internal */
export interface PartMetricsSettings {
  /** The collector of the `metrics` option. */
  readonly given: HttpMetrics | undefined;
  /** All parts of the pipeline; those that are no components have nothing to say. */
  readonly parts: readonly unknown[];
  readonly clock: Clock;
  readonly onListenerError: ListenerErrorHandler | undefined;
  readonly reporter: Reporter;
}

/** Shows the values of all parts of a pipeline in one collector. @internal */
export class PartMetrics {
  readonly #settings: PartMetricsSettings;
  #collector: HttpMetrics | undefined;

  constructor(settings: PartMetricsSettings) {
    this.#settings = settings;
  }

  /**
   * The collector, with all parts in it: the one that was given, else one of its own, which is made when somebody may see
   * it for the first time.
   */
  collector(): HttpMetrics {
    if (this.#collector !== undefined) return this.#collector;
    const { given, clock, onListenerError } = this.#settings;
    const collector = given ?? new MetricsCollector({ clock, ...(onListenerError && { onListenerError }) });
    this.#collector = collector;
    this.#observe(collector);
    return collector;
  }

  #observe(metrics: HttpMetrics): void {
    const { parts, clock, onListenerError, reporter } = this.#settings;
    for (const part of parts) {
      if (!isComponent(part)) continue;
      try {
        observe(part, { metrics, clock, ...(onListenerError && { onListenerError }) });
      } catch (error) {
        // Something of the service's own that cannot be watched is still used for what it does.
        reporter.listenerError(error);
      }
    }
  }
}

function isComponent(part: unknown): part is Component {
  const { kind, name } = (part ?? {}) as { readonly kind?: unknown; readonly name?: unknown };
  const isNamed = typeof kind === 'string' && typeof name === 'string';
  return isNamed && hasMethod(part, 'snapshot') && hasMethod(part, 'subscribe');
}
