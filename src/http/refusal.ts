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
  const window = windowSeconds === undefined ? '' : `;w=${String(windowSeconds)}`;
  const reset =
    resetAfterMs === Infinity ? '' : `;t=${String(Math.max(1, Math.min(seconds(resetAfterMs), retryAfter)))}`;
  const headers: [string, string][] = [
    ['RateLimit-Policy', `${name};q=${String(limit)}${window}`],
    ['RateLimit', `${name};r=${String(remaining)}${reset}`],
  ];
  if (!never) headers.unshift(['Retry-After', String(retryAfter)]);
  // The rest of a body that nobody will read must not keep the connection busy.
  if (hasBody(request)) headers.push(['Connection', 'close']);
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

/** A string as structured fields have it (RFC 9651, section 3.3.3); names are checked to be ASCII when they are set. */
function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

function hasBody(request: RequestView): boolean {
  return request.header('transfer-encoding') !== undefined || Number(request.header('content-length') ?? 0) > 0;
}
