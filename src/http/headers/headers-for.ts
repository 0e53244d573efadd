import type { RequestView } from '../exchange.js';
import { cspNonce } from './csp-nonce.js';
import type { SecurityHeaders } from './security-headers.js';

type List = SecurityHeaders['list'];

const NONCE = '{nonce}';

/** Gives the headers for a request, most of the time the same. @internal */
export type HeadersFor = (request: RequestView) => List;

/** @param isSecure - whether the client's connection is encrypted. @internal */
export function headersFor({ list, hsts }: SecurityHeaders, isSecure: (request: RequestView) => boolean): HeadersFor {
  const everywhere = hsts === 'secure' ? list.filter(([name]) => !isHsts(name)) : list;
  const withNonce = list.some(([, value]) => value.includes(NONCE));
  if (!withNonce && everywhere.length === list.length) return () => list;
  return (request) => {
    const chosen = everywhere.length === list.length || isSecure(request) ? list : everywhere;
    if (!withNonce) return chosen;
    const { response } = request.exchange;
    const nonce = cspNonce(response);
    request.exchange.expose?.('cspNonce', nonce);
    return chosen.map(([name, value]) => [name, value.replaceAll(NONCE, nonce)] as const);
  };
}

function isHsts(name: string): boolean {
  return name.toLowerCase() === 'strict-transport-security';
}
