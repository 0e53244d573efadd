import { own } from './first-property.js';
import type { RoutedRequest } from './route-track.js';
import type { WatchedTrack } from './watched-track.js';

/** Where a request keeps what its routers put on it. */
const WATCHED = /* @__PURE__ */ Symbol.for('breakwater.express.watched');

type WatchedRequest = RoutedRequest & { [WATCHED]?: WatchedTrack };

/** Its own accessors take the place of what a request has of its own, so that a copy of it has values, as without them. */
const NEXT = /* @__PURE__ */ watched(
  'next',
  (track) => track.next,
  (track, next, request) => {
    track.goOn(next, request);
  },
);
const ROUTE = /* @__PURE__ */ watched(
  'route',
  (track) => track.matched,
  (track, route, { params }) => {
    track.match(route, params);
  },
);

function watched(
  name: string,
  read: (track: WatchedTrack) => unknown,
  tell: (track: WatchedTrack, value: unknown, request: RoutedRequest) => void,
): PropertyDescriptor {
  return {
    configurable: true,
    enumerable: true,
    get(this: WatchedRequest): unknown {
      return this[WATCHED] && read(this[WATCHED]);
    },
    set(this: WatchedRequest, value: unknown) {
      // What is made after the request and inherits from it goes its own way.
      if (!Object.hasOwn(this, WATCHED)) own(this, name, value);
      else if (this[WATCHED] !== undefined) tell(this[WATCHED], value, this);
    },
  };
}

/**
 * Has a request tell its track from now on what its routers put on it, and tells it what they have put there by now. Not its
 * parameters: services and libraries define those anew, which must stay what it is.
 * @internal
 */
export function takeOver(request: WatchedRequest, track: WatchedTrack): void {
  const { next, route } = request;
  Object.defineProperty(request, WATCHED, { configurable: true, writable: true, value: track });
  Object.defineProperty(request, 'next', NEXT);
  if (Object.hasOwn(request, 'route')) track.matched = route;
  Object.defineProperty(request, 'route', ROUTE);
  track.goOn(next, request);
}
