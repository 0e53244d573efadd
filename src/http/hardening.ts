import type { Component, ComponentEvent } from '../core/component.js';
import { Emitter } from '../core/emitter.js';
import type { OptionIssue } from '../core/errors.js';
import { registerSecret } from '../core/secret-values.js';
import { Reporter } from '../core/reporter.js';
import { steady } from '../core/steady.js';
import { createAddressResolver } from '../traffic/client-address/index.js';
import { authorizer } from './health/authorization.js';
import { HARDENING_EVENTS, type HardeningEvents, type RequestRefused } from './events.js';
import { type Exchange, RequestView, stateOf } from './exchange.js';
import { fillHeaders } from './headers/fill-headers.js';
import { Guard, type Identify, type Later } from './limits/guard.js';
import { HealthRoutes } from './health/health-routes.js';
import { healthSource, watched } from './health/health-source.js';
import { limitsFor, type LimitTable, makeLimits, slowRequestMsFor } from './limits/limits.js';
import { harmless, logRecord, logRefusal } from './record/log.js';
import {
  type EventLogger,
  type HardeningOptions,
  type ParsedHardeningOptions,
  parseHardeningOptions,
} from './options.js';
import { RateLimitHeaders } from './limits/rate-limit-headers.js';
import { RequestIds } from './record/request-id.js';
import { openRecord, shownPath } from './record/request-record.js';
import { readHeadersOption, type SecurityHeaders } from './headers/security-headers.js';

/** Parts of the pipeline that can be mounted by themselves, in the order in which they run. */
export type PipelineStep = 'record' | 'headers' | 'health' | 'guard';

/** All of them. @internal */
export const EVERY_STEP: readonly PipelineStep[] = /* @__PURE__ */ Object.freeze([
  'record',
  'headers',
  'health',
  'guard',
]);

/** A pipeline's counts as plain JSON. */
export interface HardeningSnapshot {
  readonly name: string;
  readonly mode: 'enforce' | 'shadow';
  /** Requests that are over, … */
  readonly requests: number;
  /** … of which the client hung up on, … */
  readonly aborted: number;
  /** … that were slow, … */
  readonly slow: number;
  /** … and requests that were refused, or would have been. */
  readonly refused: number;
}

/** A pipeline: made once, mounted by an adapter. */
export interface Hardening extends Component<HardeningSnapshot> {
  readonly kind: 'hardening';
  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof HardeningEvents>(type: K, listener: (event: HardeningEvents[K]) => void): () => void;
  /**
   * Runs a request through the pipeline, for adapters. It never throws or rejects.
   *
   * @param steps - which parts. @defaultValue all
   * @returns whether the pipeline answers the request itself, so that nobody else may; a promise of that, when a limiter
   * that shares a store is asked.
   */
  handle(exchange: Exchange, steps?: readonly PipelineStep[]): boolean | Promise<boolean>;
}

/**
 * Makes the pipeline that stands before every request: record, security headers, health routes and limits. Mount it
 * with `setupMiddleware` of `breakwater/express` or `breakwater/koa`.
 *
 * @example
 * const hardening = createHardening({ identify: 'x-user-id', components: [breaker] });
 * setupMiddleware(app, hardening);
 *
 * @throws {@link InvalidOptionsError} naming every option, of the parts too, that is unknown or impossible.
 */
export function createHardening(options?: HardeningOptions): Hardening {
  return parseHardeningOptions(options, (parsed, issues) => new Pipeline(parsed, issues));
}

class Pipeline implements Hardening {
  readonly kind = 'hardening';
  readonly name: string;
  /** Whether `trustProxy` decides what a forwarding header is worth, whatever the framework believes. */
  readonly declaresProxies: boolean;
  readonly #options: ParsedHardeningOptions;
  readonly #now: () => number;
  readonly #reporter: Reporter;
  readonly #events: Emitter<HardeningEvents>;
  readonly #logger: EventLogger | undefined;
  readonly #headers: SecurityHeaders | undefined;
  readonly #ids: RequestIds | undefined;
  readonly #limits: LimitTable;
  readonly #guard: Guard;
  readonly #health: HealthRoutes | undefined;
  readonly #resolve: (exchange: Exchange) => string | undefined;
  #requests = 0;
  #aborted = 0;
  #slow = 0;
  #refused = 0;

  constructor(options: ParsedHardeningOptions, issues: OptionIssue[]) {
    const { name, clock, onListenerError, requestId, trustProxy, mode } = options;
    this.#options = options;
    this.name = name;
    this.#reporter = new Reporter(`Hardening '${name}'`, clock, onListenerError);
    this.#now = steady(clock);
    this.#events = new Emitter(this.#reporter, HARDENING_EVENTS);
    this.#logger = options.logger && harmless(options.logger, this.#reporter);
    this.#headers = readHeadersOption(options.headers, issues);
    this.#ids = requestId === false ? undefined : new RequestIds(requestId?.acceptIncoming ?? true);
    this.declaresProxies = trustProxy !== undefined;
    this.#resolve = trustProxy?.resolve ?? frameworkResolver(this.#reporter);
    const identify = byHeader(options.identify);
    this.#limits = makeLimits({ ...options, identified: identify !== undefined }, issues);
    this.#guard = new Guard({
      identify,
      exempt: options.exempt,
      proxies: trustProxy?.ranges,
      shadow: mode === 'shadow',
      reporter: this.#reporter,
      // A client must not be told limits that nobody enforces.
      headers: new RateLimitHeaders(mode === 'shadow' ? false : options.rateLimitHeaders, clock, this.#reporter),
      refused: (request, decision, shadow) => {
        this.#tellRefused({ ...this.#basics(request), decision, shadow });
      },
    });
    this.#health = this.#makeHealth(options, issues);
    if (typeof options.authorize === 'string') registerSecret(options.authorize);
  }

  handle(exchange: Exchange, steps: readonly PipelineStep[] = EVERY_STEP): Later<boolean> {
    try {
      const request = new RequestView(exchange, this.#resolve);
      const answers = this.#run(request, steps, 0);
      return typeof answers === 'boolean' ? answers : answers.catch((error: unknown) => this.#fault(exchange, error));
    } catch (error) {
      return this.#fault(exchange, error);
    }
  }

  /** A fault in the pipeline must not become a fault of the service. */
  #fault({ response }: Exchange, error: unknown): boolean {
    this.#reporter.listenerError(error);
    return response.headersSent;
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
        this.#open(request);
        return false;
      case 'headers':
        if (this.#headers !== undefined) fillHeaders(request.exchange.response, this.#headers.list);
        return false;
      case 'health':
        return this.#health?.answer(request) !== undefined;
      case 'guard':
        // Mounted before them, limits would fail the probes of whoever decides about restarts.
        if (this.#health?.has(request.path) === true) return false;
        return this.#guard.refuses(request, limitsFor(this.#limits, request.paths), this.#limits.general.ddos);
    }
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

  #open(request: RequestView): void {
    const { response } = request.exchange;
    if (this.#ids !== undefined) {
      const state = stateOf(response);
      state.id ??= this.#ids.of(request.header('x-request-id'));
      fillHeaders(response, [['X-Request-Id', state.id]]);
    }
    if (!this.#options.requestRecord) return;
    openRecord(request, slowRequestMsFor(this.#limits, request.paths), this.#now, (record) => {
      this.#requests++;
      if (record.aborted) this.#aborted++;
      if (record.slow) this.#slow++;
      if (this.#logger !== undefined) logRecord(this.#logger, record);
      if (this.#events.has('request')) this.#events.emit('request', record);
    });
  }

  #basics(request: RequestView) {
    const { id } = stateOf(request.exchange.response);
    const { address, method, path } = request;
    const known = { ...(id === undefined ? {} : { id }), ...(address === undefined ? {} : { address }) };
    return { ...known, method, path: shownPath(path) };
  }

  #tellRefused(event: HardeningEvents['refused']): void {
    this.#refused++;
    if (this.#logger !== undefined) logRefusal(this.#logger, event);
    if (this.#events.has('refused')) this.#events.emit('refused', event);
  }

  #makeHealth(options: ParsedHardeningOptions, issues: OptionIssue[]): HealthRoutes | undefined {
    const { clock, authorize, components = [], healthPrefix = '/health', lifecycle, onListenerError } = options;
    if (options.health === false) return undefined;
    const shared = { clock, ...(onListenerError === undefined ? {} : { onListenerError }) };
    return new HealthRoutes({
      prefix: healthPrefix,
      checks: healthSource(options.health, shared, issues),
      components: components.length === 0 ? undefined : watched(components, shared, issues),
      phase: () => lifecycle?.phase ?? 'READY',
      authorized: authorizer(authorize, clock, this.#reporter),
      now: this.#now,
      reporter: this.#reporter,
    });
  }
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
