import { beforeFirstProperty } from './first-property.js';
import { Mounts } from './mounts.js';
import { Place } from './place.js';
import { listenToRouters } from './route-channel.js';
import { type AppRoutes, type RoutedRequest, ROUTES, type RouteTrack, TRACK } from './route-track.js';
import { settle, SETTLES } from './settle.js';
import { TracedTrack } from './traced-track.js';
import { takeOver } from './watch.js';
import { WatchedTrack } from './watched-track.js';

/** What is needed of an application to follow its requests. */
interface FollowedApp {
  readonly request?: { readonly [ROUTES]?: AppRoutes };
  readonly parent?: FollowedApp | undefined;
  readonly mountpath?: unknown;
  readonly router?: { readonly listRoutes?: unknown };
  on?(event: 'mount', listener: (parent: FollowedApp) => void): unknown;
}

/**
 * Follows the requests of an application, and of those that it is mounted in, to know their routes.
 *
 * @returns what ends that.
 * @internal
 */
export function followRoutes(app: object): () => void {
  mark(app);
  return publishes(app) ? listenToRouters() : () => undefined;
}

/** The same for good, for the application of a request. @internal */
export function keepFollowing(request: RoutedRequest): void {
  if (request[ROUTES]?.kept === true) return;
  const app = request.app as FollowedApp | undefined;
  if (app === undefined) return;
  mark(app);
  const routes = request[ROUTES];
  // What looks like an application of Express need not make its requests as Express does.
  if (routes === undefined) return;
  routes.kept = true;
  if (publishes(app)) listenToRouters();
}

function mark(app: FollowedApp): void {
  const { request: prototype, parent } = app;
  if (prototype === undefined) return;
  if (!Object.hasOwn(prototype, ROUTES)) {
    Object.defineProperty(prototype, ROUTES, {
      value: publishes(app) ? tracedRoutes(prototype) : watchedRoutes(prototype),
    });
    if (parent === undefined) app.on?.('mount', mark);
  }
  if (parent !== undefined) mark(parent);
}

/** Whether the routers of an application publish what they do. Asking Express 4 for its router throws. */
function publishes(app: FollowedApp): boolean {
  try {
    return typeof app.router?.listRoutes === 'function';
  } catch {
    return false;
  }
}

function tracedRoutes(prototype: object): AppRoutes {
  const root = new Place();
  if (SETTLES) beforeFirstProperty(prototype, settle);
  return { kept: false, begin: (request, base) => lay(request, new TracedTrack(entryOf(root, request, base))) };
}

function watchedRoutes(prototype: object): AppRoutes {
  const root = new Place();
  const mounts = new Mounts();
  const begin = (request: RoutedRequest, base: string | undefined): WatchedTrack => {
    settle(request);
    const track = new WatchedTrack(entryOf(root, request, base), mounts);
    takeOver(request, track);
    return lay(request, track);
  };
  beforeFirstProperty(prototype, (request) => {
    begin(request, request.baseUrl);
  });
  return { kept: false, begin };
}

/** Hidden, so that a copy of the request does not have it: that goes its own way. */
function lay<T extends RouteTrack>(request: RoutedRequest, track: T): T {
  Object.defineProperty(request, TRACK, { value: track, configurable: true, writable: true });
  return track;
}

/**
 * Where the router runs in which a request is met for the first time: that of the application, or one inside, when a part is
 * mounted there or the application was mounted later.
 */
function entryOf(root: Place, { app }: RoutedRequest, base = ''): Place {
  if (base === '') return root;
  const mounts: unknown[] = [];
  for (let inner = app as FollowedApp; inner.parent !== undefined; inner = inner.parent)
    mounts.unshift(inner.mountpath);
  const place = mounts.reduce<Place>((outer, mount) => outer.mount(mount), root);
  const isAll = place.anything.split('/').length === `${base}/*`.split('/').length;
  return isAll ? place : root.mount('/*');
}
