import { MASK } from './mask-fields.js';

/** Longest user and password of a URL; beyond it an at sign belongs to something else. */
const LONGEST = 2_000;
const SCHEME_END = '://';
const SCHEME = /[a-z][a-z0-9+.-]{0,40}$/i;
/** What ends a URL in the text around it; a quote does when the text goes on after it. */
const URL_END = /[\s<>`]|\\{0,3}["'](?=$|[\s,;:}\])>])/g;

/**
 * User and password of URLs masked, also those that hold a slash, in time that grows with the text alone.
 * @internal
 */
export function maskUrls(text: string): string {
  let shown = '';
  let doneTo = 0;
  let end = -1;
  let at = text.indexOf(SCHEME_END);
  if (at === -1) return text;
  // Looked up when a URL has left the last one behind, so that each is found once.
  let nextSign = text.indexOf('@', at);
  for (; at !== -1 && nextSign !== -1; at = text.indexOf(SCHEME_END, Math.max(at + 1, doneTo))) {
    const start = at + SCHEME_END.length;
    const scheme = SCHEME.exec(text.slice(Math.max(doneTo, at - 41), at))?.[0];
    if (scheme === undefined) continue;
    if (nextSign < start) nextSign = text.indexOf('@', start);
    if (end < start) {
      URL_END.lastIndex = start;
      end = URL_END.exec(text)?.index ?? text.length;
    }
    const limit = Math.min(end, start + LONGEST + 1);
    if (nextSign === -1 || nextSign >= limit) continue;
    const sign = signOf(text, start, limit, /^(?:https?|wss?)$/i.test(scheme));
    if (sign === undefined) continue;
    shown += text.slice(doneTo, start) + MASK;
    doneTo = sign;
  }
  return shown + text.slice(doneTo);
}

/** Where the credentials end, if there are any. */
function signOf(text: string, start: number, limit: number, isWeb: boolean): number | undefined {
  const slash = text.indexOf('/', start);
  const authorityEnd = slash === -1 || slash > limit ? limit : slash;
  const authority = text.slice(start, authorityEnd);
  const inAuthority = authority.lastIndexOf('@');
  // In the web a path may hold an at sign; in a connection string it is rather a password with a slash.
  if (inAuthority !== -1 && isWeb) return start + inAuthority;
  const colon = authority.startsWith('[') ? -1 : authority.indexOf(':');
  const isPort = colon !== -1 && /^\d{1,5}$/.test(authority.slice(colon + 1));
  if (inAuthority === -1 && (colon === -1 || (isWeb && isPort))) return undefined;
  const last = text.lastIndexOf('@', limit - 1);
  return last < start ? undefined : last;
}
