/** A place in a distributed trace, as W3C Trace Context describes it. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero: the same in all services that take part. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero: this step. */
  readonly spanId: string;
  /** The step before, where it is known. */
  readonly parentSpanId?: string;
  /** Whether the caller recorded the trace. */
  readonly sampled: boolean;
  /** The caller's `tracestate`, handed on as it came. */
  readonly state?: string;
}

/** Headers as frameworks hand them over; names in lower case. */
export interface TraceHeaders {
  /** `version-traceId-spanId-flags`. */
  readonly traceparent?: string | readonly string[] | undefined;
  /** What tracing systems note for themselves. */
  readonly tracestate?: string | readonly string[] | undefined;
}

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** Beyond it the whole list may be dropped, which the standard allows. */
const LONGEST_STATE = 512;
const LONGEST_PARENT = 512;
const STATE = /^[\x20-\x7e]+$/;

/**
 * What a `traceparent` header says (W3C Trace Context): `undefined` when it is missing or malformed, with version `ff`,
 * with upper-case digits, or with ids that are all zero. Of versions to come the fields that are known are read.
 */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string' || header.length > LONGEST_PARENT) return undefined;
  const [, version, traceId, spanId, flags = '0', more] = TRACEPARENT.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` header that tells the next service of a context. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** What to hand on of a `tracestate`. @internal */
export function parseTracestate(header: unknown): string | undefined {
  const text = Array.isArray(header) ? header.join(',') : header;
  return typeof text === 'string' && text.length <= LONGEST_STATE && STATE.test(text) ? text : undefined;
}

/** Whether ids are well-formed and say something. @internal */
export function isTraceId(traceId: unknown, spanId: unknown): boolean {
  return (
    typeof traceId === 'string' &&
    typeof spanId === 'string' &&
    /^(?!0{32})[0-9a-f]{32}$/.test(traceId) &&
    /^(?!0{16})[0-9a-f]{16}$/.test(spanId)
  );
}
