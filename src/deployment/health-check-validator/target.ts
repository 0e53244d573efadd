/** Where requests go. @internal */
export interface Target {
  /** Scheme, host and port: all of an address that is ever shown. */
  readonly origin: string;
  readonly isSecure: boolean;
  /** The host to connect to; an IPv6 address without brackets. */
  readonly host: string;
  /** As written; without one, the scheme's own. */
  readonly port: string;
  readonly path: string;
  /** From the question mark on; empty without. */
  readonly query: string;
}

/** Why a text is no {@link Target}; repeats nothing of it, since there may be a password in it. @internal */
export interface NoTarget {
  readonly problem: string;
}

/** @internal */
export function isTarget(read: Target | NoTarget): read is Target {
  return !('problem' in read);
}

/** Reads the text of a URL. @internal */
export function readTarget(text: string): Target | NoTarget {
  // `localhost:3000` would be a URL of the scheme `localhost:`.
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text) || !URL.canParse(text))
    return { problem: 'must be a complete URL, such as http://127.0.0.1:3000' };
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return { problem: 'must begin with http:// or https://' };
  if (url.username !== '' || url.password !== '')
    return { problem: 'must hold no user and no password: health routes answer without, and addresses are shown' };
  return {
    origin: url.origin,
    isSecure: url.protocol === 'https:',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port,
    path: url.pathname,
    query: url.search,
  };
}
