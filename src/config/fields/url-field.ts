import { fault, type Field, type Read } from './field.js';

/** `scheme://authority`, and what follows it. Source: RFC 3986, section 3. */
const FORM = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\s]*)(?:[/?#]\S*)?$/i;
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
  const expects =
    schemes === undefined
      ? 'a URL with a scheme, such as https://host:443/path'
      : `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const isUrl = (text: string): boolean => {
    const [, scheme = '', authority = ''] = FORM.exec(text) ?? [];
    if (scheme === '') return false;
    if (schemes?.includes(scheme.toLowerCase()) === false) return false;
    return hostsFit(authority, NEEDS_HOST.test(scheme));
  };
  return {
    type: 'url',
    expects,
    // No `format: 'uri'`: with several hosts and ports it is none.
    json: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*://' },
    read: (text): Read<string> => ({ value: text.trim() }),
    check: (value) => (typeof value === 'string' && isUrl(value) ? undefined : fault('bad_url', `must be ${expects}`)),
    write: String,
  };
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
