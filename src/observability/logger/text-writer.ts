import { redactSecrets, redactText } from '../../core/redaction.js';
import type { SecretMatcher } from '../../core/secret-matcher.js';

/** Characters of one text that are written. @internal */
export const LONGEST_TEXT = 16_384;
/** Text up to here is looked at character by character, which is faster than to search it. */
const SHORT = 48;
/**
 * What JSON writes in another way, and what stands before a secret: a name that may be one of a secret, the name of an
 * authorization scheme, the first line of a key. What is none of these is no secret for the search either.
 */
const SPECIAL = /["\\\p{Cc}\p{Surrogate}]|[tndelryshg'\]\s][:=]|%3[ad]|',|--|(?:bearer|basic|digest)\s/iu;

/**
 * Text as JSON: secrets masked, and not too long.
 *
 * @param matcher - what finds registered values.
 * @param searches - whether text is searched for what looks like a secret besides.
 * @internal
 */
export function jsonText(text: string, matcher: SecretMatcher | undefined, searches: boolean): string {
  return isOrdinary(text, matcher) ? `"${text}"` : JSON.stringify(redacted(text, searches));
}

function redacted(text: string, searches: boolean): string {
  return searches ? redactText(text, LONGEST_TEXT) : redactSecrets(text, LONGEST_TEXT);
}

/** Whether text is as it is in JSON, and holds nothing that could be a secret; most is. */
function isOrdinary(text: string, matcher: SecretMatcher | undefined): boolean {
  return (text.length > SHORT ? isPlainLong(text) : isPlain(text)) && matcher?.mayHold(text) !== true;
}

function isPlainLong(text: string): boolean {
  return text.length <= LONGEST_TEXT && !SPECIAL.test(text) && !(text.includes('@') && text.includes('://'));
}

/** The same, of few characters. */
function isPlain(text: string): boolean {
  let last = 0;
  let hasColon = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Letters and digits, which most of any text is.
    if ((code > 96 && code < 123) || (code > 47 && code < 58)) last = code;
    else {
      if (code === 58) hasColon = true;
      if (isSpecial(code, last, text, at, hasColon)) return false;
      last = code;
    }
  }
  return true;
}

function isSpecial(code: number, last: number, text: string, at: number, hasColon: boolean): boolean {
  switch (code) {
    case 32:
      return endsScheme(text, at, last | 32);
    case 45:
      return last === 45;
    case 37:
      return text.charCodeAt(at + 1) === 51;
    case 39:
      return text.charCodeAt(at + 1) === 44;
    case 58:
    case 61:
      return mayEndName(last);
    case 64:
      return hasColon;
    case 34:
    case 92:
      return true;
    default:
      return code < 32 || (code >= 127 && isRare(code));
  }
}

/** Whether a word that ends here is `Bearer`, `Basic` or `Digest`. */
function endsScheme(text: string, end: number, last: number): boolean {
  if (last !== 114 && last !== 99 && last !== 116) return false;
  const first = text.charCodeAt(end - (last === 99 ? 5 : 6)) | 32;
  return (first === 98 || first === 100) && /(?:bearer|basic|digest)$/i.test(text.slice(Math.max(0, end - 6), end));
}

/** Whether what ends here may be the name of a secret: by its last letter, or because something stands after it. */
function mayEndName(last: number): boolean {
  switch (last | 32) {
    case 100: // d
    case 101: // e
    case 103: // g
    case 104: // h
    case 108: // l
    case 110: // n
    case 114: // r
    case 115: // s
    case 116: // t
    case 121: // y
      return true;
    default:
      return last === 32 || last === 39 || last === 93;
  }
}

/** Control characters, and halves of characters. */
function isRare(code: number): boolean {
  return code < 160 || (code >= 0xd800 && code < 0xe000);
}
