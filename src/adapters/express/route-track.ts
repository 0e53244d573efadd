import type { ResponseShape } from '../../http/index.js';
import type { Place } from './place.js';

/** What a request's way through the routers of Express tells of its route. @internal */
export interface RouteTrack {
  /** Pattern of the route that answers; `null` when none does. */
  route(request: RoutedRequest, response: ResponseShape): string | null;
  /** A handler is about to be called, where routers publish that, … */
  started?(message: Traced): void;
  /** … and the one that was called last has failed. */
  failed?(): void;
}

/** What a router publishes of a handler that it calls. @internal */
export interface Traced {
  readonly req: RoutedRequest;
  readonly res: ResponseShape;
  readonly layer: { readonly method?: string | undefined; readonly route?: unknown };
  /** The path with which the handler, or the route around it, was added; of several the one that fits. */
  readonly route?: unknown;
  readonly errorHandler?: boolean;
  readonly error?: unknown;
}

/** How the requests of an application are followed. @internal */
export interface AppRoutes {
  /** Whether that is so for as long as the process runs, because a part is mounted that nobody takes away. */
  kept: boolean;
  /**
   * Lays the track of a request.
   *
   * @param base - the path of the mounts above the router that runs, as the client wrote it.
   */
  begin(request: RoutedRequest, base: string | undefined): RouteTrack;
}

/** Where a request keeps its track, whichever copy of the package laid it. @internal */
export const TRACK = /* @__PURE__ */ Symbol.for('breakwater.express.track');

/** Where the request prototype of an application says how its requests are followed. @internal */
export const ROUTES = /* @__PURE__ */ Symbol.for('breakwater.express.routes');

/** What Express's routers keep on a request. @internal */
export interface RoutedRequest {
  readonly method: string;
  /** The path of all mounts above the router that runs, as the client wrote it. */
  baseUrl?: string | undefined;
  /** Goes on in the router that runs. Each run of a router has its own, and puts that of the outer one back at its end. */
  next?: unknown;
  params?: unknown;
  route?: unknown;
  readonly app?: unknown;
  [TRACK]?: RouteTrack;
  readonly [ROUTES]?: AppRoutes;
}

/** One run of a router. @internal */
export interface RouterRun {
  readonly next: unknown;
  readonly place: Place;
}

/** The run that goes on with `next`. @internal */
export function runOf<R extends RouterRun>(runs: readonly R[], next: unknown): R | undefined {
  for (let i = runs.length - 1; i >= 0; i--) if (runs[i]?.next === next) return runs[i];
  return undefined;
}

/** Express answers OPTIONS itself where routes have other methods: none of them answers then. @internal */
export function isAutomaticOptions(request: RoutedRequest, response: ResponseShape): boolean {
  return request.method === 'OPTIONS' && response.hasHeader('allow');
}
