import { redactSecrets, redactText } from '../../core/redaction.js';
import { secretMatcher } from '../../core/secret-values.js';

/** Characters of one text that are written. @internal */
export const LONGEST_TEXT = 16_384;
/** Text up to here is looked at character by character, which is faster than to search it. */
const SHORT = 48;
/** What a secret in a text has before it, or what JSON writes in another way. */
const SPECIAL = /[:=%'"\\]|[\p{Cc}\p{Surrogate}]|--|(?:bearer|basic|digest)\s/iu;

/**
 * Text as it is written: secrets masked, and not too long.
 *
 * @param searches - whether it is searched for what looks like a secret, besides for values that are registered.
 * @internal
 */
export function shownText(text: string, searches: boolean): string {
  return isOrdinary(text) ? text : redacted(text, searches);
}

/** The same as JSON. @internal */
export function jsonText(text: string, searches: boolean): string {
  return isOrdinary(text) ? `"${text}"` : JSON.stringify(redacted(text, searches));
}

function redacted(text: string, searches: boolean): string {
  return searches ? redactText(text, LONGEST_TEXT) : redactSecrets(text, LONGEST_TEXT);
}

/** Whether text is as it is in JSON, and holds nothing that could be a secret; most is. */
function isOrdinary(text: string): boolean {
  const plain = text.length > SHORT ? text.length <= LONGEST_TEXT && !SPECIAL.test(text) : isPlain(text);
  return plain && secretMatcher()?.mayHold(text) !== true;
}

function isPlain(text: string): boolean {
  let last = 0;
  let oneBefore = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 61 ? isSpecial(code, last, oneBefore) : code === 92 || (code >= 127 && isRare(code))) return false;
    oneBefore = last;
    last = code;
  }
  return true;
}

function isSpecial(code: number, last: number, oneBefore: number): boolean {
  switch (code) {
    case 32:
      return endsScheme(oneBefore | 32, last | 32);
    case 45:
      return last === 45;
    case 34:
    case 37:
    case 39:
    case 58:
    case 61:
      return true;
    default:
      return code < 32;
  }
}

/** Whether a word may be `Bearer`, `Basic` or `Digest`, by its last two letters. */
function endsScheme(oneBefore: number, last: number): boolean {
  return (
    (oneBefore === 101 && last === 114) || (oneBefore === 105 && last === 99) || (oneBefore === 115 && last === 116)
  );
}

/** Control characters, and halves of characters. */
function isRare(code: number): boolean {
  return code < 160 || (code >= 0xd800 && code < 0xe000);
}
