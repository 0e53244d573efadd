import { isSensitiveKey } from '../core/sensitive-names.js';

/** Shorter pieces of a secret may be ordinary words. */
const SHORTEST_PIECE = 8;
/** A user without a password is one, unless it is as long as a token. */
const SHORTEST_TOKEN = 16;
/** More of them would be no URL. */
const MOST_SIGNS = 8;
/** Less of base64 may be part of anything. */
const SHORTEST_MIDDLE = 6;
/** `password=x`, `Password=x;` and `"password":"x"`, and what may stand there. */
const FIELD = /([\w.-]{1,64})["']?\s{0,3}[=:]\s{0,3}/g;
const FIELD_VALUE = /"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'&;]+/y;
/** A key, also in JSON and in JSON in JSON, and what ends its lines there. */
const KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----([^]*?)(?:-----END|$)/g;
const LINE_END = /(?:\s|\\+[rn])+/;
/** So many of its bytes are shown of a buffer, and so many numbers of a list. */
const SHOWN_BYTES: readonly number[] = /* @__PURE__ */ Object.freeze([50, 100]);
const URL_START = /^\s*([a-z][a-z\d+.-]{0,40}):\/\/(\S+)/i;

/**
 * What of a variable must not be shown by itself: of one that is hidden the whole and the pieces it is made of, and of any
 * the passwords of URLs and of fields, as they are written there and as they are.
 * @internal
 */
export function partsOf(value: string, isHidden: boolean): Set<string> {
  const keys = Array.from(value.matchAll(KEY), ([, lines = '']) => lines);
  const isSecret = isHidden || keys.length > 0;
  // What is read from a file often ends in a line break that its user takes away.
  const parts = new Set(isSecret ? [value, value.trim()] : []);
  // An error may quote one line, or one of a list; a key in a variable may have its lines joined.
  const pieces = keys.length > 0 ? keys.flatMap((key) => key.split(LINE_END)) : value.split(/[\r\n,;]+|\\[rn]/);
  for (const piece of isSecret ? pieces : [])
    if (piece.length >= SHORTEST_PIECE && !piece.includes('-----')) parts.add(piece).add(piece.trim());
  for (const one of [...passwordsOf(value), ...fieldsOf(value, isHidden)]) parts.add(one).add(decoded(one));
  return parts;
}

/** Each at sign may be the one before the host: a password may hold some that nobody has encoded. */
function passwordsOf(value: string): string[] {
  const [, scheme = '', rest = ''] = URL_START.exec(value) ?? [];
  const isWeb = /^https?$/i.test(scheme);
  const found: string[] = [];
  const colon = rest.indexOf(':');
  for (let at = rest.indexOf('@'); at !== -1 && found.length < MOST_SIGNS; at = rest.indexOf('@', at + 1)) {
    // In the web a path may hold an at sign.
    if (isWeb && /[/?#]/.test(rest.slice(0, at))) break;
    if (colon !== -1 && colon < at) found.push(rest.slice(colon + 1, at));
    else if (isWeb && at >= SHORTEST_TOKEN) found.push(rest.slice(0, at));
  }
  return found;
}

function fieldsOf(value: string, isHidden: boolean): string[] {
  return writtenIn(value, isHidden).flatMap((written) => {
    const isQuoted = /^["']/.test(written);
    return isQuoted ? [written.slice(1, -1), textOf(written)] : [written, written.replace(/,.*/s, '')];
  });
}

/** What fields of sensitive names hold, or any in quotes. What others hold may be fields again, as in the query of a URL. */
function writtenIn(text: string, alsoQuoted: boolean): string[] {
  const all: string[] = [];
  FIELD.lastIndex = 0;
  for (let found = FIELD.exec(text); found !== null; found = FIELD.exec(text)) {
    const isTold = isSensitiveKey(found[1] ?? '');
    if (!isTold && !(alsoQuoted && /["']/.test(text.charAt(FIELD.lastIndex)))) continue;
    FIELD_VALUE.lastIndex = FIELD.lastIndex;
    const written = FIELD_VALUE.exec(text)?.[0] ?? '';
    if (!isTold && written.length < SHORTEST_PIECE + 2) continue;
    FIELD.lastIndex += written.length;
    if (written !== '') all.push(written);
  }
  return all;
}

/** What fields of sensitive names hold in a text, such as a connection string; a comma may begin the next. @internal */
export function fieldValues(text: string): string[] {
  return writtenIn(text, false).map((written) =>
    /^["']/.test(written) ? written.slice(1, -1) : written.replace(/,\s*[\w ]+=.*/s, ''),
  );
}

function textOf(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return json.slice(1, -1);
  }
}

/** Without the escapes of URLs, if it is well-formed. @internal */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A value in base64, also where it stands in the middle of something, in hex, both also of UTF-16, in small and in large
 * letters, and in URLs, as those that are short are not looked for in them.
 * @internal
 */
export function writtenOtherwise(value: string): Set<string> {
  // Words that are no secret have no digits.
  const isOdd = value.length >= SHORTEST_PIECE && /\d/.test(value);
  const inOtherCase = isOdd ? [value.toUpperCase(), value.toLowerCase()] : [];
  const wide = Array.from({ length: value.length * 2 }, (_, i) => (value.charCodeAt(i >> 1) >> ((i & 1) * 8)) & 255);
  const bytes = Array.from(new TextEncoder().encode(value));
  return new Set([...inBytes(bytes), ...inBytes(wide, [0]), ...inOtherCase, encoded(value)]);
}

function inBytes(bytes: readonly number[], behind = [0, 1, 2]): string[] {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const starts = SHOWN_BYTES.filter((shown) => shown < bytes.length).map((shown) => hex.slice(0, shown * 2));
  const text = bytes.map((byte) => String.fromCharCode(byte)).join('');
  const whole = btoa(text);
  const inBase64 = [whole, whole.replace(/=+$/, '')];
  // Three bytes are four characters: what stands before decides where it begins, and what behind about its end.
  for (const before of behind) {
    const shifted = btoa('\0'.repeat(before) + text);
    const middle = shifted.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
    // Behind a user and a colon, as the authorization by `Basic` has it, it goes on to the end.
    const login = btoa(`${'\0'.repeat(before)}:${text}`).slice(Math.ceil((before * 4) / 3));
    for (const one of [middle, login, login.replace(/=+$/, '')]) if (one.length >= SHORTEST_MIDDLE) inBase64.push(one);
  }
  const inURL = inBase64.map((one) => one.replaceAll('+', '-').replaceAll('/', '_'));
  return [hex, hex.toUpperCase(), ...starts, ...inBase64, ...inURL];
}

/** Half a character cannot be encoded. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}
