import type { ResponseShape } from './exchange.js';

const ROUTE = /* @__PURE__ */ Symbol.for('breakwater.http.route');

/**
 * Names the route that answers a request, for records and metrics, where no framework does: call it in the service's own
 * router.
 *
 * @param request - the request as the listener gets it.
 * @param route - its pattern, such as `/users/:id`: the program's text, never the path, which clients choose. `null` says
 * that there is none, `undefined` that nobody knows.
 */
export function setRoute(request: object, route: string | null | undefined): void {
  Object.defineProperty(request, ROUTE, { value: route, enumerable: false, configurable: true });
}

/** The route that was named; `null` when none was and nothing was found. @internal */
export function namedRoute(request: object, response: ResponseShape): string | null | undefined {
  const route = (request as { readonly [ROUTE]?: string | null | undefined })[ROUTE];
  return route === undefined && response.statusCode === 404 ? null : route;
}
