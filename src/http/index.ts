export type { Authorize } from './health/authorization.js';
export type { HardeningEvents, RequestRefused } from './events.js';
export type { ConnectionShape, Exchange, HardeningRequest, RequestHeaders, ResponseShape } from './exchange.js';
export type { Identify, Identity } from './limits/guard.js';
export type { Hardening, HardeningSnapshot, PipelineStep } from './hardening.js';
export { createHardening } from './create-hardening.js';
export type { RecordAbuseOptions } from './limits/abuse.js';
export type { AbuseAction, AbuseSink, HttpAbuseOptions } from './limits/abuse-options.js';
export type { HealthSource, Phase, Report, ReportedComponent } from './health/report.js';
export type { AddressLimiter, KeyLimiter } from './limits/limits.js';
export type { HardeningInput, MountedPipeline } from './mount.js';
export type {
  EventLogger,
  HardeningOptions,
  RequestIdOptions,
  RequestRecordOptions,
  StatusPageOptions,
  TraceStep,
} from './options.js';
export { HARDENING_DEFAULTS } from './options.js';
export type { RateLimitDraft } from './limits/rate-limit-drafts.js';
export type { PolicyDecision } from './limits/rate-limit-fields.js';
export { rateLimitFields } from './limits/rate-limit-fields.js';
export type { RateLimitFieldsOptions, RateLimitHeadersOptions } from './limits/rate-limit-options.js';
export { RATE_LIMIT_HEADERS_DEFAULTS } from './limits/rate-limit-options.js';
export type {
  HttpCounter,
  HttpGauge,
  HttpHistogram,
  HttpLevel,
  HttpMetrics,
  HttpMonitor,
  HttpSeries,
} from './record/metric-sinks.js';
export type { RequestKind, RequestRecord } from './record/request-record.js';
export type { RouteRule } from './limits/route-rules.js';
export { cspNonce } from './headers/csp-nonce.js';
export type { SecurityHeaders, SecurityHeadersOptions, SecurityHeadersPreset } from './headers/security-headers.js';
export { SECURITY_HEADERS_DEFAULTS, securityHeaders } from './headers/security-headers.js';
