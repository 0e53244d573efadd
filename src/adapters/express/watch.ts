import type { RoutedRequest } from './route-track.js';
import type { WatchedTrack } from './watched-track.js';

/** Where a request keeps what its routers put on it. */
const WATCHED = /* @__PURE__ */ Symbol.for('breakwater.express.watched');

type WatchedRequest = RoutedRequest & { [WATCHED]?: WatchedTrack };

const OWN = /* @__PURE__ */ Object.freeze({ configurable: true, enumerable: true, writable: true });

/** Its own accessors take the place of what a request has of its own, so that a copy of it has values, as without them. */
const ACCESSORS: PropertyDescriptorMap = /* @__PURE__ */ Object.freeze({
  next: {
    configurable: true,
    enumerable: true,
    get(this: WatchedRequest): unknown {
      return this[WATCHED]?.next;
    },
    set(this: WatchedRequest, next: unknown) {
      if (isAnother(this)) Object.defineProperty(this, 'next', { ...OWN, value: next });
      else this[WATCHED]?.goOn(next, this);
    },
  },
  route: {
    configurable: true,
    enumerable: true,
    get(this: WatchedRequest): unknown {
      return this[WATCHED]?.matched;
    },
    set(this: WatchedRequest, route: unknown) {
      if (isAnother(this)) Object.defineProperty(this, 'route', { ...OWN, value: route });
      else this[WATCHED]?.match(route, this.params);
    },
  },
});

/**
 * Lays the track of each request of an application when its router puts the first property on it, which is `next`.
 *
 * @param begin - lays the track, calling {@link takeOver}.
 * @internal
 */
export function watchRequests(prototype: object, begin: (request: RoutedRequest) => void): void {
  Object.defineProperty(prototype, 'next', {
    configurable: true,
    get: () => undefined,
    set(this: RoutedRequest, next: unknown) {
      Object.defineProperty(this, 'next', { ...OWN, value: next });
      begin(this);
    },
  });
}

/**
 * Has a request tell its track from now on what its routers put on it, and tells it what they have put there by now. Not its
 * parameters: services and libraries define those anew, which must stay what it is.
 * @internal
 */
export function takeOver(request: WatchedRequest, track: WatchedTrack): void {
  const { next, route } = request;
  Object.defineProperty(request, WATCHED, { configurable: true, writable: true, value: track });
  Object.defineProperty(request, 'next', ACCESSORS['next'] as PropertyDescriptor);
  if (Object.hasOwn(request, 'route')) track.matched = route;
  Object.defineProperty(request, 'route', ACCESSORS['route'] as PropertyDescriptor);
  track.goOn(next, request);
}

/** Whether it is made after the request that is watched, and inherits from it. */
function isAnother(request: WatchedRequest): boolean {
  return !Object.hasOwn(request, WATCHED);
}
