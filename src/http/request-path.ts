/**
 * The path of a request target, read as the parser of Express and Koa does, or a client could spell a path so that the
 * router finds it and a rule does not: a backslash is a slash, and white space around the target is none of it. An
 * absolute target, as proxies get, carries its host before the path.
 * @internal
 */
export function pathOf(url: string): string {
  const target = url.trim();
  const query = target.search(/[?#]/);
  const raw = query === -1 ? target : target.slice(0, query);
  const path = raw.includes('\\') ? raw.replaceAll('\\', '/') : raw;
  if (path.startsWith('/')) return path;
  return /^[a-z][a-z0-9+.-]*:\/\/[^/]*(\/.*)?$/i.exec(path)?.[1] ?? '/';
}

/**
 * The path and what else a router or a server of static files could make of it, the plainest last: doubled slashes as
 * one, percent signs decoded once, dot segments resolved.
 * @internal
 */
export function spellingsOf(path: string): readonly string[] {
  if (!/%|\/\/|\/\./.test(path)) return [path];
  const decoded = singleSlashes(decodeOnce(path).replaceAll('\\', '/'));
  return [...new Set([path, singleSlashes(path), decoded, withoutDots(decoded)])];
}

function singleSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

/** What is no well-formed text stays as it was written. */
function decodeOnce(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

function withoutDots(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}
