import type { Clock } from '../../core/clock.js';
import type { OptionIssue } from '../../core/errors.js';
import type { ListenerErrorHandler } from '../../core/reporter.js';
import { DDoSProtection, type DDoSProtectionOptions } from '../../traffic/ddos-protection/index.js';
import type { Decision } from '../../traffic/decision.js';
import { PerUserRateLimiter, type PerUserRateLimiterOptions } from '../../traffic/rate-limiter/index.js';
import { readHeadersOption, type SecurityHeaders } from '../headers/security-headers.js';
import { isOfKind, madePart, optionsOfPart, wholeInstance } from '../part-options.js';
import { pathMatcher, type RouteRule } from './route-rules.js';
import { isFieldText } from './structured-fields.js';

/** What the pipeline needs of an address limiter: {@link DDoSProtection} and {@link SharedDDoSProtection} have it. */
export interface AddressLimiter {
  readonly kind: 'ddos-protection';
  readonly name: string;
  /** Counts one request; with `block: false` it blocks nobody. A promise has to settle soon: the request waits for it. */
  check(address: string | undefined, options?: { readonly block?: boolean }): Decision | PromiseLike<Decision>;
  /** Whether a request of the address would be refused for a block. */
  isBlocked(address: string): boolean;
  /** The blocks in force, a page of at most 100 from a cursor on. Without it nobody is told who is blocked. */
  bans?(cursor?: number): {
    readonly bans: readonly { readonly address: string; readonly reason: string; readonly remainingMs: number }[];
    readonly next?: number;
  };
  /** Counts as plain JSON; `blockedNow` is how many are blocked. @defaultValue those of `snapshot()` */
  stats?(): object;
  /** State as plain JSON. */
  snapshot(): object;
}

/** What the pipeline needs of a limiter by key: {@link PerUserRateLimiter} and {@link SharedPerUserRateLimiter} have it. */
export interface KeyLimiter {
  readonly kind: 'per-user-rate-limiter';
  readonly name: string;
  /** Takes one token of the key's bucket. A promise has to settle soon: the request waits for it. */
  check(key: string): Decision | PromiseLike<Decision>;
  /** State as plain JSON. */
  snapshot(): object;
}

/** The limiters that apply to a part of the service. @internal */
export interface Limits {
  readonly ddos: AddressLimiter | undefined;
  readonly perUser: KeyLimiter | undefined;
  readonly slowRequestMs: number;
  /** Headers of its own; `undefined` for the service's. */
  readonly headers: SecurityHeaders | false | undefined;
}

interface Route {
  readonly matches: (path: string) => boolean;
  readonly limits: Limits;
  /** The same as a list, for the many requests that nothing else applies to. */
  readonly alone: readonly Limits[];
}

/** The limits of every part of the service. @internal */
export interface LimitTable {
  readonly general: Limits;
  readonly routes: readonly Route[];
  /** What applies where no rule does. */
  readonly otherwise: Route;
}

/** What limiters are made with. @internal */
export interface LimitSettings {
  readonly ddos: unknown;
  readonly perUser: unknown;
  readonly identified: boolean;
  readonly headers: unknown;
  readonly slowRequestMs: number;
  readonly routes: readonly RouteRule[];
  readonly mode: 'enforce' | 'shadow';
  readonly clock: Clock;
  readonly onListenerError: ListenerErrorHandler | undefined;
}

/** @internal */
export function makeLimits(settings: LimitSettings, issues: OptionIssue[]): LimitTable {
  const { clock, mode, onListenerError, slowRequestMs } = settings;
  const shared = { clock, mode, ...(onListenerError === undefined ? {} : { onListenerError }) };
  const ddos = (options: object, path: string) =>
    madePart(issues, path, () => new DDoSProtection({ ...shared, ...options }));
  const perUser = (options: object, path: string) =>
    madePart(
      issues,
      path,
      () => new PerUserRateLimiter({ ...shared, capacity: 100, refillPerSecond: 100 / 60, ...options }),
    );

  const general: Limits = {
    ddos:
      settings.ddos === false
        ? undefined
        : isOfKind<AddressLimiter>(settings.ddos, 'ddos-protection')
          ? wholeInstance(settings.ddos, 'ddos', ['check', 'isBlocked', 'snapshot', 'name'], issues)
          : ddos(optionsOfPart(settings.ddos, 'ddos', issues), 'ddos'),
    perUser:
      settings.perUser === false || (settings.perUser === undefined && !settings.identified)
        ? undefined
        : isOfKind<KeyLimiter>(settings.perUser, 'per-user-rate-limiter')
          ? wholeInstance(settings.perUser, 'perUser', ['check', 'snapshot', 'name'], issues)
          : perUser(optionsOfPart(settings.perUser, 'perUser', issues), 'perUser'),
    slowRequestMs,
    headers: undefined,
  };
  const routes = settings.routes.map((rule, i) => {
    const at = `routes[${String(i)}]`;
    const own = (name: string, options: object) => ({ ...options, name: `${name} ${String(rule.path)}`.slice(0, 200) });
    const limits: Limits = {
      ddos:
        rule.ddos === undefined
          ? general.ddos
          : rule.ddos === false
            ? undefined
            : ddos({ ...plain(settings.ddos), ...own('ddos', rule.ddos) }, `${at}.ddos`),
      perUser:
        rule.perUser === undefined
          ? general.perUser
          : rule.perUser === false
            ? undefined
            : perUser({ ...plain(settings.perUser), ...own('per-user', rule.perUser) }, `${at}.perUser`),
      slowRequestMs: rule.slowRequestMs ?? slowRequestMs,
      headers:
        rule.headers === undefined
          ? undefined
          : (readHeadersOption(overHeaders(settings.headers, rule.headers), issues, `${at}.headers`) ?? false),
    };
    return { matches: pathMatcher(rule.path), limits, alone: [limits] };
  });
  const otherwise = { matches: () => true, limits: general, alone: [general] };
  for (const { ddos: a, perUser: b } of [general, ...routes.map(({ limits }) => limits)]) {
    for (const limiter of [a, b]) checkName(limiter, issues);
  }
  return { general, routes, otherwise };
}

/**
 * The limits for a request: of each way in which its path may be read the first rule that matches, or the general ones.
 *
 * @param paths - at least one.
 * @internal
 */
export function limitsFor(table: LimitTable, paths: readonly string[]): readonly Limits[] {
  const [path = '/', ...others] = paths;
  const { alone } = routeOf(table, path);
  if (others.length === 0) return alone;
  return [...new Set([...alone, ...others.map((other) => routeOf(table, other).limits)])];
}

/** Every limiter of the table once. @internal */
export function limitersOf({ general, routes }: LimitTable): readonly (AddressLimiter | KeyLimiter)[] {
  const limiters = [general, ...routes.map(({ limits }) => limits)].flatMap(({ ddos, perUser }) => [ddos, perUser]);
  return [...new Set(limiters.filter((limiter) => limiter !== undefined))];
}

/** A route's headers are the service's, but for what the rule says; what is ready-made stands for itself. */
function overHeaders(general: unknown, own: RouteRule['headers']): unknown {
  if (own === false || !isPlain(own) || !isPlain(general)) return own;
  const sets = [general, own].map(({ set }) => (isPlain(set) ? set : {}));
  return { ...general, ...own, ...(isPlain(own['set'] ?? {}) ? { set: { ...sets[0], ...sets[1] } } : {}) };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value);
}

/** What holds for a request beside limits, by the plainest way to read its path. @internal */
export function mannersFor(table: LimitTable, paths: readonly string[]): Pick<Limits, 'slowRequestMs' | 'headers'> {
  return routeOf(table, paths.at(-1) ?? '/').limits;
}

function routeOf({ routes, otherwise }: LimitTable, path: string): Route {
  for (const route of routes) if (route.matches(path)) return route;
  return otherwise;
}

/** A policy as clients are told of it. @internal */
export interface PolicyDescription {
  /** Absent when there is none. */
  readonly windowMs?: number;
  readonly enforced: boolean;
}

/** What a limiter is like beside its decisions; a key with limits of its own has no window that is known. @internal */
export function describePolicy(limiter: AddressLimiter | KeyLimiter, limit: number): PolicyDescription {
  const { mode, windowMs, capacity, refillPerSecond } = limiter.snapshot() as {
    mode?: unknown;
    windowMs?: number;
    capacity?: number;
    refillPerSecond?: number;
  };
  const enforced = mode !== 'shadow';
  if (capacity !== undefined && capacity !== limit) return { enforced };
  const ms = windowMs ?? ((capacity ?? 0) / (refillPerSecond ?? 0)) * 1_000;
  return ms > 0 ? { windowMs: ms, enforced } : { enforced };
}

/** Options that were given for the general limiter are the route's as well, unless it says otherwise. */
function plain(value: unknown): Partial<DDoSProtectionOptions & PerUserRateLimiterOptions> {
  return typeof value === 'object' && value !== null && !('kind' in value) ? value : {};
}

function checkName(limiter: AddressLimiter | KeyLimiter | undefined, issues: OptionIssue[]): void {
  if (limiter === undefined || isFieldText(limiter.name)) return;
  issues.push({
    path: limiter.kind === 'ddos-protection' ? 'ddos.name' : 'perUser.name',
    message: 'must be printable ASCII: it is sent in a header',
  });
}
