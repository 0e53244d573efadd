import type { Clock } from '../../core/clock.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { HealthStatus } from '../../core/health-status.js';
import { clockOption, describe, durationMs, oneOf, optionalFunction, parseOptions } from '../../core/options.js';
import type { PlatformAbortSignal } from '../../core/platform.js';
import { steady } from '../../core/steady.js';
import { quiet } from '../../core/thenable.js';
import { failure, shortMs } from '../finding.js';
import type { HealthCheckContext, HealthFinding } from '../options.js';
import { fieldsOf, found, invalid } from './found.js';
import { headersOption, statusesOption } from './http-options.js';

/** What {@link httpCheck} asks with. */
export interface HttpCheckRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly redirect: 'manual';
  readonly signal: PlatformAbortSignal;
}

/** What {@link httpCheck} needs of an answer. */
export interface HttpCheckResponse {
  readonly status: number;
  readonly body?:
    | {
        /** Gives up what has not come yet. */
        cancel(): unknown;
      }
    | null
    | undefined;
}

/** The part of the platform's `fetch` that {@link httpCheck} uses. */
export type HttpCheckFetch = (url: string, request: HttpCheckRequest) => PromiseLike<HttpCheckResponse>;

/** Options of {@link httpCheck}. */
export interface HttpCheckOptions {
  /** The status, or the statuses, that are right; each from 100 to 599. @defaultValue any from 200 to 299 */
  readonly expectStatus?: number | readonly number[] | undefined;
  /** Method of the request: one that changes nothing, since it is sent again and again. @defaultValue `'GET'` */
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS' | undefined;
  /** Headers of the request; never shown. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** An answer that takes this long or longer to begin is `DEGRADED`; ms, at least 1. @defaultValue `1_000` */
  readonly healthyBelowMs?: number | undefined;
  /** What sends the request. @defaultValue the platform's `fetch`, as it is when the check runs */
  readonly fetch?: HttpCheckFetch | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link HttpCheckOptions}. */
export const HTTP_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({ method: 'GET' as const, healthyBelowMs: 1_000 });

/**
 * A check of an HTTP service: the right status in time is `HEALTHY`, later `DEGRADED`, another status or no answer
 * `UNHEALTHY`. A redirect is an answer like any other and not followed, so that no other host, and no login page, answers in
 * its place. The body is not read. Only scheme, host and port of the address are ever shown.
 *
 * @param url - `http:` or `https:`. A user and password in it are sent as basic authentication.
 * @throws {@link InvalidArgumentError} when `url` is none of that kind.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range.
 *
 * @example
 * health.register('payments', httpCheck('https://payments.example/health'));
 */
export function httpCheck(
  url: string | { readonly href: string },
  options?: HttpCheckOptions,
): (context: HealthCheckContext) => Promise<HealthFinding> {
  const target = parseUrl(url);
  const schema = {
    expectStatus: statusesOption(),
    method: oneOf(['GET', 'HEAD', 'OPTIONS'], HTTP_CHECK_DEFAULTS.method),
    headers: headersOption(),
    healthyBelowMs: durationMs(HTTP_CHECK_DEFAULTS.healthyBelowMs, { min: 1 }),
    fetch: optionalFunction<HttpCheckFetch>(),
    clock: clockOption(),
  };
  const parsed = parseOptions('httpCheck', schema, options);
  const { expectStatus, method, healthyBelowMs, clock } = parsed;
  const headers = { ...target.headers, ...parsed.headers };
  const now = steady(clock);

  function judge(status: number, tookMs: number): HealthFinding {
    const details = { url: target.origin, status };
    const said = `${target.origin} answered ${String(status)}`;
    const isRight = expectStatus === undefined ? status >= 200 && status <= 299 : expectStatus.includes(status);
    if (!isRight) {
      const expected = expectStatus === undefined ? '200 to 299' : expectStatus.join(' or ');
      const isRedirect = status >= 300 && status <= 399 && status !== 304;
      const note = isRedirect ? ', a redirect, which is not followed' : '';
      return found(HealthStatus.UNHEALTHY, `${said}${note}; expected ${expected}`, details);
    }
    if (tookMs < healthyBelowMs) return found(HealthStatus.HEALTHY, undefined, details);
    const message = `${said} after ${shortMs(tookMs)}; healthy is below ${shortMs(healthyBelowMs)}`;
    return found(HealthStatus.DEGRADED, message, details);
  }

  return async ({ signal }) => {
    const startedAtMs = now();
    let response: unknown;
    try {
      // A copy, since whoever sends it may change it.
      const request: HttpCheckRequest = { method, headers: { ...headers }, redirect: 'manual', signal };
      response = await (parsed.fetch ?? globalThis.fetch)(target.href, request);
    } catch (error) {
      return failure(HealthStatus.UNHEALTHY, `${target.origin} did not answer`, reasonOf(error));
    }
    const tookMs = now() - startedAtMs;
    giveUpBody(response);
    const status = fieldsOf(response)?.['status'];
    if (typeof status !== 'number') return invalid('fetch must answer with a status', status);
    return judge(status, tookMs);
  };
}

interface Target {
  readonly href: string;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

function parseUrl(given: unknown): Target {
  const text = typeof given === 'string' ? given : fieldsOf(given)?.['href'];
  if (typeof text !== 'string') {
    throw new InvalidArgumentError(`httpCheck: url must be a URL or the text of one, got ${describe(given)}`);
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('httpCheck: url must be complete and begin with http:// or https://');
  }
  // With these in it `fetch` would refuse the URL, and print it.
  const credentials = [url.username, url.password].map(decoded).join(':');
  url.username = '';
  url.password = '';
  return {
    href: url.href,
    origin: url.origin,
    headers: credentials === ':' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidArgumentError('httpCheck: user and password of the url must be percent-encoded');
  }
}

/** The platform says only that it failed, and the reason in `cause`. */
function reasonOf(error: unknown): unknown {
  try {
    return fieldsOf(error)?.['cause'] ?? error;
  } catch {
    return error;
  }
}

function giveUpBody(response: unknown): void {
  try {
    quiet((response as HttpCheckResponse).body?.cancel());
  } catch {
    // There is none, or it is gone already.
  }
}
