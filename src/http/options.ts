import type { Clock } from '../core/clock.js';
import type { Component } from '../core/component.js';
import { InvalidOptionsError, type OptionIssue } from '../core/errors.js';
import {
  clockOption,
  describe,
  durationMs,
  flag,
  hasMethod,
  oneOf,
  optionalFunction,
  type OptionKind,
  type ParsedOptions,
  readOptions,
  text,
} from '../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../core/reporter.js';
import type { HealthCheckServiceOptions } from '../health/index.js';
import {
  type AddressResolver,
  type Cidr,
  CidrSet,
  createAddressResolver,
  type TrustProxy,
} from '../traffic/client-address/index.js';
import type { DDoSProtectionOptions } from '../traffic/ddos-protection/index.js';
import type { PerUserRateLimiterOptions } from '../traffic/rate-limiter/index.js';
import type { Authorize } from './health/authorization.js';
import type { HardeningRequest } from './exchange.js';
import type { Identify } from './limits/guard.js';
import type { HealthSource, Phase } from './health/health-routes.js';
import type { AddressLimiter, KeyLimiter } from './limits/limits.js';
import { type RateLimitHeadersOptions, rateLimitHeadersOption } from './limits/rate-limit-options.js';
import { groupOrFalse, type RouteRule, routesOption } from './limits/route-rules.js';
import type { SecurityHeaders, SecurityHeadersOptions } from './headers/security-headers.js';

/** Where the pipeline writes: a `StructuredLogger`, or anything with this method. */
export interface EventLogger {
  /** Writes one event. */
  event(type: string, message: string, fields?: object): void;
}

/** How requests get their ids. */
export interface RequestIdOptions {
  /** Whether a well-formed id in the request's `X-Request-Id` is taken over. @defaultValue `true` */
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
  /** Whether each request leaves a record: the `request` event and the access log. @defaultValue `true` */
  readonly requestRecord?: boolean | undefined;
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
  /** What the health routes begin with. @defaultValue `'/health'` */
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

const SHORTEST_TOKEN = 16;
const PHASES: readonly unknown[] = ['STARTING', 'READY', 'DRAINING', 'STOPPED'];

/** Read elsewhere, by whoever knows what belongs there. */
const anything: OptionKind<unknown> = { parse: (value) => value };

function kind<T>(expected: string, fits: (value: unknown) => boolean): OptionKind<T | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && !fits(value)) report(path, `must be ${expected}, got ${describe(value)}`);
      return value as T | undefined;
    },
  };
}

/** What `trustProxy` means for a request. @internal */
export interface DeclaredProxies {
  readonly resolve: AddressResolver;
  /** The ranges that were named; empty when it was a number. */
  readonly ranges: CidrSet;
}

function trustProxyOption(): OptionKind<DeclaredProxies | undefined> {
  return {
    parse(value, _path, report) {
      if (value === undefined) return undefined;
      try {
        const resolve = createAddressResolver(value as TrustProxy);
        return { resolve, ranges: new CidrSet(Array.isArray(value) ? (value as Cidr[]) : []) };
      } catch (error) {
        if (!(error instanceof InvalidOptionsError)) throw error;
        for (const { path, message } of error.issues) report(path, message);
        return undefined;
      }
    },
  };
}

function schema() {
  const defaults = HARDENING_DEFAULTS;
  return {
    name: text(defaults.name),
    ddos: anything,
    perUser: anything,
    rateLimitHeaders: rateLimitHeadersOption(),
    headers: anything,
    requestId: groupOrFalse({ acceptIncoming: flag(true) }),
    requestRecord: flag(defaults.requestRecord),
    health: anything,
    logger: kind<EventLogger>('an object with the method event()', (value) => hasMethod(value, 'event')),
    components: kind<readonly Component[]>(
      'a list of components, each with kind, name and snapshot()',
      (value) => Array.isArray(value) && value.every((item) => hasMethod(item, 'snapshot')),
    ),
    lifecycle: kind<{ readonly phase: Phase }>(
      "an object whose 'phase' is STARTING, READY, DRAINING or STOPPED",
      (value) => PHASES.includes((value as { phase?: unknown } | null)?.phase),
    ),
    identify: kind<Identify | 'x-user-id'>(
      "a function or 'x-user-id'",
      (value) => typeof value === 'function' || value === 'x-user-id',
    ),
    authorize: kind<Authorize>(
      `a bearer token of at least ${String(SHORTEST_TOKEN)} characters or a function`,
      (value) => typeof value === 'function' || (typeof value === 'string' && /^\S{16,512}$/.test(value)),
    ),
    trustProxy: trustProxyOption(),
    slowRequestMs: durationMs(defaults.slowRequestMs),
    exempt: optionalFunction<(request: HardeningRequest) => boolean>(),
    routes: routesOption(),
    healthPrefix: kind<string>(
      'a path such as /health, without a slash at its end',
      (value) => typeof value === 'string' && /^(\/[\w.~-]+)+$/.test(value),
    ),
    mode: oneOf(['enforce', 'shadow'], 'enforce'),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedHardeningOptions = ParsedOptions<ReturnType<typeof schema>>;

/** Reads the options; `build` makes the parts, whose own problems join the others in one error. @internal */
export function parseHardeningOptions<T>(
  options: HardeningOptions | undefined,
  build: (parsed: ParsedHardeningOptions, issues: OptionIssue[]) => T,
): T {
  const { parsed, issues, sound } = readOptions(schema(), options);
  // The parts have options of their own, which are looked at all the same, without those that are wrong by themselves.
  const built = build(sound ? parsed : readOptions(schema(), without(options, issues)).parsed, issues);
  if (issues.length > 0) throw new InvalidOptionsError('createHardening', issues);
  return built;
}

function without(options: object | undefined, issues: readonly OptionIssue[]): object {
  const wrong = new Set(issues.map(({ path }) => path.split(/[.[]/, 1)[0] ?? ''));
  return wrong.has('') ? {} : Object.fromEntries(Object.entries(options ?? {}).filter(([name]) => !wrong.has(name)));
}
