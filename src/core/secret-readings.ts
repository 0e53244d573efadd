/** One kind of escapes, and what each stands for. */
interface Reader {
  readonly escapes: RegExp;
  readonly meaning: (escape: string) => string;
}

/** JSON in a URL, a URL in a query, JSON in JSON. */
const MOST_LAYERS = 2;

/**
 * Any character may be escaped: which ones are is up to the part of a URL. Only what is well-formed UTF-8 stands for
 * something. Forms write a space as `+`.
 */
const URLS: Reader = /* @__PURE__ */ Object.freeze({
  escapes:
    /\+|\r\n|%0d%0a|%[0-7][\da-f]|%(?:c[2-9a-f]|d[\da-f]|(?:e0%[ab]|ed%[89]|(?:e[1-9a-cef]|f0%[9ab][\da-f]|f[1-3]%[89ab][\da-f]|f4%8[\da-f])%[89ab])[\da-f])%[89ab][\da-f]/gi,
  meaning: (escape: string) => oneLineEnd(decodeURIComponent(escape.replace('+', ' '))),
});

/** Encoders agree on how escapes are read, but not on what they escape. */
const JSONS: Reader = /* @__PURE__ */ Object.freeze({
  escapes: /\\(?:r\\n|["\\/bfnrt]|u[\da-fA-F]{4})/g,
  meaning: (escape: string) => oneLineEnd(JSON.parse(`"${escape}"`) as string),
});

/** What matters in a text besides escapes, which depends on the values that are looked for. @internal */
export interface Marks {
  /** Whether a `+` may be a space. */
  readonly spaces: boolean;
  /** Whether it matters how lines end. */
  readonly lines: boolean;
}

/** A text as it is, or what it says once escapes in it are read. @internal */
export class Reading {
  readonly text: string;
  readonly #outer: Reading | undefined;
  readonly #reader: Reader;
  #origins: Uint32Array | undefined;

  constructor(text: string, outer?: Reading, reader: Reader = URLS) {
    this.text = text;
    this.#outer = outer;
    this.#reader = reader;
  }

  /** Where a character stood in the text that was given. Hardly any text is asked, so it is found out on demand. */
  originOf(at: number): number {
    if (this.#outer === undefined) return at;
    this.#origins ??= originsOf(this.#outer.text, this.#reader);
    return this.#outer.originOf(this.#origins[at] as number);
  }
}

const NONE: readonly Reading[] = /* @__PURE__ */ Object.freeze([]);

/** What else a text may say than what it says as it is; most say nothing, and cost a look. @internal */
export function readingsOf(text: string, marks: Marks): readonly Reading[] {
  if (!mayBeOfUrl(text, marks) && !text.includes('\\')) return NONE;
  const all = [new Reading(text)];
  let from = 0;
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    for (const end = all.length; from < end; from++) {
      const outer = all[from] as Reading;
      if (mayBeOfUrl(outer.text, marks)) readAs(URLS, outer, all);
      if (outer.text.includes('\\')) readAs(JSONS, outer, all);
    }
  }
  return all.slice(1);
}

function mayBeOfUrl(text: string, { spaces, lines }: Marks): boolean {
  return text.includes('%') || (spaces && text.includes('+')) || (lines && text.includes('\r\n'));
}

function readAs(reader: Reader, outer: Reading, all: Reading[]): void {
  const read = outer.text.replace(reader.escapes, reader.meaning);
  if (read !== outer.text) all.push(new Reading(read, outer, reader));
}

/** The texts one of which stands in some reading of whatever text a value is in. @internal */
export function spellingsOf(value: string): Set<string> {
  // The second as JSON leaves a `+`; the others as a URL may leave escapes that a value has itself, read or not.
  return new Set([
    value,
    oneLineEnd(value),
    value.replace(URLS.escapes, URLS.meaning),
    oneLineEnd(value).replaceAll('+', ' '),
  ]);
}

function oneLineEnd(text: string): string {
  return text.replace(/\r\n/g, '\n');
}

function originsOf(text: string, { escapes, meaning }: Reader): Uint32Array {
  const origins = new Uint32Array(text.length + 1);
  let done = 0;
  let length = 0;
  for (const { 0: escape, index } of text.matchAll(escapes)) {
    while (done < index) origins[length++] = done++;
    origins.fill(index, length, (length += meaning(escape).length));
    done += escape.length;
  }
  while (done <= text.length) origins[length++] = done++;
  return origins;
}
