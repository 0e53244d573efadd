import type { Component, MetricSample } from '../core/component.js';
import type { HardeningEvents } from './events.js';
import type { Exchange } from './exchange.js';
import type { RecordAbuseOptions } from './limits/abuse.js';

/** Parts of the pipeline that can be mounted by themselves, in the order in which they run. */
export type PipelineStep = 'record' | 'performance' | 'headers' | 'health' | 'guard';

/** All of them. @internal */
export const EVERY_STEP: readonly PipelineStep[] = /* @__PURE__ */ Object.freeze([
  'record',
  'performance',
  'headers',
  'health',
  'guard',
]);

/** A pipeline's counts as plain JSON. */
export interface HardeningSnapshot {
  readonly name: string;
  readonly mode: 'enforce' | 'shadow';
  /** Requests that are over, … */
  readonly requests: number;
  /** … of which the client hung up on before the answer was complete, streams and upgrades aside, … */
  readonly aborted: number;
  /** … that were slow, … */
  readonly slow: number;
  /** … and requests that were refused, or would have been. */
  readonly refused: number;
}

/** A pipeline: made once, mounted by an adapter. */
export interface Hardening extends Component<HardeningSnapshot> {
  readonly kind: 'hardening';
  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof HardeningEvents>(type: K, listener: (event: HardeningEvents[K]) => void): () => void;
  /**
   * Runs a request through the pipeline, for adapters. It never throws or rejects.
   *
   * @param steps - which parts. @defaultValue all
   * @returns whether the pipeline answers the request itself, so that nobody else may; a promise of that, when a limiter
   * that shares a store is asked.
   */
  handle(exchange: Exchange, steps?: readonly PipelineStep[]): boolean | Promise<boolean>;
  /**
   * Runs what comes after the pipeline, for adapters: its lines carry the id and the trace of the request, if the logger
   * knows contexts.
   */
  within<T>(exchange: Exchange, next: () => T): T;
  /** Tells `onListenerError`, for adapters, of what the service's own code threw where nobody else hears of it. */
  report(error: unknown): void;
  /**
   * Books something of the service's own that a client did wrong, such as a payment that was declined.
   *
   * @param request - as `identify` gets it, or the framework's own: `req` of Express, `ctx` of Koa.
   * @param type - what sort of event, 1 to 100 characters: of the program's choice, not the client's.
   * @returns whether it was booked: there is a detector, and somebody to book it on.
   * @throws `InvalidArgumentError` when an argument is wrong, or the request did not go through this pipeline.
   */
  recordAbuse(request: object, type: string, options?: RecordAbuseOptions): boolean;
}

/** @internal */
export function hardeningMetrics({ name, ...counts }: HardeningSnapshot): MetricSample[] {
  const { requests, aborted, slow, refused } = counts;
  const one = (what: string, help: string, value: number): MetricSample => ({
    name: `breakwater_http_${what}_total`,
    type: 'counter',
    help,
    value,
    labels: { pipeline: name },
  });
  return [
    one('requests', 'Requests that are over.', requests),
    one('aborted', 'Requests whose client hung up, without streams and upgrades.', aborted),
    one('slow', 'Requests that were slow.', slow),
    one('refused', 'Requests that were refused, or would have been in shadow mode.', refused),
  ];
}
