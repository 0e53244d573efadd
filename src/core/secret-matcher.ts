/** How many characters of a value are looked up at once; no value is shorter. */
const KEY = 4;
const SLOTS = 65_536;

/** Where a secret stands: from the first character to the one after the last. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds any of many values in a text, in time that grows with the text and hardly with the number of values: by a table of
 * their first four characters.
 * @internal
 */
export class SecretMatcher {
  readonly #possible = new Uint8Array(SLOTS);
  /** By the first four characters, then by length. */
  readonly #byStart = new Map<string, Map<number, Set<string>>>();
  readonly shortest: number;
  readonly longest: number = 0;

  constructor(values: Iterable<string>) {
    let shortest = Infinity;
    for (const value of values) {
      for (const form of formsOf(value)) {
        shortest = Math.min(shortest, form.length);
        this.longest = Math.max(this.longest, form.length);
        this.#possible[slotAt(form, 0)] = 1;
        const start = form.slice(0, KEY);
        let lengths = this.#byStart.get(start);
        if (lengths === undefined) this.#byStart.set(start, (lengths = new Map<number, Set<string>>()));
        const others = lengths.get(form.length);
        if (others === undefined) lengths.set(form.length, new Set([form]));
        else others.add(form);
      }
    }
    this.shortest = shortest;
  }

  /** Whether `text` may hold a value; `false` is certain. */
  mayHold(text: string): boolean {
    if (text.length < this.shortest) return false;
    const last = text.length - KEY;
    for (let at = 0; at <= last; at++) if (this.#possible[slotAt(text, at)] === 1) return true;
    return false;
  }

  /** `text` with every value in it replaced; values that overlap are replaced as one. */
  mask(text: string, mask: string): string {
    let masked = '';
    let doneTo = 0;
    for (let place = this.next(text, 0); place !== undefined; place = this.next(text, place.end)) {
      masked += text.slice(doneTo, place.start) + mask;
      doneTo = place.end;
    }
    return doneTo === 0 ? text : masked + text.slice(doneTo);
  }

  /** The first place from `from` on, together with all that overlap with it. */
  next(text: string, from: number): Place | undefined {
    const last = text.length - KEY;
    let start = -1;
    let end = text.length;
    for (let at = from; at <= last && at < end; at++) {
      if (this.#possible[slotAt(text, at)] !== 1) continue;
      const length = this.#longestAt(text, at);
      if (length === 0) continue;
      if (start === -1) {
        start = at;
        end = at + length;
      } else end = Math.max(end, at + length);
    }
    return start === -1 ? undefined : { start, end };
  }

  #longestAt(text: string, at: number): number {
    let longest = 0;
    for (const [length, values] of this.#byStart.get(text.slice(at, at + KEY)) ?? [])
      if (length > longest && values.has(text.slice(at, at + length))) longest = length;
    return longest;
  }
}

function slotAt(text: string, at: number): number {
  return (
    ((text.charCodeAt(at) << 9) ^
      (text.charCodeAt(at + 1) << 6) ^
      (text.charCodeAt(at + 2) << 3) ^
      text.charCodeAt(at + 3)) &
    (SLOTS - 1)
  );
}

/** A value as it is, and as JSON, URLs and forms write it, once and twice. */
function formsOf(value: string): Set<string> {
  const forms = new Set<string>();
  for (const text of new Set([value, value.replaceAll('\r\n', '\n')])) {
    const json = asJson(text);
    for (const form of [text, json, asJson(json)]) forms.add(form);
    try {
      const component = encodeURIComponent(text);
      // Forms write these as well, and a space as `+`; whole addresses leave what means something in them.
      const form = component.replace(/[!'()~*]/g, hexOf).replaceAll('%20', '+');
      for (const encoded of [component, form, encodeURI(text), encodeURIComponent(component)]) {
        forms.add(encoded);
        forms.add(encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()));
      }
    } catch {
      // Half a character cannot be encoded, and so stands in no URL.
    }
  }
  return forms;
}

function asJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function hexOf(character: string): string {
  // Of `*` alone forms write the character itself.
  return character === '*' ? character : `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
