import { isPlainIPv4, maskAddress, type ParsedAddress, type ParsedIPv6, parseAddress } from './ip-address.js';

/** What each byte is in hexadecimal: numbers made into text one by one cost more than everything else about a key. */
const BYTES: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) => byte.toString(16));

/** The address in its usual form: dotted, or as RFC 5952 has it. @internal */
export function formatAddress(address: ParsedAddress): string {
  return address.family === 4 ? formatIPv4(address.bits) : formatIPv6(address);
}

function formatIPv4(bits: number): string {
  const octet = (shift: number): string => String((bits >>> shift) & 255);
  return `${octet(24)}.${octet(16)}.${octet(8)}.${octet(0)}`;
}

/** The longest run of zero groups, the first of several, is left out; a single zero group is not. */
function formatIPv6(address: ParsedIPv6): string {
  if (address.c === 0 && address.d === 0) return `${firstHalf(address)}::`;
  let start = -1;
  let end = -1;
  for (let i = 0; i < 8; i++) {
    let to = i;
    while (to < 8 && groupAt(address, to) === 0) to++;
    if (to - i > Math.max(1, end - start)) [start, end] = [i, to];
    i = to;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === start) {
      text += '::';
      i = end - 1;
      continue;
    }
    text += i === 0 || i === end ? hex(groupAt(address, i)) : `:${hex(groupAt(address, i))}`;
  }
  return text;
}

/** The groups before a run of zeros that reaches from the middle or before it to the end: no other is as long. */
function firstHalf({ a, b }: ParsedIPv6): string {
  if (b === 0) return a === 0 ? '' : (a & 0xffff) === 0 ? hex(a >>> 16) : pair(a);
  return (b & 0xffff) === 0 ? `${pair(a)}:${hex(b >>> 16)}` : `${pair(a)}:${pair(b)}`;
}

function pair(word: number): string {
  return `${hex(word >>> 16)}:${hex(word & 0xffff)}`;
}

function groupAt({ a, b, c, d }: ParsedIPv6, i: number): number {
  const word = i < 4 ? (i < 2 ? a : b) : i < 6 ? c : d;
  return i % 2 === 0 ? word >>> 16 : word & 0xffff;
}

function hex(group: number): string {
  const high = BYTES[group >> 8] ?? '';
  const low = BYTES[group & 255] ?? '';
  if (group < 256) return low;
  return (group & 0xf0) === 0 ? `${high}0${low}` : high + low;
}

/** The name under which an address is counted: see `addressKey`, which checks the prefix as well. @internal */
export function addressKeyOf(ip: string, ipv6Prefix: number): string | undefined {
  // The common case, and its usual form already.
  if (isPlainIPv4(ip)) return ip;
  const address = parseAddress(ip);
  return address === undefined ? undefined : parsedKeyOf(ip, address, ipv6Prefix);
}

/** The same for text that was read already. @internal */
export function parsedKeyOf(ip: string, address: ParsedAddress, ipv6Prefix: number): string {
  if (address.family === 4) return isUsualIPv4(ip) ? ip : formatAddress(address);
  const range = formatAddress(maskAddress(address, ipv6Prefix));
  return ipv6Prefix === 128 ? range : `${range}/${String(ipv6Prefix)}`;
}

/** Whether text that was read as IPv4 is nothing else: what may be around it shows at its ends, or has a colon. */
function isUsualIPv4(ip: string): boolean {
  return isDigit(ip.charCodeAt(0)) && isDigit(ip.charCodeAt(ip.length - 1)) && !ip.includes(':');
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
