import { secureBytes } from '../../core/random.js';
import { type ResponseShape, stateOf } from '../exchange.js';

const NONCE_BYTES = 16;

/**
 * The nonce of a response: 128 random bits in base64, the same as often as it is asked for. Where the security headers have
 * `{nonce}` in a value, it stands there.
 *
 * @param response - Node's response, or that of Express.
 *
 * @example
 * const headers = securityHeaders({ set: { 'Content-Security-Policy': "script-src 'nonce-{nonce}'" } });
 * // in a handler, behind the middleware:
 * response.send(`<script nonce="${cspNonce(response)}">…</script>`);
 */
export function cspNonce(response: object): string {
  return (stateOf(response as ResponseShape).nonce ??= toBase64(secureBytes(NONCE_BYTES)));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
