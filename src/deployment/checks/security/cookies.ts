import type { DeploymentFinding } from '../../finding.js';
import { failed, idPart, warned } from '../report.js';
import type { CookieSettings } from './options.js';

/** Judges how cookies are set. Source: RFC 6265bis, 4.1. @internal */
export function judgeCookies(cookies: readonly CookieSettings[]): DeploymentFinding[] {
  return cookies.flatMap((cookie, i) => judgeCookie(cookie, i));
}

function judgeCookie(cookie: CookieSettings, index: number): DeploymentFinding[] {
  const { name, secure, httpOnly, domain, path } = cookie;
  const what = name === undefined ? `cookie ${String(index + 1)}` : `the cookie ${name}`;
  const id = (rule: string) => `security.cookies.${rule}.${name === undefined ? String(index + 1) : idPart(name)}`;
  const sameSite = typeof cookie.sameSite === 'string' ? cookie.sameSite.toLowerCase() : cookie.sameSite;
  const findings: DeploymentFinding[] = [];
  if (secure === 'auto')
    findings.push(
      warned(id('secure'), `${what} is sent without TLS where the connection seems to have none`, {
        hint: 'set secure: true, and let trust proxy name the proxy that ends TLS',
      }),
    );
  else if (secure !== true)
    findings.push(failed(id('secure'), `${what} is sent without TLS as well`, { hint: 'set secure: true' }));
  if (sameSite === 'none' && secure !== true)
    findings.push(
      failed(id('same-site'), `${what} is for every site and not secure, which browsers refuse`, {
        hint: "set sameSite: 'lax', or secure: true",
      }),
    );
  if (httpOnly !== true)
    findings.push(
      warned(id('http-only'), `${what} can be read by scripts of the page`, { hint: 'set httpOnly: true' }),
    );
  if (name !== undefined && /^__(?:Host|Secure)-/i.test(name)) {
    const isHost = /^__Host-/i.test(name);
    const isBroken = secure !== true || (isHost && (domain !== undefined || (path !== undefined && path !== '/')));
    if (isBroken)
      findings.push(
        failed(id('prefix'), `${what} breaks what its prefix promises, so that browsers refuse it`, {
          hint: isHost ? "it needs secure: true, path: '/' and no domain" : 'it needs secure: true',
        }),
      );
  }
  return findings;
}
