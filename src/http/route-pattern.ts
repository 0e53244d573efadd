/**
 * The path of a route or a mount as its service wrote it: text with a slash before it, a RegExp as its source between
 * slashes, of several all of them.
 * @internal
 */
export function patternText(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern === '' || pattern.startsWith('/') ? pattern : `/${pattern}`;
  if (pattern instanceof RegExp) return `/${pattern.source}/`;
  if (Array.isArray(pattern)) return pattern.map(patternText).join('|');
  return '/*';
}

/** A path below a mount, which is as good without the slash at its end. @internal */
export function joinPatterns(mount: string, path: string): string {
  const prefix = mount.endsWith('/') ? mount.slice(0, -1) : mount;
  return path === '' || path === '/' ? prefix || '/' : prefix + path;
}
