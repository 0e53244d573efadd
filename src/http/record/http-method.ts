/** Methods that are told apart: those of RFC 9110 and RFC 5789. Clients can send any other, which is `_OTHER`. */
export type HttpMethod =
  'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE' | 'PATCH' | '_OTHER';

const KNOWN: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
]);

/** A method as labels and records have it: of what clients choose, a bounded set. @internal */
export function methodOf(method: string): HttpMethod {
  return KNOWN.has(method) ? (method as HttpMethod) : '_OTHER';
}
