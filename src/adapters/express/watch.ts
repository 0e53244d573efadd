import type { RoutedRequest } from './route-track.js';
import type { WatchedTrack } from './watched-track.js';

/** Where a request keeps what its routers put on it. */
const WATCHED = /* @__PURE__ */ Symbol.for('breakwater.express.watched');

type WatchedRequest = RoutedRequest & { [WATCHED]?: WatchedTrack };

/**
 * Has the requests of an application tell their tracks what its routers put on them: by accessors on their prototype, which
 * Express has for what a service adds to requests.
 *
 * @param begin - lays the track of a request, calling {@link takeOver}.
 * @internal
 */
export function watchRequests(
  prototype: object,
  begin: (request: RoutedRequest, base: string | undefined) => WatchedTrack,
): void {
  const shown = { configurable: true, enumerable: true };
  Object.defineProperties(prototype, {
    next: {
      ...shown,
      get(this: WatchedRequest): unknown {
        return this[WATCHED]?.next;
      },
      set(this: WatchedRequest, next: unknown) {
        (this[WATCHED] ?? begin(this, this.baseUrl)).goOn(next, this.baseUrl);
      },
    },
    params: {
      ...shown,
      get(this: WatchedRequest): unknown {
        return this[WATCHED]?.params;
      },
      set(this: WatchedRequest, params: unknown) {
        (this[WATCHED] ?? begin(this, this.baseUrl)).prepare(params);
      },
    },
    route: {
      ...shown,
      get(this: WatchedRequest): unknown {
        return this[WATCHED]?.matched;
      },
      set(this: WatchedRequest, route: unknown) {
        (this[WATCHED] ?? begin(this, this.baseUrl)).match(route);
      },
    },
  });
}

/** Has a request keep on its track what it has of its own: Express 4 puts that there before the request has its prototype. @internal */
export function takeOver(request: WatchedRequest, track: WatchedTrack): void {
  if (Object.hasOwn(request, 'next')) {
    track.goOn(request.next, request.baseUrl);
    track.prepare(request.params);
    track.matched = request.route;
    delete request.next;
    delete request.params;
    delete request.route;
  }
  request[WATCHED] = track;
}
