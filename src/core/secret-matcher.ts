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
  readonly #byStart = new Map<string, string[]>();
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
        const others = this.#byStart.get(start);
        if (others === undefined) this.#byStart.set(start, [form]);
        else if (!others.includes(form)) others.push(form);
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
    for (const value of this.#byStart.get(text.slice(at, at + KEY)) ?? [])
      if (value.length > longest && text.startsWith(value, at)) longest = value.length;
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

/** A value as it is, inside of JSON text, and percent-encoded. */
function formsOf(value: string): Set<string> {
  const forms = new Set([value, JSON.stringify(value).slice(1, -1)]);
  try {
    forms.add(encodeURIComponent(value));
  } catch {
    // Half a character cannot be encoded, and so stands in no URL.
  }
  return forms;
}
