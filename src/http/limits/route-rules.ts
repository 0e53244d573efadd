import { count, describe, durationMs, finite, group, type OptionKind, type ReportIssue } from '../../core/options.js';
import type { SecurityHeaders, SecurityHeadersOptions } from '../headers/security-headers.js';
import { groupOrFalse } from '../option-kinds.js';

/** Limits of their own for a part of the service. */
export interface RouteRule {
  /** A path and everything below it, in any case, or a pattern for the whole path. */
  readonly path: string | RegExp;
  /** A threshold of its own for addresses, or `false` for none. */
  readonly ddos?: { readonly threshold: number } | false | undefined;
  /** A bucket of its own for users, or `false` for none. */
  readonly perUser?: { readonly capacity: number; readonly refillPerSecond: number } | false | undefined;
  /** From when on a request is slow, in ms. @defaultValue the service's `slowRequestMs` */
  readonly slowRequestMs?: number | undefined;
  /** Security headers of its own, or `false` for none. @defaultValue the service's */
  readonly headers?: SecurityHeaders | SecurityHeadersOptions | false | undefined;
}

function pathOption(): OptionKind<string | RegExp> {
  return {
    parse(value, path, report) {
      if (value instanceof RegExp) {
        if (value.global || value.sticky) report(path, 'must not have the flags g or y, which remember the last match');
        return value;
      }
      if (typeof value !== 'string' || !value.startsWith('/'))
        report(path, `must be a path that starts with / or a RegExp, got ${describe(value)}`);
      else if (/[?#]/.test(value))
        report(path, 'must be a path alone: without a query and a fragment, which are not looked at');
      else if (/\/:\w|[*{}]/.test(value))
        report(path, 'must be a path as clients write it: for a pattern such as /users/:id give a RegExp');
      return value as string;
    },
  };
}

/** The `routes` option. @internal */
export function routesOption(): OptionKind<readonly RouteRule[]> {
  const rule = group({
    path: pathOption(),
    ddos: groupOrFalse({ threshold: count({ min: 1, required: true }) }),
    perUser: groupOrFalse({
      capacity: count({ min: 1, required: true }),
      refillPerSecond: finite({ min: 0, max: 1e8, required: true }),
    }),
    slowRequestMs: durationMs(undefined),
    // Read where the service's own are.
    headers: { parse: (value) => value as RouteRule['headers'] },
  });
  return {
    parse(value, path, report: ReportIssue) {
      if (value === undefined) return [];
      if (Array.isArray(value))
        return value.map((item: unknown, i) => rule.parse(item ?? null, `${path}[${String(i)}]`, report));
      report(path, `must be a list of rules, got ${describe(value)}`);
      return [];
    },
  };
}

/** Tells whether a path falls under a rule. @internal */
export function pathMatcher(path: string | RegExp): (requested: string) => boolean {
  if (typeof path !== 'string') return (requested) => path.test(requested);
  // Routers ignore case and a slash at the end, so a limit that did not could be walked around.
  const wanted = path.toLowerCase().replace(/\/+$/, '');
  return (requested) => {
    const lower = requested.toLowerCase();
    return lower.startsWith(wanted) && (lower.length === wanted.length || lower[wanted.length] === '/');
  };
}
