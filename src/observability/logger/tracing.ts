import { isTraceId, type TraceContext } from '../../internal/traceparent.js';

/** The part of OpenTelemetry's `trace` API (`@opentelemetry/api`) that is used: which span is active. */
export interface TraceApi {
  /** The active span, if there is one. */
  getActiveSpan(): ActiveSpan | undefined;
}

/** An OpenTelemetry span, of which its ids are read. */
export interface ActiveSpan {
  /** Ids and flags. */
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
}

/** The place of the active span; `undefined` without one, and for ids that say nothing. @internal */
export function activeTrace(api: TraceApi): TraceContext | undefined {
  const context = api.getActiveSpan()?.spanContext();
  if (context === undefined || !isTraceId(context.traceId, context.spanId)) return undefined;
  return { traceId: context.traceId, spanId: context.spanId, sampled: (context.traceFlags & 1) === 1 };
}
