import { MASK } from '../../core/mask-fields.js';
import { fault, type Field, type Read } from './field.js';

/** `scheme://authority`, and what follows it. Source: RFC 3986, section 3. */
const FORM = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\s]*)(?:[/?#][^\s\p{Cc}]*)?$/iu;
/** Letters of any language, digits, and what may stand between them; anything else is escaped, as a path to a socket is. */
const HOST = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+;=\u0080-\u{10ffff}-]|%[\da-f]{2})+)$/iu;
const PORT = /^\d{1,5}$/;
/** Whose authority may be empty, as that of a file is. */
const NEEDS_HOST = /^(?:https?|wss?|ftp|redis|rediss|amqps?|postgres(?:ql)?|mysql|mariadb|mongodb)(?:\+|$)/i;

/**
 * A URL as text: with a scheme, which may name a driver (`postgresql+asyncpg`), and one host or several between commas.
 *
 * @param schemes - those that are accepted, without `://`; all when left out.
 * @internal
 */
export function urlField(schemes?: readonly string[]): Field<string> {
  const form = 'a URL with a scheme, such as https://host:443/path';
  const expects =
    schemes === undefined ? form : `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const isUrl = (text: string): boolean => {
    const [, scheme = '', authority = ''] = FORM.exec(text) ?? [];
    if (scheme === '') return false;
    if (schemes?.includes(scheme.toLowerCase()) === false) return false;
    return hostsFit(authority, NEEDS_HOST.test(scheme));
  };
  return {
    type: 'url',
    expects,
    form,
    // No `format: 'uri'`: with several hosts and ports it is none.
    json: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*://' },
    read: (text): Read<string> => ({ value: text.trim() }),
    check: (value) => (typeof value === 'string' && isUrl(value) ? undefined : fault('bad_url', `must be ${expects}`)),
    write: String,
  };
}

/**
 * What may be user and password of a URL, whatever characters they have; the longest comes last. In the web a path may hold
 * an at sign; in a connection string it is rather a password with a slash.
 * @internal
 */
export function credentialsIn(url: string): string[] {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(\S*)/i.exec(url.trim()) ?? [];
  const [authority = ''] = /^[^/?#]*/.exec(rest) ?? [];
  const isWeb = /^(?:https?|wss?)$/i.test(scheme);
  const ends = [authority.lastIndexOf('@'), isWeb || !/[:@]/.test(authority) ? -1 : rest.lastIndexOf('@')];
  return ends.filter((end) => end !== -1).map((end) => rest.slice(0, end));
}

/** A URL without its credentials. In a text a quote or a bracket may end a URL; here it is all there is. @internal */
export function withoutCredentials(url: string): string {
  const credentials = credentialsIn(url).at(-1);
  return credentials === undefined ? url : url.replace(`://${credentials}@`, () => `://${MASK}@`);
}

function hostsFit(authority: string, isNeeded: boolean): boolean {
  const hosts = authority.slice(authority.lastIndexOf('@') + 1);
  if (hosts === '') return !isNeeded;
  return hosts.split(',').every((host) => {
    const [, name = '', port] = /^(\[[\da-f:.]+\]|[^:[\]]*)(?::(.*))?$/i.exec(host) ?? [];
    if (!HOST.test(name) || !/[^._-]/.test(name)) return false;
    return port === undefined || (PORT.test(port) && Number(port) <= 65_535);
  });
}
