import { type Marks, Reading, readingsOf, spellingsOf } from './secret-readings.js';

/** How many characters of a value are looked up at once; no value is shorter. */
const KEY = 4;
const SLOTS = 65_536;
/** The most that one character is written as: `%25E2%2582%25AC`. */
const LONGEST_ESCAPE = 15;

/** Where a secret stands: from the first character to the one after the last. */
interface Place {
  readonly start: number;
  end: number;
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
  readonly #shortest: number;
  readonly #marks: Marks;
  /** No place that holds a value is longer. */
  readonly longest: number;

  constructor(values: Iterable<string>) {
    let shortest = Infinity;
    let longest = 0;
    const marks = { spaces: false, lines: false };
    for (const value of values) {
      marks.spaces ||= value.includes(' ');
      marks.lines ||= value.includes('\n');
      for (const spelling of spellingsOf(value)) {
        if (spelling.trim().length < KEY && spelling !== value) continue;
        shortest = Math.min(shortest, spelling.length);
        longest = Math.max(longest, spelling.length);
        this.#add(spelling);
      }
    }
    this.#shortest = shortest;
    this.longest = longest * LONGEST_ESCAPE;
    this.#marks = marks;
  }

  #add(spelling: string): void {
    this.#possible[slotAt(spelling, 0)] = 1;
    const start = spelling.slice(0, KEY);
    let lengths = this.#byStart.get(start);
    if (lengths === undefined) this.#byStart.set(start, (lengths = new Map<number, Set<string>>()));
    const others = lengths.get(spelling.length);
    if (others === undefined) lengths.set(spelling.length, new Set([spelling]));
    else others.add(spelling);
  }

  /** Whether `text` may hold a value; `false` is certain. */
  mayHold(text: string): boolean {
    if (text.length < this.#shortest) return false;
    return this.#mayBeIn(text) || readingsOf(text, this.#marks).some((reading) => this.#mayBeIn(reading.text));
  }

  #mayBeIn(text: string): boolean {
    const last = text.length - KEY;
    for (let at = 0; at <= last; at++) if (this.#possible[slotAt(text, at)] === 1) return true;
    return false;
  }

  /** `text` with every value in it replaced; values that overlap are replaced as one. */
  mask(text: string, mask: string): string {
    let masked = '';
    let doneTo = 0;
    for (const place of this.places(text)) {
      masked += text.slice(doneTo, place.start) + mask;
      doneTo = place.end;
    }
    return doneTo === 0 ? text : masked + text.slice(doneTo);
  }

  /** Where values stand, in order; those that overlap are one place. */
  places(text: string): readonly Place[] {
    const found = [new Reading(text), ...readingsOf(text, this.#marks)].flatMap((reading) => this.#find(reading));
    const places: Place[] = [];
    for (const place of found.sort((a, b) => a.start - b.start)) {
      const before = places.at(-1);
      if (before !== undefined && place.start < before.end) before.end = Math.max(before.end, place.end);
      else places.push(place);
    }
    return places;
  }

  #find(reading: Reading): Place[] {
    const found: Place[] = [];
    const last = reading.text.length - KEY;
    for (let at = 0; at <= last; at++) {
      if (this.#possible[slotAt(reading.text, at)] !== 1) continue;
      const length = this.#longestAt(reading.text, at);
      if (length > 0) found.push({ start: reading.originOf(at), end: reading.originOf(at + length) });
    }
    return found;
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
