import type { ResponseShape } from './exchange.js';

interface Notes {
  route?: string | null | undefined;
  error?: { readonly thrown: unknown };
}

const NOTES = /* @__PURE__ */ Symbol.for('breakwater.http.notes');

/**
 * Names the route that answers a request, for its record and its metrics: for the service's own router, and for frameworks
 * that have no adapter.
 *
 * @param request - the request as the listener or the handler gets it.
 * @param route - the pattern, such as `/users/:id`: the program's text, never the path, which clients choose. `null` says
 * that there is none, `undefined` that nobody knows.
 */
export function setRoute(request: object, route: string | null | undefined): void {
  notesOf(request).route = route;
}

/**
 * Says what was thrown while a request was handled, for its record, where a framework has caught it. Of several the first
 * counts.
 *
 * @param request - the request as the listener or the handler gets it.
 */
export function setError(request: object, thrown: unknown): void {
  notesOf(request).error ??= { thrown };
}

/** The route that was named; `null` when none was and nothing was found. @internal */
export function notedRoute(request: object, response: ResponseShape): string | null | undefined {
  const { route } = (request as { readonly [NOTES]?: Notes })[NOTES] ?? {};
  return route === undefined && response.statusCode === 404 ? null : route;
}

/** What was said to have been thrown. @internal */
export function notedError(request: object): Notes['error'] {
  return (request as { readonly [NOTES]?: Notes })[NOTES]?.error;
}

function notesOf(request: object): Notes {
  const holder = request as { [NOTES]?: Notes };
  if (holder[NOTES] === undefined) Object.defineProperty(holder, NOTES, { value: {}, enumerable: false });
  return holder[NOTES] as Notes;
}
