import type { Versions } from './versions.js';

/** What is asked for by a name in a `package.json`. @internal */
export interface Wanted {
  /** The package that has to be there; under its name may be another. */
  readonly name: string;
  /** Nothing where no range of versions is asked for, as of a folder, a branch or a tag. */
  readonly range: string | undefined;
}

/**
 * Reads what is asked for. What is no range is never shown: it may be a URL with credentials.
 * Source: npm, package.json, dependencies; pnpm and Yarn, workspaces.
 * @internal
 */
export function wanted(name: string, written: string, versions: Versions): Wanted | undefined {
  const spec = written.trim();
  const range = (text: string) => (versions.isRange(text) ? text : undefined);
  if (/^npm:/i.test(spec)) {
    const target = spec.slice(4);
    const at = target.indexOf('@', 1);
    return at === -1 ? { name: target, range: '*' } : { name: target.slice(0, at), range: range(target.slice(at + 1)) };
  }
  if (/^workspace:/i.test(spec)) {
    const rest = spec.slice(10);
    return { name, range: ['', '*', '^', '~'].includes(rest) ? '*' : range(rest) };
  }
  const committish = /#semver:(.{1,200})$/.exec(spec)?.[1];
  if (committish !== undefined) return { name, range: range(committish) };
  const plain = range(spec === '' ? '*' : spec);
  return plain === undefined ? undefined : { name, range: plain };
}
