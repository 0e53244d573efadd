import type { ComponentEvent, MetricSample } from '../core/component.js';
import { Emitter } from '../core/emitter.js';
import { InvalidArgumentError, type OptionIssue } from '../core/errors.js';
import { Reporter } from '../core/reporter.js';
import { registerSecret } from '../core/secret-values.js';
import { steady } from '../core/steady.js';
import { createAddressResolver } from '../traffic/client-address/index.js';
import {
  EVERY_STEP,
  type Hardening,
  hardeningMetrics,
  type HardeningSnapshot,
  type PipelineStep,
} from './hardening.js';
import { HARDENING_EVENTS, type HardeningEvents, type RequestRefused } from './events.js';
import { type Exchange, type ResponseShape, RequestView } from './exchange.js';
import { HeaderTable } from './headers/header-table.js';
import { readHeadersOption } from './headers/security-headers.js';
import type { HealthRoutes } from './health/health-routes.js';
import { makeHealth } from './health/make-health.js';
import { AbuseBook, type RecordAbuseOptions } from './limits/abuse.js';
import { readAbuseOption } from './limits/abuse-options.js';
import { Guard, type Identify, type Later } from './limits/guard.js';
import { limitsFor, type LimitTable, makeLimits, mannersFor } from './limits/limits.js';
import { RateLimitHeaders } from './limits/rate-limit-headers.js';
import type { EventLogger } from './options.js';
import type { ParsedHardeningOptions } from './read-options.js';
import { harmless, logRefusal } from './record/logger.js';
import { metricsPart, monitorPart } from './record/metric-parts.js';
import { Recorder } from './record/recorder.js';
import { inRequestContext, tellInContext } from './record/request-context.js';
import { RequestIds } from './record/request-id.js';
import { type RecordTeller, wasGivenUp } from './record/request-record.js';
import { RequestViews } from './request-views.js';
import { ShownExtras } from './record/shown-extras.js';
import { shownPath } from './record/shown-path.js';

/** What {@link createHardening} makes: the parts, and the order in which a request meets them. @internal */
export class Pipeline implements Hardening {
  readonly kind = 'hardening';
  readonly name: string;
  /** Whether `trustProxy` decides what a forwarding header is worth, whatever the framework believes. */
  readonly declaresProxies: boolean;
  readonly #options: ParsedHardeningOptions;
  readonly #now: () => number;
  readonly #reporter: Reporter;
  readonly #events: Emitter<HardeningEvents>;
  readonly #logger: EventLogger | undefined;
  readonly #headers: HeaderTable;
  readonly #limits: LimitTable;
  readonly #guard: Guard;
  readonly #abuse: AbuseBook | undefined;
  readonly #views = new RequestViews();
  readonly #recorder: Recorder;
  readonly #health: HealthRoutes | undefined;
  readonly #resolve: (exchange: Exchange) => string | undefined;
  #requests = 0;
  #aborted = 0;
  #slow = 0;
  #refused = 0;

  constructor(options: ParsedHardeningOptions, issues: OptionIssue[]) {
    const { name, clock, onListenerError, trustProxy, mode } = options;
    this.#options = options;
    this.name = name;
    const reporter = (this.#reporter = new Reporter(`Hardening '${name}'`, clock, onListenerError));
    this.#now = steady(clock);
    this.#events = new Emitter(reporter, HARDENING_EVENTS);
    this.#logger = options.logger && harmless(options.logger, reporter);
    const headers = readHeadersOption(options.headers, issues);
    this.declaresProxies = trustProxy !== undefined;
    this.#resolve = trustProxy?.resolve ?? frameworkResolver(reporter);
    const identify = byHeader(options.identify);
    this.#limits = makeLimits({ ...options, identified: identify !== undefined }, issues);
    this.#headers = new HeaderTable(headers, this.#limits, trustProxy?.trusts);
    const shared = { clock, ...(onListenerError === undefined ? {} : { onListenerError }) };
    const abuse = readAbuseOption(options.abuse, shared, issues);
    this.#abuse = abuse && new AbuseBook(abuse, (request) => this.#guard.verifiedId(request), reporter);
    this.#guard = new Guard({
      identify,
      exempt: options.exempt,
      proxies: trustProxy?.ranges,
      shadow: mode === 'shadow',
      reporter,
      // A client must not be told limits that nobody enforces.
      headers: new RateLimitHeaders(mode === 'shadow' ? false : options.rateLimitHeaders, clock, reporter),
      abuse: this.#abuse,
      refused: (request, decision, shadow) => {
        this.#tellRefused(request.exchange.response, { ...this.#basics(request), decision, shadow });
      },
    });
    const metrics = metricsPart(options.metrics, shared, issues);
    const monitor = monitorPart(options.monitor, shared, issues);
    if (typeof options.authorize === 'string') registerSecret(options.authorize);
    const parts = { pipeline: this, limits: this.#limits, abuse, metrics, monitor, now: this.#now, reporter };
    this.#health = makeHealth(options, parts, issues);
    const { requestId, requestRecord } = options;
    this.#recorder = new Recorder({
      ids: requestId === false ? undefined : new RequestIds(requestId?.acceptIncoming ?? true),
      extras: requestRecord === false ? undefined : new ShownExtras(requestRecord),
      keepsRecords: requestRecord !== false,
      logger: this.#logger,
      givenLogger: options.logger,
      skip: requestRecord === false ? undefined : requestRecord.skip,
      // A pipeline that cannot be made must leave nothing in a collector.
      metrics: issues.length === 0 ? metrics : undefined,
      monitor,
      counts: this.#counts(),
      slowRequestMs: (request) => mannersFor(this.#limits, request.paths).slowRequestMs,
      now: this.#now,
      reporter,
    });
  }

  handle(exchange: Exchange, steps: readonly PipelineStep[] = EVERY_STEP): Later<boolean> {
    try {
      const request = new RequestView(exchange, this.#resolve);
      if (this.#abuse !== undefined) this.#views.keep(request);
      const answers = this.#run(request, steps, 0);
      return typeof answers === 'boolean' ? answers : answers.catch((error: unknown) => this.#fault(exchange, error));
    } catch (error) {
      return this.#fault(exchange, error);
    }
  }

  within<T>({ response }: Exchange, next: () => T): T {
    return inRequestContext(this.#logger, response, this.#reporter, next);
  }

  report(error: unknown): void {
    this.#reporter.listenerError(error);
  }

  recordAbuse(request: object, type: string, options?: RecordAbuseOptions): boolean {
    if (this.#abuse === undefined) return false;
    const view =
      typeof request === 'object' && (request as object | null) !== null ? this.#views.of(request) : undefined;
    if (view !== undefined) return this.#abuse.record(view, type, options);
    throw new InvalidArgumentError(
      'recordAbuse: the request must be one that went through this pipeline: req of Express, ctx of Koa, or what identify gets',
    );
  }

  /** A fault in the pipeline must not become a fault of the service. */
  #fault(exchange: Exchange, error: unknown): boolean {
    this.#reporter.listenerError(error);
    // It may be no exchange at all.
    const { response } = exchange as { readonly response?: ResponseShape };
    return response?.headersSent === true;
  }

  #run(request: RequestView, steps: readonly PipelineStep[], from: number): Later<boolean> {
    for (let i = from; i < steps.length; i++) {
      const answers = this.#step(steps[i] as PipelineStep, request);
      if (answers === true) return true;
      if (answers !== false) return answers.then((does) => does || this.#run(request, steps, i + 1));
    }
    return false;
  }

  #step(step: PipelineStep, request: RequestView): Later<boolean> {
    switch (step) {
      case 'record':
        this.#recorder.open(request);
        return false;
      case 'performance':
        this.#recorder.measure(request);
        return false;
      case 'headers':
        this.#headers.add(request);
        return false;
      case 'health':
        if (this.#health?.has(request.path) !== true) return false;
        // Whoever guesses tokens there is one who fails to log in.
        this.#book(request);
        return this.#health.answer(request) !== undefined;
      case 'guard':
        // Mounted before them, limits would fail the probes of whoever decides about restarts. No probe is an upgrade.
        if (request.kind === 'response' && this.#health?.has(request.path) === true) return false;
        this.#book(request);
        return this.#guard.refuses(request, limitsFor(this.#limits, request.paths), this.#limits.general.ddos);
    }
  }

  #book(request: RequestView): void {
    if (this.#abuse !== undefined) this.#recorder.join(request, [bookkeeper(this.#abuse, request)]);
  }

  on<K extends keyof HardeningEvents>(type: K, listener: (event: HardeningEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return this.#events.on('refused', (event) => listener({ type: 'refused', level: 'warn', data: eventData(event) }));
  }

  snapshot(): HardeningSnapshot {
    const counts = { requests: this.#requests, aborted: this.#aborted, slow: this.#slow, refused: this.#refused };
    return { name: this.name, mode: this.#options.mode, ...counts };
  }

  metrics(): Iterable<MetricSample> {
    return hardeningMetrics(this.snapshot());
  }

  #counts(): RecordTeller {
    return {
      does: 'count',
      target: this,
      closed: (record) => {
        this.#requests++;
        if (wasGivenUp(record)) this.#aborted++;
        if (record.slow) this.#slow++;
        if (this.#options.requestRecord !== false && this.#events.has('request')) this.#events.emit('request', record);
      },
    };
  }

  #basics(request: RequestView) {
    const { id } = request.state;
    const { address, method, path } = request;
    const known = { ...(id === undefined ? {} : { id }), ...(address === undefined ? {} : { address }) };
    return { ...known, method, path: shownPath(path) };
  }

  #tellRefused(response: ResponseShape, event: HardeningEvents['refused']): void {
    this.#refused++;
    const logger = this.#logger;
    if (logger !== undefined) {
      tellInContext(logger, response, this.#reporter, () => {
        logRefusal(logger, event);
      });
    }
    if (this.#events.has('refused')) this.#events.emit('refused', event);
  }
}

/** Books what the answer to a request tells of its client. */
function bookkeeper(abuse: AbuseBook, request: RequestView): RecordTeller {
  return {
    does: 'abuse',
    target: abuse,
    closed: ({ status }) => {
      abuse.answered(request, status);
    },
  };
}

/** The framework's address in its usual form; its own settings may be functions of the service, which may throw. */
function frameworkResolver(reporter: Reporter): (exchange: Exchange) => string | undefined {
  const usual = createAddressResolver(0);
  return (exchange) => {
    try {
      return usual({ socketAddress: exchange.frameworkAddress(), headers: exchange.headers });
    } catch (error) {
      reporter.listenerError(error);
      return undefined;
    }
  };
}

function byHeader(identify: Identify | 'x-user-id' | undefined): Identify | undefined {
  return identify === 'x-user-id' ? (request) => request.header('x-user-id') : identify;
}

/** A refusal as plain JSON. */
function eventData({ decision, ...request }: RequestRefused): object {
  const { policy, source, retryAfterMs } = decision;
  return { ...request, policy, source, retryAfterMs: retryAfterMs === Infinity ? null : retryAfterMs };
}
