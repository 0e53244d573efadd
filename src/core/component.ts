import type { HealthStatus } from './health-status.js';

/** Something that happened in a part: a transition or a refusal. */
export interface ComponentEvent {
  /** The event's name within its part, such as `stateChange`. */
  readonly type: string;
  /** How much attention it deserves. */
  readonly level: 'info' | 'warn' | 'error';
  /** Plain JSON that describes it. */
  readonly data: object;
}

/** One measured value of a part, in the terms of Prometheus. */
export interface MetricSample {
  /** Metric name, `snake_case`, with its unit, such as `breakwater_circuit_rejected_total`. */
  readonly name: string;
  /** `counter` only ever grows; `gauge` may fall. */
  readonly type: 'counter' | 'gauge';
  /** One sentence for the scrape's HELP line. */
  readonly help: string;
  /** The value now. */
  readonly value: number;
  /** Label names and values. Never a value that a client chooses. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * What every stateful part has in common. Health routes, metrics and status pages know only this contract, so an own
 * part that implements it appears in all of them.
 */
export interface Component<S extends object = object> {
  /** What sort of part it is, such as `circuit-breaker`. */
  readonly kind: string;
  /** Which one of its sort it is. */
  readonly name: string;
  /** The state now: cheap, synchronous, plain JSON. */
  snapshot(): S;
  /** Hears of transitions and refusals. The returned function unsubscribes. */
  subscribe(listener: (event: ComponentEvent) => void): () => void;
  /** The part's values for a scrape. */
  metrics?(): Iterable<MetricSample>;
  /** The part's own contribution to a health report. */
  health?(): { readonly status: HealthStatus; readonly message?: string };
}

/**
 * Name of the method by which a part says whether all that is wrong with it is that it waits for a call to find out if it
 * is well again, as a half-open circuit does. No part of `health()`, since it is nothing that a report should show.
 * @internal
 */
export const AWAITS_CALL = /* @__PURE__ */ Symbol.for('breakwater.awaits-call');

/** Whether a part, or what is behind it, waits for a call. @internal */
export function awaitsCall(component: object): boolean {
  const part = component as { readonly [AWAITS_CALL]?: () => unknown };
  return part[AWAITS_CALL]?.() === true;
}
