import type { Reporter } from '../../core/reporter.js';
import { isThenable } from '../../core/thenable.js';
import { type CidrSet, isPrivateAddress } from '../../traffic/client-address/index.js';
import type { Decision } from '../../traffic/decision.js';
import { isGone } from '../record/connection.js';
import type { HardeningRequest, RequestView } from '../exchange.js';
import type { AddressLimiter, KeyLimiter, Limits } from './limits.js';
import type { RateLimitHeaders } from './rate-limit-headers.js';
import type { AbuseBook } from './abuse.js';
import { subjectOf } from './subject.js';
import { sendRefusal } from './refusal.js';

/** Who is calling: an id, or an id of which is known whether the service has verified it. */
export type Identity = string | { readonly id: string; readonly verified: boolean };

/** Finds out who is calling; `undefined` when nobody says. */
export type Identify = (request: HardeningRequest) => Identity | undefined;

/** @internal */
export interface GuardSettings {
  readonly identify: Identify | undefined;
  readonly exempt: ((request: HardeningRequest) => boolean) | undefined;
  /** The proxies' ranges; absent when the `trustProxy` option was not given. */
  readonly proxies: CidrSet | undefined;
  readonly shadow: boolean;
  readonly reporter: Reporter;
  readonly headers: RateLimitHeaders;
  readonly abuse: AbuseBook | undefined;
  readonly refused: (request: RequestView, decision: Decision, shadow: boolean) => void;
}

/** An answer that may have to be waited for. @internal */
export type Later<T> = T | Promise<T>;

/** Private peers that are remembered to have forwarded something; a service has a few proxies before it. */
const MOST_PROXIES = 1_000;

/** What stands for the route of a request that got no further. */
const REFUSED = 'refused';

const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip'];

/**
 * Decides whether a request may go on, before any of its body is read: addresses that flood first, then the rate of each
 * user. Each limiter counts a request once, however often the middleware is mounted.
 * @internal
 */
export class Guard {
  readonly #settings: GuardSettings;
  readonly #forwarding = new Set<string>();

  constructor(settings: GuardSettings) {
    this.#settings = settings;
  }

  /**
   * Whether the request ends here: refused and answered, or given up, since nobody waits for an answer any more.
   *
   * @param limits - all that apply, at least one.
   * @param everywhere - whose blocks count whatever else applies.
   */
  refuses(request: RequestView, limits: readonly Limits[], everywhere: AddressLimiter | undefined): Later<boolean> {
    if (this.#ask(this.#settings.exempt, request) === true) {
      request.state.exempt = true;
      return false;
    }
    // Whoever hangs up before they are counted would be counted nowhere, and still be served.
    const isLimited = everywhere !== undefined || limits.some(isAnyLimit);
    if (isLimited && !this.#settings.shadow && isGone(request.exchange)) return true;
    return this.#refusesFrom(0, request, limits, everywhere);
  }

  /** Asks one limiter after the other, from a place in their order on; waiting only for those that share a store. */
  #refusesFrom(
    place: number,
    request: RequestView,
    limits: readonly Limits[],
    everywhere: AddressLimiter | undefined,
  ): Later<boolean> {
    const last = 2 * limits.length + 1;
    for (let at = place; at <= last; at++) {
      const refused = this.#refusesAt(at, request, limits, everywhere);
      if (refused === true) return true;
      if (refused !== false) {
        return refused.then((was) => was || this.#refusesFrom(at + 1, request, limits, everywhere));
      }
    }
    this.#settings.headers.tellAdmitted(request);
    return false;
  }

  #refusesAt(
    place: number,
    request: RequestView,
    limits: readonly Limits[],
    everywhere: AddressLimiter | undefined,
  ): Later<boolean> {
    if (place === 0) return everywhere !== undefined && this.#isBlocked(request, limits, everywhere);
    if (place <= limits.length) return this.#byAddress(request, limits[place - 1]?.ddos);
    if (place <= 2 * limits.length) return this.#byUser(request, limits[place - 1 - limits.length]?.perUser);
    return this.#byFlag(request);
  }

  #byFlag(request: RequestView): boolean {
    const decision = this.#settings.abuse?.decide(request);
    return decision !== undefined && this.#answer(request, decision, decision.policy);
  }

  /** A route with counters of its own, or with none, is no way around a block. */
  #isBlocked(request: RequestView, limits: readonly Limits[], everywhere: AddressLimiter): Later<boolean> {
    const { address } = request;
    if (address === undefined || limits.every(({ ddos }) => ddos === everywhere)) return false;
    if (!everywhere.isBlocked(address) || this.#counted(request, everywhere, 'address')) return false;
    return this.#decide(request, everywhere, everywhere.check(address));
  }

  #byAddress(request: RequestView, limiter: AddressLimiter | undefined): Later<boolean> {
    if (limiter === undefined || this.#counted(request, limiter, 'address')) return false;
    const { address } = request;
    const block = !this.#isProxy(address) && !this.#undeclaredProxy(request);
    const decision = block ? limiter.check(address) : limiter.check(address, { block });
    return this.#decide(request, limiter, decision);
  }

  #byUser(request: RequestView, limiter: KeyLimiter | undefined): Later<boolean> {
    if (limiter === undefined) return false;
    const key = this.#key(request);
    // Mounted again behind the service's authentication, the user is known by then and counts too.
    if (key === undefined || this.#counted(request, limiter, key)) return false;
    return this.#decide(request, limiter, limiter.check(key));
  }

  /** The id of who is calling, where the service has verified it. */
  verifiedId(request: RequestView): string | undefined {
    const { identify } = this.#settings;
    const identity: unknown = identify && this.#ask(identify, request);
    if (typeof identity !== 'object' || identity === null) return undefined;
    const { id, verified } = identity as { readonly id?: unknown; readonly verified?: unknown };
    return verified === true && typeof id === 'string' && id !== '' ? id : undefined;
  }

  #key(request: RequestView): string | undefined {
    const { identify } = this.#settings;
    const id = identify && this.#ask((asked) => idOf(identify(asked)), request);
    if (typeof id === 'string') return subjectOf(request, id);
    if (!isNobody(id)) {
      this.#settings.reporter.warn(
        'BREAKWATER_W_IDENTITY',
        'identify must return the id as text, { id, verified }, or undefined for nobody; what it returned counts as ' +
          'nobody, so that the request is limited by its address: turn a number into text',
      );
    }
    return subjectOf(request, undefined);
  }

  /** The service's own functions may fail; the request then goes on as if they had said nothing. */
  #ask<T>(ask: ((request: HardeningRequest) => T) | undefined, request: RequestView): T | undefined {
    try {
      const answer = ask?.(request);
      if (!this.#settings.reporter.watch(answer)) return answer;
      this.#settings.reporter.warn(
        'BREAKWATER_W_ASYNC_OPTION',
        'identify and exempt must answer at once, and one returned a promise, which counts as no answer; find out before, ' +
          'and mount rateLimitMiddleware behind that',
      );
      return undefined;
    } catch (error) {
      this.#settings.reporter.listenerError(error);
      return undefined;
    }
  }

  #counted(request: RequestView, limiter: object, subject: string): boolean {
    const counted = (request.state.counted ??= new Map<object, string>());
    if (counted.get(limiter) === subject) return true;
    counted.set(limiter, subject);
    return false;
  }

  /** A request of the proxy itself: blocking that would shut everybody out. */
  #isProxy(address: string | undefined): boolean {
    return address !== undefined && this.#settings.proxies?.has(address) === true;
  }

  /** Behind a proxy that nobody declared all clients share its address: a block would shut everybody out. */
  #undeclaredProxy({ exchange }: RequestView): boolean {
    if (this.#settings.proxies !== undefined || exchange.frameworkTrustsProxy) return false;
    const { socketAddress } = exchange;
    if (socketAddress === undefined) return false;
    // Once a peer has forwarded somebody's request, its own would shut those out as well.
    if (this.#forwarding.has(socketAddress)) return true;
    if (!FORWARDING_HEADERS.some((name) => exchange.headers[name] !== undefined)) return false;
    if (!isPrivateAddress(socketAddress)) return false;
    if (this.#forwarding.size < MOST_PROXIES) this.#forwarding.add(socketAddress);
    this.#settings.reporter.warn(
      'BREAKWATER_W_TRUST_PROXY',
      'requests carry a forwarding header, but no proxy is declared, so all clients of a proxy count as one and none is ' +
        'blocked; set trustProxy to the number or the ranges of the proxies, or to 0 if there is none',
    );
    return true;
  }

  #decide(
    request: RequestView,
    limiter: AddressLimiter | KeyLimiter,
    decision: Decision | PromiseLike<Decision>,
  ): Later<boolean> {
    if (!isThenable(decision)) return this.#refuse(request, limiter, decision);
    return Promise.resolve(decision).then((made) => this.#refuse(request, limiter, made));
  }

  /** Answers a refusal; one in shadow mode, of the limiter or of the whole pipeline, is only told. */
  #refuse(request: RequestView, limiter: AddressLimiter | KeyLimiter, decision: Decision): boolean {
    this.#settings.headers.note(request, limiter, decision);
    if (decision.allowed && !decision.shadow) return false;
    if (limiter.kind === 'per-user-rate-limiter') this.#settings.abuse?.refused(request, decision);
    return this.#answer(request, decision, limiter.name);
  }

  #answer(request: RequestView, decision: Decision, by: string): boolean {
    const { response } = request.exchange;
    const shadow = this.#settings.shadow || decision.shadow;
    this.#settings.refused(request, decision, shadow);
    // Somebody is answering already: nothing can be refused any more.
    if (shadow || response.headersSent) return false;
    request.state.refusedBy = by;
    request.state.route = REFUSED;
    this.#settings.headers.tellRefused(request);
    sendRefusal(request, decision);
    return true;
  }
}

/** Whatever the service says: a promise is passed on to be noticed, and what has no id is passed on to be warned about. */
function idOf(identity: unknown): unknown {
  if (typeof identity !== 'object' || identity === null || 'then' in identity || !('id' in identity)) return identity;
  return identity.id;
}

/** What a service may say of somebody it does not know. */
function isNobody(id: unknown): boolean {
  return id === undefined || id === null || id === '' || id === false;
}

function isAnyLimit({ ddos, perUser }: Limits): boolean {
  return ddos !== undefined || perUser !== undefined;
}
