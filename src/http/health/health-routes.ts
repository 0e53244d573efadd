import { HealthStatus } from '../../core/health-status.js';
import type { Reporter } from '../../core/reporter.js';
import type { Authorizer } from './authorization.js';
import type { RequestView } from '../exchange.js';
import { send } from '../send.js';

/** One component of a report, as far as the pipeline looks. */
export interface ReportedComponent {
  readonly name: string;
  readonly status: HealthStatus;
}

/** A report, as far as the pipeline looks. */
export interface Report {
  readonly status: HealthStatus;
  readonly components: readonly ReportedComponent[];
}

/** What the pipeline needs of health checks: `HealthCheckService` has it. */
export interface HealthSource {
  /** Everything that is checked. */
  check(): Promise<Report>;
  /** Whether the process works. */
  liveness(): Promise<Report>;
  /** Whether it may get traffic. */
  readiness(): Promise<Report>;
  /** What happened lately, for the status page: `{ checks: [{ name, results }] }` as `HealthCheckService` has it. */
  history?(): unknown;
}

/** Where a service is in its life. */
export type Phase = 'STARTING' | 'READY' | 'DRAINING' | 'STOPPED';

/** @internal */
export interface HealthRouteSettings {
  readonly prefix: string;
  /** The service's checks, for every route. */
  readonly checks: HealthSource | undefined;
  /** Parts with a health of their own, for check and summary. */
  readonly components: HealthSource | undefined;
  readonly phase: () => Phase;
  readonly authorized: Authorizer;
  /** The page for people; it decides itself who may see it. */
  readonly page: ((request: RequestView) => Promise<void>) | undefined;
  /** Reads the time; never fails. */
  readonly now: () => number;
  readonly reporter: Reporter;
}

const ROUTES = ['live', 'ready', 'check', 'summary'] as const;
type Route = (typeof ROUTES)[number] | 'status';

/** Check and summary are rendered at most this often. */
const RENDERED_FOR_MS = 1_000;
/** When to ask again after a 503. */
const RETRY_AFTER_SECONDS = '5';

/** Answers the health routes; every other request is not its business. @internal */
export class HealthRoutes {
  readonly #settings: HealthRouteSettings;
  readonly #paths: ReadonlyMap<string, Route>;
  #report: Promise<Report> | undefined;
  #reportedAtMs = -Infinity;

  constructor(settings: HealthRouteSettings) {
    this.#settings = settings;
    const routes: readonly Route[] = settings.page === undefined ? ROUTES : [...ROUTES, 'status'];
    this.#paths = new Map(routes.map((route) => [`${settings.prefix}/${route}`, route]));
  }

  /** Whether a path is one of its routes. */
  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** `undefined` when the request asks for something else, else a promise of the answer having been sent. */
  answer(request: RequestView): Promise<void> | undefined {
    const route = this.#paths.get(request.path);
    if (route === undefined) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const body = { type: 'about:blank', title: 'Method not allowed', status: 405 };
      send(request, 405, { contentType: 'application/problem+json', headers: [['Allow', 'GET, HEAD']], body });
      return Promise.resolve();
    }
    return this.#render(route, request).catch((error: unknown) => {
      // A health route that fails must not look healthy.
      this.#settings.reporter.listenerError(error);
      this.#send(request, 503, { status: HealthStatus.UNHEALTHY });
    });
  }

  async #render(route: Route, request: RequestView): Promise<void> {
    if (route === 'live') return this.#live(request);
    if (route === 'ready') return this.#ready(request);
    if (route === 'status') return this.#settings.page?.(request);
    const report = await this.#shared();
    const open = await this.#settings.authorized(request);
    const body = route === 'check' ? report : this.#summary(report);
    this.#send(request, statusOf(report), open ? body : { status: report.status });
  }

  async #live(request: RequestView): Promise<void> {
    const report = (await this.#settings.checks?.liveness()) ?? NOTHING_KNOWN;
    this.#send(request, statusOf(report), { status: report.status });
  }

  /** Whatever the checks say, a service that starts or drains must get no traffic. */
  async #ready(request: RequestView): Promise<void> {
    const phase = this.#settings.phase();
    if (phase !== 'READY') {
      this.#send(request, 503, { status: HealthStatus.UNHEALTHY, phase });
      return;
    }
    const report = (await this.#settings.checks?.readiness()) ?? NOTHING_KNOWN;
    this.#send(request, statusOf(report), { status: report.status, phase });
  }

  #summary({ status, components }: Report): object {
    const counts = { HEALTHY: 0, DEGRADED: 0, UNHEALTHY: 0 };
    for (const component of components) counts[component.status]++;
    return { status, phase: this.#settings.phase(), components: counts };
  }

  /** One report a second for everybody who asks. */
  #shared(): Promise<Report> {
    const nowMs = this.#settings.now();
    if (this.#report === undefined || nowMs - this.#reportedAtMs >= RENDERED_FOR_MS) {
      this.#reportedAtMs = nowMs;
      this.#report = this.#everything();
    }
    return this.#report;
  }

  async #everything(): Promise<Report> {
    const { checks, components } = this.#settings;
    const reports = await Promise.all([checks?.check() ?? NOTHING_KNOWN, components?.check() ?? NOTHING_KNOWN]);
    return { status: worst(reports), components: reports.flatMap((report) => report.components) };
  }

  #send(request: RequestView, status: 200 | 503, body: object): void {
    const headers: [string, string][] = status === 503 ? [['Retry-After', RETRY_AFTER_SECONDS]] : [];
    send(request, status, { contentType: 'application/json', headers, body });
  }
}

/** A service that registered nothing answers, and that is all there is to know. */
const NOTHING_KNOWN: Report = /* @__PURE__ */ Object.freeze({ status: HealthStatus.HEALTHY, components: [] });

function worst(reports: readonly Report[]): HealthStatus {
  const found = new Set(reports.map(({ status }) => status));
  if (found.has('UNHEALTHY')) return HealthStatus.UNHEALTHY;
  return found.has('DEGRADED') ? HealthStatus.DEGRADED : HealthStatus.HEALTHY;
}

/** `DEGRADED` still serves. */
function statusOf({ status }: Report): 200 | 503 {
  return status === 'UNHEALTHY' ? 503 : 200;
}
