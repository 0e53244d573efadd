import type { Decision } from '../../traffic/decision.js';
import type { RequestView } from '../exchange.js';
import { retryAfterField } from './rate-limit-fields.js';
import { send } from '../send.js';

const PROBLEM_TYPES = 'https://iana.org/assignments/http-problem-types#';

/**
 * Answers a refused request before any of its body is read: 429 with a time to come back, 503 when a shared store could
 * not be asked, 403 when no wait helps. The problem types are those of draft-ietf-httpapi-ratelimit-headers-10, the body
 * is RFC 9457's.
 * @internal
 */
export function sendRefusal(request: RequestView, decision: Decision): void {
  const { policy, retryAfterMs, violated } = decision;
  const { status, type, title } = problemOf(decision);
  const headers = Object.entries(retryAfterField(retryAfterMs));
  // The rest of a body that nobody will read must not keep the connection busy.
  // HTTP/2 has no such header, and ends the stream by itself.
  if (hasBody(request) && !request.isStream) headers.push(['Connection', 'close']);
  send(request, status, {
    contentType: 'application/problem+json',
    headers,
    body: {
      type: PROBLEM_TYPES + type,
      title,
      status,
      // A limiter of the service's own may name none.
      'violated-policies': Array.isArray(violated) && violated.length > 0 ? violated : [policy],
    },
  });
}

interface Problem {
  readonly status: number;
  readonly type: string;
  readonly title: string;
}

function problemOf({ source, degraded, retryAfterMs }: Decision): Problem {
  const never = retryAfterMs === Infinity;
  if (source === 'ban') {
    return { status: never ? 403 : 429, type: 'abnormal-usage-detected', title: 'Abnormal usage detected' };
  }
  // The client may have done nothing wrong: the service knows less than it should.
  if (source === 'fallback' && degraded && !never) {
    return { status: 503, type: 'temporary-reduced-capacity', title: 'Temporarily reduced capacity' };
  }
  return { status: never ? 403 : 429, type: 'quota-exceeded', title: 'Request quota exceeded' };
}

function hasBody(request: RequestView): boolean {
  return request.header('transfer-encoding') !== undefined || Number(request.header('content-length') ?? 0) > 0;
}
