/** Most values of a file that a message is searched for; in a larger one no message is shown. */
const MOST_VALUES = 5_000;
/** So many characters of what does not fit, one after the other, are a piece of it. */
const PIECE = 4;
const DEEPEST = 64;
const NAME = /^[A-Za-z_$][\w$.-]{0,39}$/;

/** Whether the key of a value may be shown: what is longer or stranger may be what the file is about. @internal */
export function isPlainName(key: string): boolean {
  return NAME.test(key);
}

/** Every text and number of a value; nothing when there are too many to search for. @internal */
export function contentOf(value: unknown): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  return collect(value, found, 0) ? found : undefined;
}

function collect(value: unknown, found: Set<string>, depth: number): boolean {
  if (found.size > MOST_VALUES || depth > DEEPEST) return false;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') found.add(String(value));
  else if (value instanceof Date) found.add(value.toISOString());
  else if (typeof value === 'object' && value !== null) return collectFrom(value, found, depth);
  return true;
}

function collectFrom(value: object, found: Set<string>, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // What a parse function made of it may keep its values where nobody sees them.
  if (!Array.isArray(value) && prototype !== null && prototype !== Object.prototype) return false;
  return Object.entries(value).every(([key, inner]) => {
    if (!isPlainName(key)) found.add(key);
    return collect(inner, found, depth + 1);
  });
}

/**
 * Whether a message tells something of what a file says: one of its values, written in some way, or a piece or the length
 * of what the message is about.
 * @internal
 */
export function tells(message: string, about: unknown, seen: ReadonlySet<string>): boolean {
  const low = message.toLowerCase();
  const own = contentOf(about);
  if (own === undefined) return true;
  for (const text of own) {
    if (/^\d+$/.test(text) ? hasNumber(low, text) : hasPieceOf(low, text)) return true;
    for (const form of formsOf(text)) if (hasPieceOf(low, form)) return true;
    if (hasNumber(low, String(text.length)) || hasNumber(low, String(Array.from(text).length))) return true;
  }
  for (const text of seen) {
    if (text.length < PIECE) continue;
    if (low.includes(text.toLowerCase())) return true;
    for (const form of formsOf(text)) if (low.includes(form)) return true;
  }
  return false;
}

/** In small letters: that makes more alike, never less. */
function formsOf(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  const base64 = btoa(String.fromCharCode(...bytes.subarray(0, 10_000))).replace(/=+$/, '');
  const hex = Array.from(bytes.subarray(0, 10_000), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const escaped = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  return [base64, base64.replaceAll('+', '-').replaceAll('/', '_'), hex, escaped, url].map((form) =>
    form.toLowerCase(),
  );
}

function hasNumber(text: string, digits: string): boolean {
  return new RegExp(`(?<!\\d)${digits}(?!\\d)`).test(text);
}

/** Whether four characters of it, or all of it when it is shorter, stand in the message. */
function hasPieceOf(message: string, text: string): boolean {
  const low = text.toLowerCase();
  // So short a text is a piece of many words: only where it stands alone it is likely to be itself.
  if (low.length < PIECE) return low !== '' && message.split(/[^\p{L}\p{N}]+/u).includes(low);
  // The message is short; the text may be long.
  for (let at = 0; at + PIECE <= message.length; at++) if (low.includes(message.slice(at, at + PIECE))) return true;
  return false;
}
