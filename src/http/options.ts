import type { Clock } from '../core/clock.js';
import type { Component } from '../core/component.js';
import type { ListenerErrorHandler } from '../core/reporter.js';
import type { HealthCheckServiceOptions } from '../health/index.js';
import type { MetricsCollectorOptions } from '../observability/metrics/index.js';
import type { PerformanceMonitorOptions } from '../observability/performance-monitor/index.js';
import type { TrustProxy } from '../traffic/client-address/index.js';
import type { DDoSProtectionOptions } from '../traffic/ddos-protection/index.js';
import type { PerUserRateLimiterOptions } from '../traffic/rate-limiter/index.js';
import type { HardeningRequest } from './exchange.js';
import type { SecurityHeaders, SecurityHeadersOptions } from './headers/security-headers.js';
import type { Authorize } from './health/authorization.js';
import type { HealthSource, Phase } from './health/report.js';
import type { AbuseSink, HttpAbuseOptions } from './limits/abuse-options.js';
import type { Identify } from './limits/guard.js';
import type { AddressLimiter, KeyLimiter } from './limits/limits.js';
import type { RateLimitHeadersOptions } from './limits/rate-limit-options.js';
import type { RouteRule } from './limits/route-rules.js';
import type { HttpMetrics, HttpMonitor } from './record/metric-sinks.js';
import type { RequestRecord } from './record/request-record.js';

/** Where a request stands in a trace, as W3C Trace Context describes it. */
export interface TraceStep {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits: the request. */
  readonly spanId: string;
  /** The caller's step; absent when the trace begins here. */
  readonly parentSpanId?: string;
  /** Whether the caller recorded the trace. */
  readonly sampled: boolean;
  /** The caller's `tracestate`. */
  readonly state?: string;
}

/** Where the pipeline writes: a `StructuredLogger`, or anything with this method. */
export interface EventLogger {
  /** Writes one event. */
  event(type: string, message: string, fields?: object): void;
  /** Calls `fn` so that every line within it has the fields. Without it lines of handlers do not tell their request. */
  withContext?<T>(fields: object, fn: () => T): T;
  /** Calls `fn` as a step of a trace: exactly the one that is given. */
  withTrace?<T>(step: TraceStep, fn: () => T): T;
  /**
   * Both at once, for as many calls as there are: gives what calls a function so that every line within it has the fields and
   * the step. With it neither of the others is called.
   */
  contextRunner?(fields: object, options: { readonly trace?: TraceStep | undefined }): <T>(fn: () => T) => T;
}

/** What the records of requests hold besides. */
export interface RequestRecordOptions {
  /** Parameters of the query, by name; up to 50. @defaultValue none: queries often hold what is secret */
  readonly query?: readonly string[] | undefined;
  /** Headers of the request, by name; up to 50. What is sensitive is masked. @defaultValue none */
  readonly headers?: readonly string[] | undefined;
  /** Which requests leave no line in the access log, such as probes; errors from status 500 on always do. @defaultValue none */
  readonly skip?: ((record: RequestRecord) => boolean) | undefined;
}

/** The status page. */
export interface StatusPageOptions {
  /** Its title, 1 to 200 characters. @defaultValue the pipeline's name */
  readonly title?: string | undefined;
  /** How often it loads itself again, in seconds from 1 to 3,600; `false` for not. @defaultValue `5` */
  readonly refreshSeconds?: number | false | undefined;
}

/** How requests get their ids. */
export interface RequestIdOptions {
  /**
   * Whether a well-formed id in the request's `X-Request-Id` is taken over: 8 to 128 letters, digits and `. _ : + / = -`.
   * @defaultValue `true`
   */
  readonly acceptIncoming?: boolean | undefined;
}

/** Options of {@link createHardening}. Left out means on for `ddos`, `headers`, `requestId`, `requestRecord` and `health`. */
export interface HardeningOptions {
  /** Shown in events and snapshots; 1 to 200 characters. @defaultValue `'http'` */
  readonly name?: string | undefined;
  /** Blocks addresses that flood: an instance, its options, or `false`. @defaultValue 100 requests a minute */
  readonly ddos?: AddressLimiter | DDoSProtectionOptions | false | undefined;
  /**
   * Limits each user: an instance, options that replace the defaults, or `false`.
   * @defaultValue with `identify`: 100 requests at once and 100 a minute; without: off
   */
  readonly perUser?: KeyLimiter | Partial<PerUserRateLimiterOptions> | false | undefined;
  /** What clients are told of their limits, or `false` for nothing but `Retry-After`. @defaultValue `{ draft: 'draft-10' }` */
  readonly rateLimitHeaders?: RateLimitHeadersOptions | false | undefined;
  /** Security headers: ready-made ones, options for them, or `false`. @defaultValue `{ preset: 'default' }` */
  readonly headers?: SecurityHeaders | SecurityHeadersOptions | false | undefined;
  /** Whether each request gets an id, answered as `X-Request-Id`. @defaultValue `{ acceptIncoming: true }` */
  readonly requestId?: RequestIdOptions | false | undefined;
  /** Whether each request leaves a record, the `request` event and the access log, and what it holds besides. @defaultValue `true` */
  readonly requestRecord?: boolean | RequestRecordOptions | undefined;
  /**
   * Books what clients do wrong, such as failed logins: an instance, its options, which may say that a flag refuses
   * (`action: 'reject'`), or `false`.
   * @defaultValue none
   */
  readonly abuse?: AbuseSink | HttpAbuseOptions | false | undefined;
  /** Counts requests by method, route and status: an instance, its options, or `false`. @defaultValue none */
  readonly metrics?: HttpMetrics | MetricsCollectorOptions | false | undefined;
  /** Keeps the latest durations by method and route: an instance, its options, or `false`. @defaultValue none */
  readonly monitor?: HttpMonitor | PerformanceMonitorOptions | false | undefined;
  /**
   * Whether there is a page for people, at `/health/status`, for those whom `authorize` lets. A browser asks for a token as
   * for a password.
   * @defaultValue `false`
   */
  readonly statusPage?: boolean | StatusPageOptions | undefined;
  /** Health checks behind the routes: an instance, its options, or `false` for no routes. @defaultValue an empty one */
  readonly health?: HealthSource | HealthCheckServiceOptions | false | undefined;
  /** Where records and refusals are written. @defaultValue nowhere */
  readonly logger?: EventLogger | undefined;
  /** Parts that appear in `check` and `summary` by their own health, such as breakers. @defaultValue `[]` */
  readonly components?: readonly Component[] | undefined;
  /** Knows where the service is in its life, for `ready`. @defaultValue always `READY` */
  readonly lifecycle?: { readonly phase: Phase } | undefined;
  /** Finds out who is calling, or `'x-user-id'` to believe that header, which any client can set. @defaultValue nobody */
  readonly identify?: Identify | 'x-user-id' | undefined;
  /** Who may see details in `check` and `summary`: a bearer token of at least 16 characters, or a function. @defaultValue nobody */
  readonly authorize?: Authorize | undefined;
  /** How many proxies stand before the service, or their ranges. @defaultValue the framework's own setting */
  readonly trustProxy?: TrustProxy | undefined;
  /** A request that takes longer than this, in ms, is slow. @defaultValue `1_000` */
  readonly slowRequestMs?: number | undefined;
  /** Requests that no limiter counts. @defaultValue none */
  readonly exempt?: ((request: HardeningRequest) => boolean) | undefined;
  /** Limits of their own for parts of the service; the first that matches applies. @defaultValue `[]` */
  readonly routes?: readonly RouteRule[] | undefined;
  /** What the health routes begin with, from the root of the service on, wherever they are mounted. @defaultValue `'/health'` */
  readonly healthPrefix?: string | undefined;
  /** `'shadow'` refuses nobody and tells who would have been. @defaultValue `'enforce'` */
  readonly mode?: 'enforce' | 'shadow' | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of functions of the service that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link HardeningOptions}. */
export const HARDENING_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'http',
  requestRecord: true,
  slowRequestMs: 1_000,
  healthPrefix: '/health',
  mode: 'enforce',
});
