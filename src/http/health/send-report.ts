import { type HealthFormat, type HealthReport, healthResponse } from '../../health/index.js';
import type { RequestView } from '../exchange.js';
import { send } from '../send.js';
import { healthFormat } from './health-format.js';
import { varyByAccept } from './vary-by-accept.js';

/** When to ask again after a 503. */
const RETRY_AFTER_SECONDS = 5;

/** An answer about health before it is sent. @internal */
export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly contentType: string;
  readonly body: string;
}

/** The form that a request asks for. @internal */
export function formatFor(request: RequestView): HealthFormat {
  return healthFormat(request.header('accept'));
}

/**
 * A report in a form. `DEGRADED` still serves; `UNHEALTHY` is 503 in every form: whoever probes looks at the status alone.
 *
 * @param json - what JSON shows in the place of the report.
 * @internal
 */
export function healthAnswer(
  report: HealthReport,
  format: HealthFormat,
  { details = false, json }: { readonly details?: boolean; readonly json?: object } = {},
): HealthAnswer {
  const { headers, body } = healthResponse(report, { format, details });
  return {
    status: report.status === 'UNHEALTHY' ? 503 : 200,
    contentType: headers['Content-Type'] ?? '',
    body: format === 'json' && json !== undefined ? JSON.stringify(json) : body,
  };
}

/** Sends an answer about health, which nobody may keep. @internal */
export function sendHealth(request: RequestView, { status, contentType, body }: HealthAnswer): void {
  const { response } = request.exchange;
  if (response.headersSent) return;
  varyByAccept(response);
  const headers: [string, string][] = status === 503 ? [['Retry-After', String(RETRY_AFTER_SECONDS)]] : [];
  send(request, status, { contentType, headers, body });
}
