/** What to do about a secret that can be guessed. @internal */
export const MAKE = "make one: node -p \"require('node:crypto').randomBytes(32).toString('base64url')\"";

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
  /administrator|admin|alpha|and|anything|api|app|at|authentication|auth|bar|base|battery|baz|big|bit|bot|can|cat|change|character|char|cookie|correct|database|default|demo|dev(?:elopment)?|django|dont|express|fallback|fixme|foo|for|guess|guest|hello|here|horse|hunter|iloveyou|in|is|jwt|keep|keyboard|key|laravel|least|letmein|life|local(?:host)?|login|long|master|mine|mongo(?:db)?|my(?:sql)?|nobody|node(?:js)?|none|not|null|only|pass(?:word|phrase|wd)?|please|postgres(?:ql)?|pg|private|prod(?:uction)?|pwd|qwerty(?:uiop)?|asdf(?:ghjkl)?|zxcv(?:bnm)?|rabbit(?:mq)?|rails|random|really|redis|root|safe|salt|sample|secret|secure|security|seed|server|service|session|shared?|signing|signature|some|staging|staple|string|strong|super|temp(?:orary)?|test|testing|that|the|this|todo|token|toor|ultra|undefined|unsafe|user|value|very|web|welcome|will|with|world|you|your|hs256|abcdef(?:gh)?|abc|deadbeef|cafebabe/g;

/**
 * How bytes begin that documents show, in hex: UUIDs, and MD5, SHA-1 and SHA-256 of nothing, `password`, `secret`, `changeme`
 * and `admin`.
 */
const SAMPLES =
  '123e4567 550e8400 d41d8cd9 da39a3ee e3b0c442 5f4dcc3b 5baa61e4 5e884898 5ebe2294 e5e9fa1b 2bb80d53 4cb9c8a8 fa9beb99 057ba03d 21232f29 d033e22a 8c6976e5';
/** As much as 32 bytes in hex with something between them. */
const LONGEST_SAMPLE = 100;
/** The claims of the token that jwt.io shows. */
const SAMPLE_CLAIMS = 'eyJzdWIiOiIxMjM0NTY3ODkw';

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
  return (
    isPlain(start) ||
    isSample(start) ||
    readings(start).some((text) => (isText(text) ? isPlain(text) : isPattern(text)))
  );
}

/** A digit is one of ten: so many bits are in digits, and in groups of them. More than any of what is not digits alone. */
function bitsOfDigits(value: string): number {
  const digits = value.replace(/[\s._:/-]/g, '');
  return /^\d+$/.test(digits) ? digits.length * Math.log2(10) : Infinity;
}

/** Whether it is a password that everybody knows, however long passwords have to be. @internal */
export function isKnown(password: string, user = ''): boolean {
  const value = password.trim();
  if (value === '' || isSample(value)) return true;
  if (value.length > LONGEST_PASSWORD) return false;
  // Of fewer characters any may be read as something.
  const texts = readings(value).filter((text) => text.length >= 4);
  return (
    isForm(value) ||
    isPattern(value) ||
    leftOf(value) < 4 ||
    isOfUser(value, user) ||
    texts.some((text) => isPattern(text) || (isText(text) && (isForm(text) || leftOf(text) === 0)))
  );
}

/** `app` and `app123` of the user `app`. */
function isOfUser(password: string, user: string): boolean {
  const [own, name] = [password, user].map((text) => lettersOf(text).replace(/\d{1,8}$/, ''));
  return own !== '' && own === name;
}

function isPattern(value: string): boolean {
  return repeats(value) || counts(value);
}

/** Whether it is what a document shows, in hex or base64. */
function isSample(value: string): boolean {
  return (
    value.includes(SAMPLE_CLAIMS) ||
    readings(value.slice(0, LONGEST_SAMPLE)).some(
      (bytes) => [16, 20, 32].includes(bytes.length) && SAMPLES.includes(hexOf(bytes.slice(0, 4))),
    )
  );
}

function hexOf(bytes: string): string {
  return bytes.replace(/./gs, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'));
}

function isPlain(value: string): boolean {
  return new Set(value).size < FEWEST_CHARACTERS || isForm(value) || isPattern(value) || leftOf(value) < FEWEST_LEFT;
}

/** An example says what is to stand in its place. */
function isForm(value: string): boolean {
  return (
    /^(?:[<[{][\w\s.:,'"|/{}-]*[>\]}]|\$\{.*\}|\$\(\w+\)|%\w+%|\*+|\.+|x+|-+)$/is.test(value) ||
    /^\$[A-Z_]+\d*$/.test(value) ||
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

/** How many characters are left when the known words are taken away, also reversed ones, and the digits beside them. */
function leftOf(value: string): number {
  // Such words stand in hex by chance, between digits alone.
  if (/^[0-9a-f-]{16,}$/i.test(value)) return value.length;
  // As the keys stand above the digits.
  const own = value.replace(/!@#[$%^&*()]*/g, '');
  const left = [own, unleet(own)].flatMap((written) => {
    const text = lettersOf(written);
    // Signs stand between words; more kinds of them than that are signs of a secret.
    const signs = new Set(written.replace(/[a-z0-9]/gi, '')).size;
    return [text, Array.from(text).reverse().join('')].map((one) => {
      const words = one.replace(WORDS, ' ');
      // What has none of the words is judged by its characters alone.
      if (words === one) return value.length;
      // Without the plural and the digits that are put at the end of words.
      const rest = words.replace(/(?<![a-z0-9])(?:s?\d{1,24}|s)(?![a-z0-9])|\s/g, '');
      return rest.length + Math.max(0, signs - words.split(' ').length);
    });
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

/** Whether most of its characters follow the one before, as those before them did: `abcdef`, `97531`, `aaaa`. */
function counts(value: string): boolean {
  let steps = 0;
  for (let i = 2; i < value.length; i++) {
    const step = value.charCodeAt(i) - value.charCodeAt(i - 1);
    if (step === value.charCodeAt(i - 1) - value.charCodeAt(i - 2)) steps++;
  }
  return steps * 2 >= value.length;
}

/** The bytes that it is in hex, also as a UUID, or in base64. */
function readings(value: string): string[] {
  const texts: string[] = [];
  const hex = value.replace(/[-:]/g, '');
  if (/^(?:[0-9a-f]{2})+$/i.test(hex))
    texts.push(hex.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));
  if (/^[\w+/-]+={0,2}$/.test(value)) {
    try {
      texts.push(atob(value.replaceAll('-', '+').replaceAll('_', '/')));
    } catch {
      // It is none.
    }
  }
  return texts;
}

function isText(value: string): boolean {
  return /^[\x20-\x7e]+$/.test(value);
}
