/**
 * An address as bits: IPv4 as one unsigned 32-bit number, IPv6 as four signed ones, which the engine keeps in the object
 * itself.
 * @internal
 */
export type ParsedAddress = ParsedIPv4 | ParsedIPv6;

/** @internal */
export interface ParsedIPv4 {
  readonly family: 4;
  readonly bits: number;
}

/** @internal */
export interface ParsedIPv6 {
  readonly family: 6;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Longer text is no address: the longest form has 45 characters, and a port, brackets and a zone come on top. */
const LONGEST = 80;
/** What {@link ipv4Bits} answers for other text. */
const NONE = -1;
const DOT = 46;
const COLON = 58;
const BRACKET = 91;
const ZERO = 48;
const IS_COLON = 16;
const IS_DOT = 17;

/**
 * Reads an address as servers, proxies and configuration files write it: with a port, in brackets, with a zone. IPv4
 * inside IPv6 (`::ffff:1.2.3.4`, RFC 4291, and `64:ff9b::1.2.3.4`, RFC 6052) is the IPv4 address that it stands for.
 * @internal
 */
export function parseAddress(text: string): ParsedAddress | undefined {
  if (text.length === 0 || text.length > LONGEST) return undefined;
  const bits = ipv4Bits(text, 0, text.length);
  if (bits !== NONE) return { family: 4, bits };
  return parseIPv6(text, 0, text.length) ?? parseDecorated(text.trim());
}

/** Whether the text is an IPv4 address and nothing else. @internal */
export function isPlainIPv4(text: string): boolean {
  return ipv4Bits(text, 0, text.length) !== NONE;
}

function parseDecorated(text: string): ParsedAddress | undefined {
  if (text.charCodeAt(0) === BRACKET) {
    const end = text.indexOf(']');
    return end === -1 || !isPort(text, end + 1) ? undefined : parseZoned(text, 1, end);
  }
  const colon = text.indexOf(':');
  if (colon !== -1 && text.indexOf(':', colon + 1) !== -1) return parseZoned(text, 0, text.length);
  if (colon === text.length - 1 || (colon !== -1 && !isPort(text, colon))) return undefined;
  const bits = ipv4Bits(text, 0, colon === -1 ? text.length : colon);
  return bits === NONE ? undefined : { family: 4, bits };
}

/** Whether nothing follows, or a colon and up to five digits. */
function isPort(text: string, from: number): boolean {
  return from === text.length || /^:\d{1,5}$/.test(text.slice(from));
}

function parseZoned(text: string, from: number, to: number): ParsedAddress | undefined {
  const percent = text.indexOf('%', from);
  if (percent === -1 || percent >= to) return parseIPv6(text, from, to);
  return /^[\w.-]{1,32}$/.test(text.slice(percent + 1, to)) ? parseIPv6(text, from, percent) : undefined;
}

/**
 * Four decimal numbers without leading zeros, which some systems read as octal. By character, as all that runs for every
 * request: cutting text into pieces costs more than reading it.
 */
function ipv4Bits(text: string, from: number, to: number): number {
  if (to - from < 7 || to - from > 15) return NONE;
  let bits = 0;
  let octet = -1;
  let dots = 0;
  for (let i = from; i <= to; i++) {
    const code = i === to ? DOT : text.charCodeAt(i);
    if (code === DOT) {
      if (octet === -1 || dots === 4) return NONE;
      bits = bits * 256 + octet;
      octet = -1;
      dots++;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return NONE;
    octet = octet === -1 ? digit : octet * 10 + digit;
    if (octet > 255) return NONE;
  }
  return dots === 4 ? bits : NONE;
}

/** What each character may be: a digit in hexadecimal, or one of those below. */
const KINDS: Int8Array = /* @__PURE__ */ Int8Array.from({ length: 128 }, (_, code) => {
  if (code === COLON) return IS_COLON;
  if (code === DOT) return IS_DOT;
  const digit = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? NONE : digit;
});

/**
 * Groups are pushed into 128 bits from the right; those before `::` are put aside and then moved to the left. Each
 * character is read once, and looked up: whether a digit or a letter comes next is what no processor foresees.
 */
function parseIPv6(text: string, from: number, to: number): ParsedAddress | undefined {
  let [a, b, c, d] = [0, 0, 0, 0];
  let [headA, headB, headC, headD] = [0, 0, 0, 0];
  let groups = 0;
  // How many groups stand before `::`.
  let gap = -1;
  let value = 0;
  let digits = 0;
  for (let at = from; at <= to; at++) {
    const code = at === to ? COLON : text.charCodeAt(at);
    const kind = code > 127 ? NONE : (KINDS[code] ?? NONE);
    if (kind < IS_COLON) {
      if (kind === NONE || ++digits > 4) return undefined;
      value = (value << 4) | kind;
    } else if (kind === IS_DOT) {
      // The low 32 bits may be written as IPv4.
      const bits = ipv4Bits(text, at - digits, to);
      if (bits === NONE || groups > 6) return undefined;
      [a, b, c, d] = [b, c, d, bits | 0];
      groups += 2;
      break;
    } else if (digits > 0) {
      if (groups++ === 8) return undefined;
      a = (a << 16) | (b >>> 16);
      b = (b << 16) | (c >>> 16);
      c = (c << 16) | (d >>> 16);
      d = (d << 16) | value;
      value = digits = 0;
    } else if (at === to) {
      // Nothing but `::` may stand at the end.
      if (gap !== groups) return undefined;
    } else {
      if (gap !== -1 || (at === from && text.charCodeAt(++at) !== COLON)) return undefined;
      gap = groups;
      [headA, headB, headC, headD] = [a, b, c, d];
      a = b = c = d = 0;
    }
  }
  if (gap === -1) return groups === 8 ? unwrapped(a, b, c, d) : undefined;
  if (groups >= 8) return undefined;
  for (let i = gap; gap > 0 && i < 8; i++) {
    headA = (headA << 16) | (headB >>> 16);
    headB = (headB << 16) | (headC >>> 16);
    headC = (headC << 16) | (headD >>> 16);
    headD <<= 16;
  }
  return unwrapped(a | headA, b | headB, c | headC, d | headD);
}

/** Recognised by bits, never by the way the address is written. */
function unwrapped(a: number, b: number, c: number, d: number): ParsedAddress {
  const mapped = a === 0 && b === 0 && c === 0xffff;
  const translated = a === 0x64ff9b && b === 0 && c === 0;
  return mapped || translated ? { family: 4, bits: d >>> 0 } : { family: 6, a, b, c, d };
}

/** The address with every bit after the first `prefix` cleared. @internal */
export function maskAddress(address: ParsedAddress, prefix: number): ParsedAddress {
  if (address.family === 4) return { family: 4, bits: (address.bits & maskAt(prefix, 0)) >>> 0 };
  return {
    family: 6,
    a: address.a & maskAt(prefix, 0),
    b: address.b & maskAt(prefix, 32),
    c: address.c & maskAt(prefix, 64),
    d: address.d & maskAt(prefix, 96),
  };
}

/** Which bits of the word that begins at bit `at` belong to the first `prefix` ones. @internal */
export function maskAt(prefix: number, at: number): number {
  const kept = prefix - at;
  return kept >= 32 ? -1 : kept <= 0 ? 0 : -1 << (32 - kept);
}

/** Whether two addresses are the same, bit by bit. @internal */
export function isSameAddress(one: ParsedAddress, other: ParsedAddress): boolean {
  if (one.family === 4) return other.family === 4 && one.bits === other.bits;
  return other.family === 6 && one.a === other.a && one.b === other.b && one.c === other.c && one.d === other.d;
}
