import { joinPatterns, patternText } from '../../http/route-pattern.js';

const ROUTED = /* @__PURE__ */ Symbol.for('breakwater.koa.routed');
const WATCHES = /* @__PURE__ */ Symbol.for('breakwater.koa.watches');

/** What `koa-mount` takes from the path before it goes on. */
interface Mounted {
  readonly prefix: string;
  /** The path with it. */
  readonly path: string;
}

/** What a request's way through the routers and mounts of Koa tells of its route. */
interface Routed {
  readonly mounts: Mounted[];
  mountPath?: unknown;
  matched?: unknown;
  /** The pattern of the route that a router chose, and the path that it had then. */
  pattern?: unknown;
  path: string;
}

/** What the routers and mounts of Koa keep on a context. @internal */
export interface RoutedContext {
  readonly path?: string;
  readonly routerPath?: unknown;
  readonly app: { readonly context?: object };
  readonly [WATCHES]?: boolean;
  [ROUTED]?: Routed;
}

/** Has the contexts of an application keep what routers and mounts put on them. @internal */
export function watchContexts(prototype: object | undefined): void {
  if (prototype === undefined || Object.hasOwn(prototype, WATCHES)) return;
  const shown = { configurable: true, enumerable: true };
  Object.defineProperties(prototype, {
    [WATCHES]: { value: true },
    // Of @koa/router and koa-router: the pattern with all prefixes of routers.
    _matchedRoute: {
      ...shown,
      get(this: RoutedContext): unknown {
        return this[ROUTED]?.matched;
      },
      set(this: RoutedContext, matched: unknown) {
        const routed = routedOf(this);
        routed.matched = matched;
        // Said again for each middleware of the router that is called, where it is not the route's.
        if (this.routerPath === matched) return;
        routed.pattern = matched;
        routed.path = this.path ?? '';
      },
    },
    // Of koa-mount.
    mountPath: {
      ...shown,
      get(this: RoutedContext): unknown {
        return this[ROUTED]?.mountPath;
      },
      set(this: RoutedContext, prefix: unknown) {
        const routed = routedOf(this);
        routed.mountPath = prefix;
        routed.mounts.push({ prefix: String(prefix), path: this.path ?? '' });
      },
    },
  });
}

/** The same for the application of a request. @internal */
export function watch(context: RoutedContext): void {
  if (context[WATCHES] !== true) watchContexts(context.app.context);
}

/** Pattern of the route that a router chose. @internal */
export function chosenRoute({ [ROUTED]: routed }: RoutedContext): string | undefined {
  if (routed?.pattern === undefined || routed.pattern === null) return undefined;
  return below(routed.mounts, routed.path, patternText(routed.pattern));
}

/** What stands for middleware that is no router's. @internal */
export function anything({ [ROUTED]: routed }: RoutedContext): string {
  const last = routed?.mounts.at(-1);
  return routed === undefined || last === undefined ? '/*' : below(routed.mounts, within(last), '/*');
}

/** A pattern behind the prefixes of all mounts that led to a path. */
function below(mounts: readonly Mounted[], path: string, pattern: string): string {
  let [inner, whole] = [path, pattern];
  for (const mounted of [...mounts].reverse()) {
    if (within(mounted) !== inner) continue;
    whole = joinPatterns(mounted.prefix, whole);
    inner = mounted.path;
  }
  return joinPatterns('', whole);
}

function within({ prefix, path }: Mounted): string {
  return path.slice(prefix.length) || '/';
}

function routedOf(context: RoutedContext): Routed {
  let routed = context[ROUTED];
  if (routed === undefined) routed = context[ROUTED] = { mounts: [], path: '' };
  return routed;
}
