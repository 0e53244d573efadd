import { stateOf } from '../../http/exchange.js';
import type { ResponseShape } from '../../http/index.js';
import type { Params } from './mount-template.js';
import type { Mounts } from './mounts.js';
import type { Place } from './place.js';
import { isAutomaticOptions, type RoutedRequest, type RouterRun, runOf, type RouteTrack } from './route-track.js';

interface WatchedRun extends RouterRun {
  /** The path of the mounts above it, as the client wrote it, and their parameters. */
  readonly base: string;
  readonly outer: Params;
}

const NO_PARAMS: Params = /* @__PURE__ */ Object.freeze({});

/**
 * Follows a request through routers that publish nothing, by what they put on it: `next` when one begins to run and when it is
 * left, and `route` when one is chosen and again when its handlers are about to run.
 * @internal
 */
export class WatchedTrack implements RouteTrack {
  next: unknown;
  matched: unknown;
  readonly #entry: Place;
  readonly #mounts: Mounts;
  readonly #runs: WatchedRun[] = [];
  #run: WatchedRun | undefined;
  /** Whether a route was chosen in the run that goes on, … */
  #isRoute = false;
  /** … with these parameters, once its handlers run. */
  #params: unknown;
  /** What the route is called that was chosen last. */
  #name: string | undefined;

  /** @param entry - where the router is that runs first. */
  constructor(entry: Place, mounts: Mounts) {
    this.#entry = entry;
    this.#mounts = mounts;
  }

  /** A router begins, an outer one goes on, or the last one is left. */
  goOn(next: unknown, request: RoutedRequest): void {
    this.next = next;
    this.#run = next === undefined ? undefined : (runOf(this.#runs, next) ?? this.#enter(next, request));
    this.#isRoute = false;
  }

  /** A route is chosen. Said again when its parameters have been looked at. */
  match(route: unknown, params: unknown): void {
    if (route === this.matched && this.#isRoute) {
      this.#params = params;
      return;
    }
    this.matched = route;
    this.#isRoute = true;
    this.#params = undefined;
    const { place } = this.#run ?? { place: this.#entry };
    this.#name = place.route((route as { readonly path?: unknown } | undefined)?.path);
  }

  route(request: RoutedRequest, response: ResponseShape): string | null {
    const { statusCode } = response;
    const failed = stateOf(response).error !== undefined;
    if (this.#name !== undefined) {
      if (this.#run !== undefined && this.#isRoute && !this.#isLeft(request.params)) return this.#name;
      // An error leaves its route and meets others on its way, which cannot be told from going on without one.
      if (failed || (statusCode >= 400 && (this.#run !== undefined || statusCode !== 404))) return this.#name;
    }
    if (this.#run === undefined) return failed || statusCode >= 500 ? this.#entry.anything : null;
    return isAutomaticOptions(request, response) ? null : this.#below(request).anything;
  }

  /**
   * Whether the router has gone on behind the route: it gives each handler parameters of its own. A service that replaces them
   * keeps their names.
   */
  #isLeft(params: unknown): boolean {
    if (this.#params === undefined || params === this.#params) return false;
    const [was, is] = [namesOf(this.#params), namesOf(params)];
    return was.length === 0 || was.length !== is.length || was.some((name) => !is.includes(name));
  }

  #enter(next: unknown, request: RoutedRequest): WatchedRun {
    const { baseUrl: base = '', params } = request;
    const run = { next, place: this.#below(request), base, outer: { ...(params as Params | undefined) } };
    this.#runs.push(run);
    return run;
  }

  /** Where a router is that the handler which was called last calls. */
  #below({ baseUrl = '', params }: RoutedRequest): Place {
    if (this.#run === undefined) return this.#entry;
    const { place, base, outer } = this.#run;
    return this.#mounts.below(place, baseUrl.slice(base.length), (params ?? NO_PARAMS) as Params, outer);
  }
}

function namesOf(params: unknown): string[] {
  return typeof params === 'object' && params !== null ? Object.keys(params) : [];
}
