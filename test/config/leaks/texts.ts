import { seededRandom } from 'breakwater/testing';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

/**
 * Random choices. In the twin of a run all are the same but for the characters of secrets: the same is right and wrong, and
 * as long, so that all else that is shown is the same.
 */
export class Draws {
  readonly #structure;
  readonly #characters;
  readonly #rules;

  /** @param isHidden - whether what is allowed is secret too. */
  constructor(seed: number, isTwin: boolean, isHidden: boolean) {
    this.#structure = seededRandom(seed);
    this.#characters = seededRandom(seed ^ (isTwin ? 0x2b5a_17c3 : 0x1234_5678));
    this.#rules = isHidden ? this.#characters : seededRandom(seed ^ 0x0f0f_0f0f);
  }

  /** A scheme of a URL. */
  scheme(): string {
    return Array.from({ length: 8 }, () => String.fromCharCode(97 + Math.floor(this.#rules.next() * 26))).join('');
  }

  /** Of so many choices, the number of one. */
  below(choices: number): number {
    return Math.floor(this.#structure.next() * choices);
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  /** So many characters of some. */
  of(alphabet: string, length = 1): string {
    let text = '';
    while (text.length < length) text += alphabet[Math.floor(this.#characters.next() * alphabet.length)] as string;
    return text;
  }

  /** So many letters and digits, the twin's in the same places. */
  letters(length: number): string {
    let text = '';
    while (text.length < length) text += this.of(this.below(6) === 0 ? DIGITS : LETTERS);
    return text;
  }

  /** Letters, with others of their kind after some of them. */
  mixed(length: number, others: readonly string[]): string {
    let text = '';
    for (let i = 0; i < length; i++) text += this.letters(1) + (this.below(3) === 0 ? this.one(others) : '');
    return text;
  }

  /** Decimal digits of a number that is exact. */
  digits(length = 8 + this.below(7)): string {
    return this.of('123456789') + this.of(DIGITS, length - 1);
  }
}

type Shape = (draws: Draws, length: number) => string;

const mixed =
  (others: readonly string[]): Shape =>
  (draws, length) =>
    draws.mixed(length, others);

/** Texts as secrets are. */
export const SHAPES = {
  letters: (draws, length) => draws.letters(length),
  digits: (draws) => draws.digits(),
  punctuation: mixed(Array.from('!#$&()*+-./:;<=>?@[]^_{|}~')),
  commas: mixed([',', ', ', ',,']),
  quotes: mixed(['"', "'", '`', '"}', "',", '\\"']),
  percent: mixed(['%', '%41', '%2F', '%25', '%zz', '+']),
  backslashes: mixed(['\\', '\\n', '\\u0041', '\\\\']),
  unicode: mixed(['é', 'ß', '漢', '😀', '\u0301', '\u200b']),
  blanks: (draws, length) => `  ${draws.mixed(length, [' ', '\t', '   '])} `,
  lines: mixed(['\n', '\r\n', '\n\n']),
  colours: mixed(['\u001b[35m', '\u0000', '|', '||']),
  base64: (draws, length) => `${draws.mixed(length, ['+', '/'])}==`,
  words: (draws, length) => `password=${draws.letters(length)} Bearer ${draws.letters(length)}`,
  json: (draws, length) =>
    JSON.stringify({ app: draws.letters(8), pwd: draws.letters(length), nr: Number(draws.digits()) }),
  url: (draws, length) => `amqp://app:${draws.letters(length)}@box/${draws.letters(6)}?key=${draws.letters(8)}`,
  pem: (draws) =>
    ['-----BEGIN PRIVATE KEY-----', draws.letters(64), draws.letters(40), '-----END PRIVATE KEY-----', ''].join('\n'),
} satisfies Readonly<Record<string, Shape>>;
