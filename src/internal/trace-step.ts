import type { HexIds } from './hex-ids.js';
import {
  formatTraceparent,
  isTraceId,
  parseTraceparent,
  parseTracestate,
  type TraceContext,
  type TraceHeaders,
} from './traceparent.js';

/** A request's headers, or its `traceparent` alone. @internal */
export type IncomingHeaders =
  string | TraceHeaders | Readonly<Record<string, string | readonly string[] | undefined>> | null | undefined;

/** A step that was made already, or one in the trace that a request's headers tell of, or in a new one. @internal */
export function incomingTrace(incoming: IncomingHeaders | TraceContext, ids: HexIds): TraceContext {
  if (isStep(incoming)) return incoming;
  const { traceparent, tracestate } = headersOf(incoming);
  const parent = parseTraceparent(traceparent);
  // Nobody has decided yet: who takes no part in the decision should not keep others from recording.
  if (parent === undefined) return { traceId: idOf(ids, 16), spanId: idOf(ids, 8), sampled: true };
  const state = parseTracestate(tracestate);
  const step = nextStep(parent, ids);
  return state === undefined ? step : { ...step, state };
}

/** No header is called so: headers have no upper-case letters. */
function isStep(incoming: IncomingHeaders | TraceContext): incoming is TraceContext {
  if (typeof incoming !== 'object' || incoming === null) return false;
  try {
    const { traceId, spanId } = incoming as { readonly traceId?: unknown; readonly spanId?: unknown };
    return isTraceId(traceId, spanId);
  } catch {
    return false;
  }
}

/** Anything may have been handed over; what cannot be read tells of no trace. */
function headersOf(incoming: IncomingHeaders): { readonly traceparent?: unknown; readonly tracestate?: unknown } {
  if (typeof incoming !== 'object' || incoming === null) return { traceparent: incoming };
  try {
    // As fetch has them.
    const { get } = incoming as { readonly get?: unknown };
    if (typeof get !== 'function') return { traceparent: incoming['traceparent'], tracestate: incoming['tracestate'] };
    const headers = incoming as unknown as { get(name: string): unknown };
    return { traceparent: headers.get('traceparent'), tracestate: headers.get('tracestate') };
  } catch {
    return {};
  }
}

/** A step of its own below another. @internal */
export function nextStep({ traceId, spanId, sampled, state }: TraceContext, ids: HexIds): TraceContext {
  const step = { traceId, spanId: idOf(ids, 8), parentSpanId: spanId, sampled };
  return state === undefined ? step : { ...step, state };
}

/** What a call to another service carries. @internal */
export function outgoingHeaders(trace: TraceContext | undefined): { traceparent?: string; tracestate?: string } {
  if (trace === undefined) return {};
  const traceparent = formatTraceparent(trace);
  return trace.state === undefined ? { traceparent } : { traceparent, tracestate: trace.state };
}

/** Ids that are all zero say nothing; drawn they are so once in 2 to the 64. */
function idOf(ids: HexIds, bytes: number): string {
  const id = ids.draw(bytes);
  return id.startsWith('0') && /^0+$/.test(id) ? idOf(ids, bytes) : id;
}
