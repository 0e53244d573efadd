import { secureBytes } from '../../core/random.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { type ResponseShape, stateOf } from '../exchange.js';
import { responseOf } from '../native-response.js';

const NONCE_BYTES = 16;

/**
 * The nonce of a response: 128 random bits in base64, the same as often as it is asked for. Where the security headers have
 * `{nonce}` in a value, it stands there.
 *
 * @param of - Node's response, or that of Express; `ctx` of Koa; the `Request` of fetch, whose `Response` is not made by then.
 * @throws `InvalidArgumentError` for anything else that is no object, and for a `Response` of fetch.
 *
 * @example
 * const headers = securityHeaders({ set: { 'Content-Security-Policy': "script-src 'nonce-{nonce}'" } });
 * // in a handler, behind the middleware:
 * response.send(`<script nonce="${cspNonce(response)}">…</script>`);
 */
export function cspNonce(of: object): string {
  if (typeof of !== 'object' || (of as object | null) === null || of instanceof Response) {
    throw new InvalidArgumentError(
      'cspNonce: the argument must be the response of Node or Express, ctx of Koa, or the Request of fetch',
    );
  }
  const isResponse = typeof (of as Partial<ResponseShape>).setHeader === 'function';
  const response = isResponse ? of : (responseOf(of) ?? of);
  return (stateOf(response as ResponseShape).nonce ??= toBase64(secureBytes(NONCE_BYTES)));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
