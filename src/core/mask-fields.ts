import { type Sensitivity, sensitivityOf } from './sensitive-names.js';

/** What stands in place of anything hidden. @internal */
export const MASK = '[secret]';

/** `name=value`, `name: value`, `name => value`, as a URL writes them, and the list `'name', 'value'` of raw headers. */
const SEPARATOR = /[:=]|%3[ad]|["'],/gi;
const ASSIGNMENT = /=/g;
/** The credentials of a `Digest` are fields themselves; those of the others are one word. */
const SCHEME = /\b(?:digest\s+(?=\w+=)|(?:bearer|basic|digest)[ \t]+)/gi;
/** Whether there may be one: a quick look, as there hardly ever is. */
const SCHEME_NAME = /bearer|basic|digest/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;
/** A name in the place of a value: what it names is the value then, as in `Bad credentials: password: x`. */
const INNER_NAME = /^(\\{0,3}["'`]?)[^\s:="'`\\,;&]{1,100}\1\s{0,3}([:=]|%3[ad])/i;
/** Brackets around a name, and those of a list: `user[password]`, `password[0]`, `password[]`. */
const CLOSING = /(?:\]|%5d)?(?:(?:\[|%5b)\d{0,3}(?:\]|%5d))?$/i;
/** What stands between a name and its value in `{"name":"password","value":"x"}`. */
const BESIDE = /^\\{0,3}["']?value\\{0,3}["']?\s{0,3}:\s{0,3}(?!\s)/i;
const NO_VALUE = /^(?:true|false|null|undefined|none|missing|required|invalid|expired|unset|empty)$/;
const LONGEST_NAME = 64;
const MOST_SPACES = 16;
const BRACKETS: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({ '[': ']', '{': '}', '(': ')' });

/**
 * The values of sensitive names and of authorization schemes masked, in time that grows with the text alone.
 * @internal
 */
export function maskFields(text: string, of: (name: string) => Sensitivity = sensitivityOf): string {
  return maskNamed(maskSchemes(maskPrivateKeys(text), of), SEPARATOR, of);
}

/** Private keys masked; one that is cut off goes on to the end. @internal */
export function maskPrivateKeys(text: string): string {
  return text.includes('-----BEGIN') ? text.replace(PRIVATE_KEY, MASK) : text;
}

/**
 * The same for a name, in which words and colons are not fields: only what is written as `password=value` is masked, and
 * what an authorization value has that no name does.
 * @internal
 */
export function maskAssignments(text: string): string {
  const schemeless = maskSchemes(text, sensitivityOf, looksRandom);
  return schemeless.includes('=') ? maskNamed(schemeless, ASSIGNMENT, sensitivityOf) : schemeless;
}

/** `basic tier` and `basic auth` are names of two parts. */
function looksRandom(word: string): boolean {
  return word.length >= 12 && /\d|[a-z][A-Z]/.test(word);
}

function isAnyCredential(word: string): boolean {
  return word.length >= 4;
}

function maskSchemes(text: string, of: (name: string) => Sensitivity, isCredential = isAnyCredential): string {
  if (!SCHEME_NAME.test(text)) return text;
  const budget = budgetOf(text);
  const masked = new Masked(text);
  for (const found of text.matchAll(SCHEME)) {
    const start = found.index + found[0].length;
    if (found.index < masked.doneTo) continue;
    const quoted = /["']/.test(text.charAt(start));
    const isDigest = /^digest/i.test(found[0]) && /^\w+=/.test(text.slice(start, start + 40));
    const end = isDigest ? endOfLine(text, start) : endOfWord(text, quoted ? start + 1 : start);
    if (isDigest || isCredential(text.slice(start, end)))
      masked.hide(start, Math.max(end, innerEnd(text, start, false, budget, of)));
  }
  return masked.text();
}

function maskNamed(text: string, separator: RegExp, of: (name: string) => Sensitivity): string {
  const masked = new Masked(text);
  const budget = budgetOf(text);
  // Not by `matchAll`, which makes a new expression each time.
  separator.lastIndex = 0;
  for (let found = separator.exec(text); found !== null; found = separator.exec(text)) {
    if (found.index < masked.doneTo) continue;
    const isList = found[0].endsWith(',');
    const name = nameBefore(text, found.index + (isList ? 1 : 0));
    const sensitivity = name === '' ? 'none' : of(name);
    if (sensitivity === 'none') continue;
    let start = valueStart(text, found.index + found[0].length);
    if (isList) {
      const beside = BESIDE.exec(text.slice(start, start + 40))?.[0];
      if (beside !== undefined) start += beside.length;
      // Names of fields stand in lists as well; only those of headers have their values beside them.
      else if (sensitivity !== 'line' || !/["']/.test(text.charAt(start))) continue;
    }
    const isLine = sensitivity === 'line';
    const end = Math.max(valueEnd(text, start, isLine, budget), innerEnd(text, start, isLine, budget, of));
    // Only that there is one, or that there is none, is no secret: `token: missing`.
    if (end <= start || (!isLine && NO_VALUE.test(text.slice(start, Math.min(end, start + 10))))) continue;
    masked.hide(start, end);
  }
  return masked.text();
}

/** How many characters may be looked at in vain. */
interface Budget {
  steps: number;
}

function budgetOf(text: string): Budget {
  return { steps: text.length * 4 };
}

/** Text of which parts are hidden, from its start to its end. */
class Masked {
  readonly #text: string;
  #shown = '';
  /** Up to here everything is decided. */
  doneTo = 0;

  constructor(text: string) {
    this.#text = text;
  }

  hide(start: number, end: number): void {
    this.#shown += this.#text.slice(this.doneTo, start) + MASK;
    this.doneTo = end;
  }

  text(): string {
    return this.doneTo === 0 ? this.#text : this.#shown + this.#text.slice(this.doneTo);
  }
}

/** The name that stands before a separator, which may have spaces, a quote and backslashes around it. */
function nameBefore(text: string, separator: number): string {
  let end = separator;
  for (let spaces = 0; spaces < 3 && isSpace(text.charCodeAt(end - 1)); spaces++) end--;
  end = beforeQuote(text, end);
  if (/[\]d]/i.test(text.charAt(end - 1)))
    end = beforeQuote(text, end - (CLOSING.exec(text.slice(Math.max(0, end - 12), end))?.[0].length ?? 0));
  let start = end;
  while (end - start < LONGEST_NAME && isNameCharacter(text.charCodeAt(start - 1))) start--;
  return text.slice(start, end);
}

function beforeQuote(text: string, at: number): number {
  let end = at;
  if (text[end - 1] === '"' || text[end - 1] === "'") end--;
  for (let slashes = 0; slashes < 3 && text[end - 1] === '\\'; slashes++) end--;
  return end;
}

function valueStart(text: string, separator: number): number {
  let start = separator;
  while (text[start] === '=' || text[start] === '>') start++;
  const from = start;
  while (start - from < MOST_SPACES && (text[start] === ' ' || text[start] === '\t')) start++;
  // A line may break after the name, but what stands far into the next line is something else.
  if (text[start] === '\n' || text[start] === '\r') {
    while (start - from < 3 && isSpace(text.charCodeAt(start))) start++;
  }
  return isSpace(text.charCodeAt(start)) ? text.length : start;
}

/** The end of what the last of the names in the place of a value names; 0 when the value is no such name. */
function innerEnd(
  text: string,
  start: number,
  wholeLine: boolean,
  budget: Budget,
  of: (name: string) => Sensitivity,
): number {
  let inner = start;
  let isLine = wholeLine;
  for (;;) {
    const found = INNER_NAME.exec(text.slice(inner, inner + 120));
    if (found === null) break;
    const after = inner + found[0].length;
    const sensitivity = of(nameBefore(text, after - (found[2] as string).length));
    const next = sensitivity === 'none' ? text.length : valueStart(text, after);
    if (next === text.length) break;
    inner = next;
    isLine ||= sensitivity === 'line';
  }
  return inner === start ? 0 : valueEnd(text, inner, isLine, budget);
}

function valueEnd(text: string, start: number, wholeLine: boolean, budget: Budget): number {
  let quote = start;
  while (quote - start < 3 && text[quote] === '\\') quote++;
  const first = text.charAt(quote);
  if (first === '"' || first === "'" || first === '`') {
    return endOfWord(text, quotedEnd(text, quote, quote - start));
  }
  const closing = bracketEnd(text, start, budget);
  if (closing === undefined) return wholeLine ? endOfLine(text, start) : endOfWord(text, start);
  return endOfWord(text, closing);
}

/** The end of quoted text, or of everything when it was cut off before its closing quote. */
function quotedEnd(text: string, open: number, slashes: number): number {
  const quote = text.charAt(open);
  let before = 0;
  for (let at = open + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') before++;
    else {
      if (character === quote && (slashes === 0 ? before % 2 === 0 : before <= slashes)) return at + 1;
      before = 0;
    }
  }
  return text.length;
}

/**
 * The end of what begins with a bracket, if it is closed, or was cut off within a list; looking in vain uses up the
 * budget of the whole text.
 */
function bracketEnd(text: string, start: number, budget: Budget): number | undefined {
  if (BRACKETS[text.charAt(start)] === undefined) return undefined;
  const open: string[] = [];
  let slashes = 0;
  for (let at = start; at < text.length; at++) {
    if (budget.steps <= 0) return text.length;
    const character = text.charAt(at);
    const from = at;
    if (character === '"') at = quotedEnd(text, at, slashes) - 1;
    else if (BRACKETS[character] !== undefined) open.push(BRACKETS[character]);
    else if (character === open.at(-1)) open.pop();
    if (open.length === 0) return at + 1;
    slashes = character === '\\' ? slashes + 1 : 0;
    budget.steps -= at - from + 1;
  }
  return /^.\s{0,3}\\{0,3}["'[{]/.test(text.slice(start, start + 8)) ? text.length : undefined;
}

/** The end of a value without quotes: white space, or what can only be the end of the text around it. */
function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isSpace(text.charCodeAt(at)) && !endsValue(text, at)) at++;
  return at;
}

/** The end of a header line, or of the quoted text that it stands in. */
function endOfLine(text: string, start: number): number {
  let at = start;
  let inQuotes = false;
  for (; at < text.length; at++) {
    const character = text[at];
    if (character === '\n' || character === '\r') break;
    // A parameter's own quotes, such as those of `username="bob"`.
    if (character === '"' && (inQuotes || /[=\s,]/.test(text.charAt(at - 1)))) inQuotes = !inQuotes;
    else if ((character === '"' || character === "'" || character === '\\') && closesText(text, at)) break;
  }
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Whether a quote closes the text that a header line was put into. */
function closesText(text: string, at: number): boolean {
  let after = at;
  while (text[after] === '\\' && after - at < 3) after++;
  if (text[after] !== '"' && text[after] !== "'") return false;
  return /^(?:$|[\s}\])>]|,\s{0,3}["'[{\\])/.test(text.slice(after + 1, after + 6));
}

/** Whether a value without quotes ends before this character: at the next field, or at a quote or a bracket around it. */
function endsValue(text: string, at: number): boolean {
  switch (text[at]) {
    case ',':
    case ';':
    case '&':
      return /^.(?:$|[\s"'\\]|[\w.[\]%-]{1,40}(?:=(?:[^=\s]|$)|:))/.test(text.slice(at, at + 44));
    case '"':
    case "'":
    case '\\':
      return /^\\{0,3}["'](?:$|[\s,;:}\])>])/.test(text.slice(at, at + 5));
    case '}':
    case ']':
    case ')':
    case '>':
      return /^[}\])>]{1,8}(?:$|[\s,;:"'.])/.test(text.slice(at, at + 9));
    default:
      return false;
  }
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isNameCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 46 ||
    code === 95
  );
}
