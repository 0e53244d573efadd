import type { ResponseShape } from '../../http/index.js';
import type { Place } from './place.js';
import {
  isAutomaticOptions,
  type RoutedRequest,
  type RouterRun,
  runOf,
  type RouteTrack,
  type Traced,
} from './route-track.js';

/** Follows a request through routers that publish which of their handlers they call. @internal */
export class TracedTrack implements RouteTrack {
  readonly #runs: RouterRun[] = [];
  /** Where a router is that the handler which was called last calls. */
  #below: Place;
  /** What the handler is called that was called last. */
  #name: string;
  #isRoute = false;
  #thrownIn: string | undefined;

  /** @param entry - where the router is that runs first. */
  constructor(entry: Place) {
    this.#below = entry;
    this.#name = entry.anything;
  }

  /** A handler is about to be called. */
  started({ req: { next }, layer, route, errorHandler }: Traced): void {
    // What handles an error does not answer in its own name.
    if (errorHandler === true) return;
    this.#thrownIn = undefined;
    const { place } = runOf(this.#runs, next) ?? this.#enter(next);
    // The handlers of a route have a method, be it `undefined`; its parameters are looked at in the layer around them.
    this.#isRoute = 'method' in layer || layer.route !== undefined;
    if (this.#isRoute) {
      this.#below = place;
      this.#name = place.route(route);
    } else {
      this.#below = place.mount(route);
      this.#name = this.#below.anything;
    }
  }

  /** The handler that was called last failed. */
  failed(): void {
    this.#thrownIn ??= this.#name;
  }

  route(request: RoutedRequest, response: ResponseShape): string | null {
    if (this.#thrownIn !== undefined) return this.#thrownIn;
    if (runOf(this.#runs, request.next) === undefined) return null;
    return !this.#isRoute && isAutomaticOptions(request, response) ? null : this.#name;
  }

  #enter(next: unknown): RouterRun {
    const run = { next, place: this.#below };
    this.#runs.push(run);
    return run;
  }
}
