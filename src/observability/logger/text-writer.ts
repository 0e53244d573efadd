import { redactSecrets, redactText } from '../../core/redaction.js';
import type { Sensitivity } from '../../core/sensitive-names.js';
import type { SecretMatcher } from '../../core/secret-matcher.js';

/** Which names hide what stands behind them in a text. @internal */
export interface TextRules {
  /** Whether names of any form may be among them. */
  readonly anyName: boolean;
  readonly of: (name: string) => Sensitivity;
}

/** Characters of one text that are written. @internal */
export const LONGEST_TEXT = 16_384;
/** Text up to here is looked at character by character, which is faster than to search it. */
const SHORT = 48;
/**
 * What stands before a secret: a name that may be one of a secret, the name of an authorization scheme, the first line of a
 * key. What is none of these is no secret for the search either.
 */
const SUSPICIOUS =
  /(?:[tndelryshgmw"'\]\s\\](?<!https)|otp|cv[vc])[:=]|[a-z][a-z._-]\d{1,3}[:=]|%3[ad]|["'],|--|\p{Surrogate}|(?:bearer|basic|digest)\s/iu;
/** What JSON writes in another way. */
const ESCAPED = /["\\\p{Cc}]/u;

const CONTROL = /[\u007f-\u009f]/;
const CONTROLS = /[\u007f-\u009f]/g;

const PLAIN = 0;
const NEEDS_ESCAPE = 1;
const NEEDS_SEARCH = 2;

/**
 * Text as JSON: secrets masked, and not too long.
 *
 * @param matcher - what finds registered values.
 * @param rules - how text is searched for what looks like a secret besides.
 * @internal
 */
export function jsonText(text: string, matcher: SecretMatcher | undefined, rules: TextRules | undefined): string {
  const need = matcher?.mayHold(text) === true ? NEEDS_SEARCH : needOf(text, rules);
  if (need === PLAIN) return `"${text}"`;
  return written(need === NEEDS_ESCAPE ? text : redacted(text, rules));
}

/** As JSON, in which control characters that JSON would allow are no more either: a terminal obeys them. @internal */
export function written(text: string): string {
  const json = JSON.stringify(text);
  return CONTROL.test(json)
    ? json.replace(CONTROLS, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
    : json;
}

/** Text without secrets, cut. @internal */
export function redacted(text: string, rules: TextRules | undefined, longest = LONGEST_TEXT): string {
  return rules === undefined ? redactSecrets(text, longest) : redactText(text, longest, undefined, rules.of);
}

/** What has to be done with a text; with most, nothing. */
function needOf(text: string, rules: TextRules | undefined): number {
  if (rules?.anyName === true && /[:=]|%3[ad]/i.test(text)) return NEEDS_SEARCH;
  if (text.length <= SHORT) return needOfShort(text);
  if (text.length > LONGEST_TEXT || SUSPICIOUS.test(text)) return NEEDS_SEARCH;
  if (text.includes('@') && text.includes('://')) return NEEDS_SEARCH;
  return ESCAPED.test(text) ? NEEDS_ESCAPE : PLAIN;
}

/** The same, of few characters. */
function needOfShort(text: string): number {
  let last = 0;
  let hasColon = false;
  let need = PLAIN;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Letters and digits, which most of any text is.
    if (!((code > 96 && code < 123) || (code > 47 && code < 58))) {
      if (code === 58) hasColon = true;
      if (isSuspicious(code, last, text, at, hasColon)) return NEEDS_SEARCH;
      if (code < 32 || code === 34 || code === 92 || (code >= 127 && code < 160)) need = NEEDS_ESCAPE;
    }
    last = code;
  }
  return need;
}

function isSuspicious(code: number, last: number, text: string, at: number, hasColon: boolean): boolean {
  switch (code) {
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
    case 32:
      return endsScheme(text, at, last | 32);
    case 45:
      return last === 45;
    case 37:
      return text.charCodeAt(at + 1) === 51;
    case 34:
    case 39:
      return text.charCodeAt(at + 1) === 44;
    case 58:
    case 61:
      return mayEndName(last, text, at);
    case 64:
      return hasColon;
    default:
      return code >= 0xd800 && code < 0xe000;
  }
}

/** Whether a word that ends here is `Bearer`, `Basic` or `Digest`. */
function endsScheme(text: string, end: number, last: number): boolean {
  if (last !== 114 && last !== 99 && last !== 116) return false;
  const first = text.charCodeAt(end - (last === 99 ? 5 : 6)) | 32;
  return (first === 98 || first === 100) && /(?:bearer|basic|digest)$/i.test(text.slice(Math.max(0, end - 6), end));
}

/** The last letters of names of secrets but `otp`, `cvv` and `cvc`: d e g h l m n r s t w y. */
const LAST_LETTERS = 'deghlmnrstwy';

/** Whether what ends here may be the name of a secret: by its last letter, or because something stands after it. */
function mayEndName(last: number, text: string, end: number): boolean {
  if (last > 47 && last < 58) return /[a-z][a-z._-]\d{1,3}$/i.test(text.slice(Math.max(0, end - 5), end));
  if (last === 32 || (last > 8 && last < 14) || last === 34 || last === 39 || last === 92 || last === 93) return true;
  const letter = String.fromCharCode(last | 32);
  if (!LAST_LETTERS.includes(letter))
    return 'pvc'.includes(letter) && /(?:otp|cv[vc])$/i.test(text.slice(Math.max(0, end - 3), end));
  return !((last | 32) === 115 && /https$/i.test(text.slice(Math.max(0, end - 5), end)));
}
