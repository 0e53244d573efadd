/** Signatures by way of MD2, MD5 and SHA-1. Source: RFC 8017, RFC 3279. */
const WEAK: readonly string[] = /* @__PURE__ */ Object.freeze([
  '2a864886f70d010102',
  '2a864886f70d010104',
  '2a864886f70d010105',
  '2a8648ce3d0401',
  '2a8648ce380403',
]);

/**
 * Whether a certificate is signed by way of a hash that is broken. It is read from its bytes, as the platform tells it
 * only from Node 24 on. Source: RFC 5280, 4.1; X.690, 8.1.
 * @internal
 */
export function isWeakSignature(certificate: Uint8Array): boolean {
  const outer = element(certificate, 0);
  const body = element(certificate, outer.start);
  const algorithm = element(certificate, body.end);
  const identifier = element(certificate, algorithm.start);
  const hex = Array.from(certificate.subarray(identifier.start, identifier.end), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  return WEAK.includes(hex);
}

/** Where the content of an element begins and ends. */
function element(bytes: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  let length = 0;
  const size = first & 0x7f;
  for (let i = 0; i < size; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  return { start: at + 2 + size, end: at + 2 + size + length };
}
