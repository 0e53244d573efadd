import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus, isHealthStatus } from '../../core/health-status.js';
import { count, describe, flag, oneOf, type ParsedOptions, parseOptions, text } from '../../core/options.js';
import { redactName, redactText, redactValue } from '../../core/redaction.js';
import type { ComponentHealth, HealthReport } from '../report.js';
import { healthJson } from './health-json.js';
import { prometheusText } from './prometheus-text.js';

/** The form of a {@link HealthResponse}'s body. */
export type HealthFormat = 'json' | 'health+json' | 'prometheus';

/** Options of {@link healthResponse}. */
export interface HealthResponseOptions {
  /**
   * The form of the body: the report as JSON, the draft "Health Check Response Format for HTTP APIs", or text for a scrape.
   * @defaultValue `'json'`
   */
  readonly format?: HealthFormat | undefined;
  /**
   * Whether the body tells more than the status of the whole. Only for those who may know the inside of the service.
   * @defaultValue `false`
   */
  readonly details?: boolean | undefined;
  /** When to ask again after a 503, in whole seconds from 1 to 86,400. @defaultValue `5` */
  readonly retryAfterSeconds?: number | undefined;
  /** `serviceId` of `'health+json'`, and the label `health` of `'prometheus'`; 1 to 200 characters, shown with details. @defaultValue none */
  readonly serviceId?: string | undefined;
  /** `releaseId` of `'health+json'`; 1 to 200 characters, shown with details. @defaultValue none */
  readonly releaseId?: string | undefined;
}

/** Defaults of {@link HealthResponseOptions}. */
export const HEALTH_RESPONSE_DEFAULTS = /* @__PURE__ */ Object.freeze({
  format: 'json' as const,
  details: false,
  retryAfterSeconds: 5,
});

/** A report as an answer over HTTP, for whatever framework. */
export interface HealthResponse {
  /** 200 while it serves, 503 when it is `UNHEALTHY`; always 200 as `'prometheus'`, since a scrape drops everything else. */
  readonly statusCode: 200 | 503;
  /** An object of its own in each answer. */
  readonly headers: Record<string, string>;
  /** For `HEAD`, leave it out. */
  readonly body: string;
}

function schema() {
  const { format, details, retryAfterSeconds } = HEALTH_RESPONSE_DEFAULTS;
  return {
    format: oneOf(['json', 'health+json', 'prometheus'], format),
    details: flag(details),
    retryAfterSeconds: count({ min: 1, max: 86_400, default: retryAfterSeconds }),
    serviceId: text(undefined),
    releaseId: text(undefined),
  };
}

type Settings = ParsedOptions<ReturnType<typeof schema>>;

/**
 * A report as an answer over HTTP: pure, so that any server can send it. Without `details` it tells the status alone: no
 * name, message, address or version.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 * @throws {@link InvalidArgumentError} when `report` is none.
 *
 * @example
 * const { statusCode, headers, body } = healthResponse(await health.readiness());
 * response.writeHead(statusCode, headers).end(body);
 */
export function healthResponse(report: HealthReport, options?: HealthResponseOptions): HealthResponse {
  const settings = parseOptions('healthResponse', schema(), options);
  const safe = safeReport(report, settings.details);
  const isScrape = settings.format === 'prometheus';
  const statusCode = safe.status === HealthStatus.UNHEALTHY && !isScrape ? 503 : 200;
  return {
    statusCode,
    headers: {
      'Content-Type': CONTENT_TYPES[settings.format],
      'Cache-Control': 'no-store',
      ...(statusCode === 503 ? { 'Retry-After': String(settings.retryAfterSeconds) } : {}),
    },
    body: bodyOf(safe, settings),
  };
}

const CONTENT_TYPES = /* @__PURE__ */ Object.freeze({
  json: 'application/json; charset=utf-8',
  'health+json': 'application/health+json',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
});

function bodyOf(report: HealthReport, { format, details, serviceId, releaseId }: Settings): string {
  switch (format) {
    case 'prometheus':
      return prometheusText(report, details, serviceId);
    case 'health+json':
      return JSON.stringify(healthJson(report, details, serviceId, releaseId));
    default:
      return JSON.stringify(details ? report : { status: report.status });
  }
}

/** Reports may come from elsewhere, and what is a secret may have become known since a message was written. */
function safeReport(report: unknown, details: boolean): HealthReport {
  const { status, components } = (report ?? {}) as { readonly status?: unknown; readonly components?: unknown };
  if (!Array.isArray(components)) {
    throw new InvalidArgumentError(
      `healthResponse: the report must have status and components, got ${describe(report)}`,
    );
  }
  return {
    status: statusOf(status),
    components: details ? (components as ComponentHealth[]).map(safeComponent) : [],
  };
}

function safeComponent(component: ComponentHealth): ComponentHealth {
  const { message, details } = component;
  return {
    name: redactName(textOf(component.name)),
    status: statusOf(component.status),
    responseTimeMs: component.responseTimeMs,
    ...(message === undefined ? {} : { message: redactText(textOf(message), 200) }),
    ...(details === undefined ? {} : { details: redactValue(details) }),
    observedAt: component.observedAt,
    ageMs: component.ageMs,
    cached: component.cached,
    critical: component.critical,
    consecutiveFailures: component.consecutiveFailures,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describe(value);
}

/** What is no status is not well. */
function statusOf(value: unknown): HealthStatus {
  return isHealthStatus(value) ? value : HealthStatus.UNHEALTHY;
}
