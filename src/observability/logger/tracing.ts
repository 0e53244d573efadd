import { secureBytes } from '../../core/random.js';
import {
  formatTraceparent,
  isTraceId,
  parseTraceparent,
  parseTracestate,
  type TraceContext,
  type TraceHeaders,
} from './traceparent.js';

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

/** A step in the trace that a request's headers tell of, or in a new one. @internal */
export function incomingTrace(incoming: string | TraceHeaders | undefined): TraceContext {
  const { traceparent, tracestate }: TraceHeaders = typeof incoming === 'object' ? incoming : { traceparent: incoming };
  const parent = parseTraceparent(traceparent);
  // Nobody has decided yet: who takes no part in the decision should not keep others from recording.
  if (parent === undefined) return { traceId: hex(16), spanId: hex(8), sampled: true };
  const state = parseTracestate(tracestate);
  return state === undefined ? nextStep(parent) : { ...nextStep(parent), state };
}

/** A step of its own below another. @internal */
export function nextStep({ traceId, spanId, sampled, state }: TraceContext): TraceContext {
  const step = { traceId, spanId: hex(8), parentSpanId: spanId, sampled };
  return state === undefined ? step : { ...step, state };
}

/** What a call to another service carries. @internal */
export function outgoingHeaders(trace: TraceContext | undefined): { traceparent?: string; tracestate?: string } {
  if (trace === undefined) return {};
  const traceparent = formatTraceparent(trace);
  return trace.state === undefined ? { traceparent } : { traceparent, tracestate: trace.state };
}

/** Random, and by its first bit never all zero. */
function hex(bytes: number): string {
  const drawn = secureBytes(bytes);
  drawn[0] = (drawn[0] ?? 0) | 0x80;
  return Array.from(drawn, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
