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
 * left, `params` before each handler, and `route` before those when the handler is a route's.
 * @internal
 */
export class WatchedTrack implements RouteTrack {
  next: unknown;
  params: unknown;
  matched: unknown;
  readonly #entry: Place;
  readonly #mounts: Mounts;
  readonly #runs: WatchedRun[] = [];
  #run: WatchedRun | undefined;
  /** The parameters, before functions of the service make something else of them. */
  #values = NO_PARAMS;
  /** Whether the handler that was called last is a route's, … */
  #isRoute = false;
  /** … whose parameters are yet to come. */
  #isNew = false;
  /** What the route is called that was entered last. */
  #name: string | undefined;

  /** @param entry - where the router is that runs first. */
  constructor(entry: Place, mounts: Mounts) {
    this.#entry = entry;
    this.#mounts = mounts;
  }

  /** A router begins, an outer one goes on, or the last one is left. */
  goOn(next: unknown, base = ''): void {
    this.next = next;
    this.#run = next === undefined ? undefined : (runOf(this.#runs, next) ?? this.#enter(next, base));
  }

  /** A handler is about to be called. */
  prepare(params: unknown): void {
    this.params = params;
    this.#isRoute = this.#isNew;
    this.#isNew = false;
    if (!this.#isRoute) this.#values = { ...(params as Params) };
  }

  /** It is one of a route's. Said again when the parameters have been looked at. */
  match(route: unknown): void {
    if (route === this.matched && this.#isRoute && !this.#isNew) return;
    this.matched = route;
    this.#isRoute = this.#isNew = true;
    const { place } = this.#run ?? { place: this.#entry };
    this.#name = place.route((route as { readonly path?: unknown } | undefined)?.path);
  }

  route(request: RoutedRequest, response: ResponseShape): string | null {
    const { statusCode } = response;
    const failed = stateOf(response).error !== undefined;
    if (this.#name !== undefined) {
      if (this.#run !== undefined && this.#isRoute) return this.#name;
      // An error leaves its route and meets others on its way, which cannot be told from going on without one.
      if (failed || (statusCode >= 400 && (this.#run !== undefined || statusCode !== 404))) return this.#name;
    }
    if (this.#run === undefined) return failed || statusCode >= 500 ? this.#entry.anything : null;
    return isAutomaticOptions(request, response) ? null : this.#below(request.baseUrl).anything;
  }

  #enter(next: unknown, base: string): WatchedRun {
    const run = { next, place: this.#below(base), base, outer: this.#values };
    this.#runs.push(run);
    return run;
  }

  /** Where a router is that the handler which was called last calls. */
  #below(base = ''): Place {
    if (this.#run === undefined) return this.#entry;
    const { place, base: above, outer } = this.#run;
    return this.#mounts.below(place, base.slice(above.length), this.#values, outer);
  }
}
