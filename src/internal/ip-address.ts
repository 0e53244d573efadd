/** An address as bits: IPv4 as one unsigned 32-bit number, IPv6 as eight 16-bit groups. @internal */
export type ParsedAddress =
  { readonly family: 4; readonly bits: number } | { readonly family: 6; readonly groups: readonly number[] };

/** Longer text is no address: the longest form has 45 characters, and a port, brackets and a zone come on top. */
const LONGEST = 80;
const DOT = 46;
const ZERO = 48;

/**
 * Reads an address as servers, proxies and configuration files write it: with a port, in brackets, with a zone. IPv4
 * inside IPv6 (`::ffff:1.2.3.4`, RFC 4291, and `64:ff9b::1.2.3.4`, RFC 6052) is the IPv4 address that it stands for.
 * @internal
 */
export function parseAddress(text: string): ParsedAddress | undefined {
  if (text.length === 0 || text.length > LONGEST) return undefined;
  const bits = parseIPv4(text);
  if (bits !== undefined) return { family: 4, bits };
  return parseDecorated(text.trim());
}

/** Whether the text is an IPv4 address and nothing else. @internal */
export function isPlainIPv4(text: string): boolean {
  return parseIPv4(text) !== undefined;
}

function parseDecorated(text: string): ParsedAddress | undefined {
  if (text.startsWith('[')) {
    const inside = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
    return inside === undefined ? undefined : parseIPv6(inside);
  }
  const colon = text.indexOf(':');
  if (colon !== -1 && text.indexOf(':', colon + 1) !== -1) return parseIPv6(text);
  const host = colon === -1 ? text : /^\d{1,5}$/.test(text.slice(colon + 1)) ? text.slice(0, colon) : '';
  const bits = parseIPv4(host);
  return bits === undefined ? undefined : { family: 4, bits };
}

/** Four decimal numbers without leading zeros, which some systems read as octal. By character: this runs for every request. */
function parseIPv4(text: string): number | undefined {
  const { length } = text;
  if (length < 7 || length > 15) return undefined;
  let bits = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i <= length; i++) {
    const code = i === length ? DOT : text.charCodeAt(i);
    if (code === DOT) {
      if (octet === -1 || dots === 4) return undefined;
      bits = bits * 256 + octet;
      octet = -1;
      dots++;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return undefined;
    octet = octet === -1 ? digit : octet * 10 + digit;
    if (octet > 255) return undefined;
  }
  return dots === 4 ? bits : undefined;
}

function parseIPv6(withZone: string): ParsedAddress | undefined {
  const text = /^([0-9a-f:.]*)(?:%[\w.-]{1,32})?$/i.exec(withZone)?.[1];
  if (text === undefined) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = readGroups(halves[0] ?? '', halves.length === 1);
  const tail = readGroups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return unwrap([...head, ...Array.from({ length: missing }, () => 0), ...tail]);
}

/** `last` tells whether the text ends the address, where the low 32 bits may be written as IPv4. */
function readGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else {
      const bits = last && i === parts.length - 1 ? parseIPv4(part) : undefined;
      if (bits === undefined) return undefined;
      groups.push(Math.floor(bits / 65_536), bits % 65_536);
    }
  }
  return groups;
}

/** Recognised by bits, never by the way the address is written. */
function unwrap(groups: readonly number[]): ParsedAddress {
  const [a, b, c, d, e, f, high = 0, low = 0] = groups;
  const zeros = c === 0 && d === 0 && e === 0;
  const mapped = a === 0 && b === 0 && zeros && f === 0xffff;
  const translated = a === 0x64 && b === 0xff9b && zeros && f === 0;
  return mapped || translated ? { family: 4, bits: high * 65_536 + low } : { family: 6, groups };
}

/** The address in its usual form: dotted, or as RFC 5952 has it. @internal */
export function formatAddress(address: ParsedAddress): string {
  return address.family === 4 ? formatIPv4(address.bits) : formatIPv6(address.groups);
}

function formatIPv4(bits: number): string {
  const octet = (shift: number): string => String((bits >>> shift) & 255);
  return `${octet(24)}.${octet(16)}.${octet(8)}.${octet(0)}`;
}

/** The longest run of zero groups, the first of several, is left out; a single zero group is not. */
function formatIPv6(groups: readonly number[]): string {
  let [start, length] = [0, 0];
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (groups[i + run] === 0) run++;
    if (run > length) [start, length] = [i, run];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The address with every bit after the first `prefix` cleared. @internal */
export function maskAddress(address: ParsedAddress, prefix: number): ParsedAddress {
  if (address.family === 4) return { family: 4, bits: maskBits(address.bits, prefix, 32) };
  return { family: 6, groups: address.groups.map((group, i) => maskBits(group, prefix - 16 * i, 16)) };
}

function maskBits(bits: number, kept: number, width: number): number {
  if (kept >= width) return bits;
  if (kept <= 0) return 0;
  const step = 2 ** (width - kept);
  return Math.floor(bits / step) * step;
}

/** The name under which an address is counted: see `addressKey`, which checks the prefix as well. @internal */
export function addressKeyOf(ip: string, ipv6Prefix: number): string | undefined {
  // The common case, and its usual form already.
  if (isPlainIPv4(ip)) return ip;
  const address = parseAddress(ip);
  if (address === undefined) return undefined;
  if (address.family === 4) return formatAddress(address);
  const range = formatAddress(maskAddress(address, ipv6Prefix));
  return ipv6Prefix === 128 ? range : `${range}/${String(ipv6Prefix)}`;
}
