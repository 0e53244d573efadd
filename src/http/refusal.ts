import type { Decision } from '../traffic/decision.js';
import type { RequestView } from './exchange.js';
import { send } from './send.js';

/** A policy as the RateLimit header fields describe it. */
export interface PolicyDescription {
  /** Seconds of the window; absent when there is none, or less than one. */
  readonly windowSeconds?: number;
}

const PROBLEM_TYPES = 'https://iana.org/assignments/http-problem-types#';

/**
 * Answers a refused request before any of its body is read: 429 with a time to come back, 403 when there is none. The
 * fields and the problem types are those of draft-ietf-httpapi-ratelimit-headers-10, the body is RFC 9457's.
 * @internal
 */
export function sendRefusal(request: RequestView, decision: Decision, { windowSeconds }: PolicyDescription): void {
  const { policy, limit, remaining, retryAfterMs, resetAfterMs, source } = decision;
  const never = retryAfterMs === Infinity;
  const status = never ? 403 : 429;
  const retryAfter = seconds(retryAfterMs);
  const name = quoted(policy);
  const window = windowSeconds === undefined ? '' : `;w=${integer(windowSeconds)}`;
  const reset = resetAfterMs === Infinity ? '' : `;t=${integer(Math.min(seconds(resetAfterMs), retryAfter))}`;
  const headers: [string, string][] = [
    ['RateLimit-Policy', `${name};q=${integer(limit)}${window}`],
    ['RateLimit', `${name};r=${integer(remaining)}${reset}`],
  ];
  if (!never) headers.unshift(['Retry-After', integer(retryAfter)]);
  // The rest of a body that nobody will read must not keep the connection busy.
  // HTTP/2 has no such header, and ends the stream by itself.
  if (hasBody(request) && !('stream' in request.exchange.response)) headers.push(['Connection', 'close']);
  const banned = source === 'ban';
  send(request, status, {
    contentType: 'application/problem+json',
    headers,
    body: {
      type: PROBLEM_TYPES + (banned ? 'abnormal-usage-detected' : 'quota-exceeded'),
      title: banned ? 'Abnormal usage detected' : 'Request quota exceeded',
      status,
      'violated-policies': [policy],
    },
  });
}

/** Whole seconds, rounded up, never less than one. */
function seconds(ms: number): number {
  return ms === Infinity ? Infinity : Math.max(1, Math.ceil(ms / 1_000));
}

/** A number as structured fields have it: 15 digits at most, and never an exponent. */
function integer(value: number): string {
  return String(Math.min(value, 999_999_999_999_999));
}

/** A string as structured fields have it (RFC 9651, section 3.3.3); names are checked to be ASCII when they are set. */
function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

function hasBody(request: RequestView): boolean {
  return request.header('transfer-encoding') !== undefined || Number(request.header('content-length') ?? 0) > 0;
}
