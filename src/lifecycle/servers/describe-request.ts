/** The part of a request that names it. */
interface Named {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** What Express puts there. */
  readonly originalUrl?: unknown;
  readonly baseUrl?: unknown;
  readonly route?: unknown;
}

/**
 * A request by its method and route: the route's pattern where a router has said it, else the path, whose query may hold
 * anything.
 * @internal
 */
export function describeRequest(request: Named): string {
  const pattern = (request.route as { readonly path?: unknown } | undefined)?.path;
  const base = typeof request.baseUrl === 'string' ? request.baseUrl : '';
  const url = typeof request.originalUrl === 'string' ? request.originalUrl : (request.url ?? '');
  return `${request.method ?? ''} ${typeof pattern === 'string' ? base + pattern : pathOf(url)}`;
}

/**
 * The path of a URL without what may be a secret: its query, parameters of a segment, and segments that are long or look
 * like an address.
 * @internal
 */
export function pathOf(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1);
  return path
    .split('/')
    .map((segment) => {
      const [name = ''] = segment.split(/[;=]/, 1);
      return name.length > LONGEST_SEGMENT || /[@:%]/.test(name) ? '…' : name;
    })
    .join('/');
}

const LONGEST_SEGMENT = 24;
