import type { Component } from '../../core/component.js';
import type { OptionIssue } from '../../core/errors.js';
import type { Reporter } from '../../core/reporter.js';
import type { Hardening } from '../hardening.js';
import type { AbuseSettings } from '../limits/abuse-options.js';
import { limitersOf, type LimitTable } from '../limits/limits.js';
import type { ParsedHardeningOptions } from '../read-options.js';
import type { HttpMetrics, HttpMonitor } from '../record/metric-sinks.js';
import { type Authorizer, authorizer } from './authorization.js';
import { StatusPage } from '../status-page/status-page.js';
import { type HealthRoute, HealthRoutes } from './health-routes.js';
import { healthSource, watched } from './health-source.js';
import { MetricsRoute } from './metrics-route.js';
import { PartMetrics } from './part-metrics.js';
import { liveRoute, readyRoute } from './probes.js';
import { checkRoute, summaryRoute } from './report-routes.js';
import type { KnownSource, Phase } from './report.js';
import { securityRoute } from './security-route.js';
import { SharedReport } from './shared-report.js';

/** The parts of a pipeline that the health routes tell of. @internal */
export interface HealthParts {
  readonly pipeline: Hardening;
  readonly limits: LimitTable;
  readonly abuse: AbuseSettings | undefined;
  readonly metrics: HttpMetrics | undefined;
  readonly monitor: HttpMonitor | undefined;
  /** Reads the time; never fails. */
  readonly now: () => number;
  readonly reporter: Reporter;
}

/** The health routes, unless they are off, and all parts in the collector that was given. @internal */
export function makeHealth(
  options: ParsedHardeningOptions,
  parts: HealthParts,
  issues: OptionIssue[],
): HealthRoutes | undefined {
  const { clock, components = [], healthPrefix = '/health', onListenerError } = options;
  const shared = { clock, ...(onListenerError === undefined ? {} : { onListenerError }) };
  const isOff = options.health === false;
  const checks = isOff ? undefined : healthSource(options.health, shared, issues);
  const metrics = partMetrics(options, parts, checks, components);
  const ofComponents = isOff || components.length === 0 ? [] : [watched(components, shared, issues)];
  // So that whoever reads that collector in another way sees them, too.
  if (parts.metrics !== undefined && issues.length === 0) metrics.collector();
  if (checks === undefined) return undefined;
  const routes = routesOf(options, parts, checks, ofComponents, metrics);
  return new HealthRoutes(healthPrefix, routes, parts.reporter);
}

/** The table of the routes. */
function routesOf(
  options: ParsedHardeningOptions,
  parts: HealthParts,
  checks: KnownSource,
  ofComponents: readonly KnownSource[],
  metrics: PartMetrics,
): readonly HealthRoute[] {
  const { limits, abuse, now, reporter } = parts;
  const { clock, authorize, lifecycle } = options;
  const authorized = authorizer(authorize, clock, reporter);
  const phaseNow = (): Phase => lifecycle?.phase ?? 'READY';
  const everything = new SharedReport([checks, ...ofComponents], now);
  const status = async () => (await everything.get()).report.status;
  const limiters = limitersOf(limits).filter((limiter) => limiter.kind === 'ddos-protection');
  return [
    liveRoute(checks),
    readyRoute(checks, phaseNow),
    checkRoute(everything, authorized),
    summaryRoute(everything, authorized, phaseNow),
    new MetricsRoute({ metrics, status, authorized, clock, now, reporter }),
    securityRoute({ detector: abuse?.detector, limiters, reporter }, authorized, now),
    ...pageOf(options, parts, checks, ofComponents[0], authorized),
  ];
}

/** The page for people, unless it is off. */
function pageOf(
  { statusPage, authorize, clock, name, lifecycle, components = [] }: ParsedHardeningOptions,
  { pipeline, limits, abuse, now, reporter }: HealthParts,
  checks: KnownSource,
  ofComponents: KnownSource | undefined,
  authorized: Authorizer,
): readonly HealthRoute[] {
  if (statusPage === false) return [];
  const settings = {
    title: statusPage.title ?? name,
    refreshSeconds: statusPage.refreshSeconds,
    asksForToken: typeof authorize === 'string',
    wallNow: () => clock.wallNow(),
    limiters: limitersOf(limits),
    watched: ofComponents,
  };
  return [new StatusPage({ ...settings, pipeline, checks, components, lifecycle, abuse, authorized, now, reporter })];
}

function partMetrics(
  { clock, health, lifecycle, onListenerError }: ParsedHardeningOptions,
  { pipeline, limits, abuse, metrics, monitor, reporter }: HealthParts,
  checks: KnownSource | undefined,
  components: readonly Component[],
): PartMetrics {
  // A source of the service's own may be a component, too, which what stands for it in the routes is not.
  const parts = [pipeline, ...limitersOf(limits), abuse?.detector, checks, health, monitor, lifecycle, ...components];
  return new PartMetrics({ given: metrics, parts: [...new Set(parts)], clock, onListenerError, reporter });
}
