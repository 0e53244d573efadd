/** So much of a secret is looked at: what is longer is weak only by what it begins with. */
const LONGEST = 4_096;
/** What is longer than this is no password that everybody knows. */
const LONGEST_PASSWORD = 64;
const FEWEST_CHARACTERS = 7;
/** What a secret is expected to hold: as much as one in hex of the shortest length. */
const BITS_PER_CHARACTER = 4;

/** So many letters and digits have to be left when all known words are taken away. */
const FEWEST_LEFT = 16;

/** Words that a real secret has by chance as good as never, and an example nearly always. */
const MARKS =
  /change(?:me|it|this|in|before)|insecure|placeholder|example|replace(?:me|this|with)|your(?:secret|key|own|token|password|jwt|api|256bit|random|very|super)|(?:put|insert|enter|paste)(?:your|here|secret)|generateme|dummy|notasecret|notsecure|donotuse|somesecret|sosecret/;

/** Words of which known defaults are made. */
const WORDS =
  /administrator|admin|alpha|and|anything|api|app|at|authentication|auth|bar|base|battery|baz|big|bits?|bot|can|cat|change|characters?|chars?|cookies?|correct|database|default|demo|dev(?:elopment)?|django|dont|express|fallback|foo|for|guess|guest|hello|here|horse|hunter|iloveyou|in|is|jwt|keep|keyboard|keys?|laravel|least|letmein|life|local(?:host)?|login|long|master|mine|mongo(?:db)?|my(?:sql)?|nobody|node(?:js)?|none|not|only|pass(?:word|phrase|wd)?|please|postgres(?:ql)?|pg|private|prod(?:uction)?|pwd|qwerty(?:uiop)?|asdf(?:ghjkl)?|zxcv(?:bnm)?|rabbit(?:mq)?|rails|random|really|redis|root|safe|salt|sample|secrets?|secure|security|seed|server|service|sessions?|shared?|signing|signature|some|staging|staple|strings?|strong|super|temp(?:orary)?|tests?|testing|that|the|this|tokens?|toor|ultra|unsafe|user|value|very|web|welcome|will|with|world|you|your|hs256|abcdef(?:gh)?|abc|deadbeef|cafebabe/g;

const LEET: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
});

/**
 * Whether a secret can be guessed: it is short, of few characters, a pattern that repeats or counts, made of known
 * words, or the form of an example. Which of these it is, is told to nobody.
 * @internal
 */
export function isWeak(secret: string, minLength: number): boolean {
  const value = secret.trim();
  if (value.length < minLength) return true;
  const start = value.slice(0, LONGEST);
  if (bitsOfDigits(start) < minLength * BITS_PER_CHARACTER) return true;
  return isPlain(start) || readings(start).some(isPlain);
}

/** A digit is one of ten: so many bits are in digits, and in groups of them. More than any of what is not digits alone. */
function bitsOfDigits(value: string): number {
  const digits = value.replace(/[\s._:/-]/g, '');
  return /^\d+$/.test(digits) ? digits.length * Math.log2(10) : Infinity;
}

/** Whether it is a password that everybody knows, however long passwords have to be. @internal */
export function isKnown(password: string): boolean {
  const value = password.trim();
  return (
    value === '' ||
    (value.length <= LONGEST_PASSWORD && (isForm(value) || repeats(value) || counts(value) || leftOf(value) < 4))
  );
}

function isPlain(value: string): boolean {
  return (
    new Set(value).size < FEWEST_CHARACTERS ||
    isForm(value) ||
    repeats(value) ||
    counts(value) ||
    leftOf(value) < FEWEST_LEFT
  );
}

/** An example says what is to stand in its place. */
function isForm(value: string): boolean {
  return (
    /^(?:<.*>|\[.*\]|\{.*\}|\$\{?\w+\}?|%\w+%|\*+|\.+|x+|-+)$/is.test(value) ||
    MARKS.test(lettersOf(value)) ||
    MARKS.test(lettersOf(unleet(value)))
  );
}

/** Small letters and digits alone. */
function lettersOf(value: string): string {
  return value.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Signs, and a digit or two in the middle of a word, as the letters that they are put for. */
function unleet(value: string): string {
  if (/^[0-9a-f-]*$/i.test(value)) return value;
  const letter = (character: string): string => LEET[character] ?? character;
  return value.replace(/[@$!]|(?<=[a-z@$!])\d{1,2}(?=[a-z@$!])/gi, (found) => found.replace(/./g, letter));
}

/** How many characters are left when the known words are taken away, and the digits beside them. */
function leftOf(value: string): number {
  // Without the digits that are put at the end of words.
  const left = [lettersOf(value), lettersOf(unleet(value))].map((text) => {
    const rest = text.replace(WORDS, ' ');
    // What has none of the words is judged by its characters alone.
    return rest === text ? value.length : rest.replace(/(?<![a-z0-9])\d{1,24}(?![a-z0-9])|\s/g, '').length;
  });
  return Math.min(...left);
}

/** Whether it is one piece written again and again. Source: the prefix function of Knuth, Morris and Pratt. */
function repeats(value: string): boolean {
  const border = new Int32Array(value.length);
  for (let i = 1, length = 0; i < value.length; i++) {
    while (length > 0 && value[i] !== value[length]) length = border[length - 1] ?? 0;
    if (value[i] === value[length]) length++;
    border[i] = length;
  }
  return (value.length - (border.at(-1) ?? 0)) * 2 <= value.length;
}

/** Whether most of its characters follow the one before, as those before them did: `abcdef`, `987654`, `aaaa`. */
function counts(value: string): boolean {
  let steps = 0;
  for (let i = 2; i < value.length; i++) {
    const step = value.charCodeAt(i) - value.charCodeAt(i - 1);
    if (Math.abs(step) <= 1 && step === value.charCodeAt(i - 1) - value.charCodeAt(i - 2)) steps++;
  }
  return steps * 2 >= value.length;
}

/** What it says when it is base64 or hex of a text. */
function readings(value: string): string[] {
  const texts: string[] = [];
  if (/^(?:[0-9a-f]{2})+$/i.test(value))
    texts.push(value.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));
  if (/^[\w+/-]+={0,2}$/.test(value)) {
    try {
      texts.push(atob(value.replaceAll('-', '+').replaceAll('_', '/')));
    } catch {
      // It is none.
    }
  }
  return texts.filter((text) => /^[\x20-\x7e]+$/.test(text));
}
