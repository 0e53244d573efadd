import type { SecretMatcher } from '../../core/secret-matcher.js';
import { secretMatcher, secretRegistry } from '../../core/secret-values.js';
import { isThenable } from '../../core/thenable.js';
import { HIDDEN, type KeyInfo, type KeyTable, isUnder, namesBeside, toldApart } from './key-table.js';
import { errorFields, isError, mapEntries, ordinaryForm, setItems } from './special-values.js';
import { jsonText, LONGEST_TEXT, redacted, type TextRules, written } from './text-writer.js';

const DEEPEST = 8;
/** Items of a list, and fields of an object. */
const MOST_ENTRIES = 200;
/** Objects in one line, also those that leave no text. */
const MOST_OBJECTS = 10_000;
/** Characters that are looked at for one line, also those that are masked. */
const MOST_WORK = 1_048_576;
/** Characters of one line. */
const LONGEST_LINE = 65_536;
/** Those of what several lines have in common, so that the rest is for what is only in one. @internal */
export const COMMON_ROOM = LONGEST_LINE / 4;
/** Those of what a line says itself, such as an error, so that its fields have room too. @internal */
export const OWN_ROOM = LONGEST_LINE / 2;
/** Characters of a text that are written in any case. */
const SHORTEST_CUT = 16;
/** Room that a number or the like takes. */
const SHORT_VALUE = 8;

const TOO_DEEP = '"[…]"';
const CIRCULAR = '"[circular]"';
const UNREADABLE = '"[unreadable]"';

/** Decides about the fields of a line, one by one. @internal */
export interface FieldTaker {
  /** Whether the field stands elsewhere than among the others. */
  takes(key: KeyInfo, json: string): boolean;
}

/**
 * Writes values as JSON, reading each of them once: secrets masked, bounded in depth and size, and never throwing,
 * whatever a value does when it is read.
 * @internal
 */
export class JsonWriter {
  readonly #keys: KeyTable;
  readonly #rules: TextRules | undefined;
  readonly #secrets = secretRegistry();
  /** The objects around what is being written, and the names under which they stand. */
  readonly #above: object[] = [];
  readonly #path: string[] = [];
  #matcher: SecretMatcher | undefined;
  #room = LONGEST_LINE;
  #objects = MOST_OBJECTS;
  #work = MOST_WORK;
  /** Whether something was left out since {@link begin}. */
  truncated = false;

  constructor(keys: KeyTable) {
    this.#keys = keys;
    this.#rules = keys.textRules;
  }

  /** Whether it is in the middle of a line: what a value does when it is read may be to log. */
  get isBusy(): boolean {
    return this.#above.length > 0;
  }

  /**
   * Starts a new line, or a part of one.
   *
   * @param used - characters of it that are there already.
   * @param room - characters of it altogether.
   */
  begin(used = 0, room = LONGEST_LINE): this {
    this.#matcher = this.#secrets.live.size === 0 ? undefined : secretMatcher();
    this.#room = room - used;
    this.#work = MOST_WORK;
    this.#objects = MOST_OBJECTS;
    this.truncated = false;
    return this;
  }

  /** The fields of an object, each with a comma before it, but for those that `taker` takes. */
  fields(source: object, taker: FieldTaker): string {
    this.#above.push(source);
    try {
      return this.#fields(source, taker);
    } catch {
      // Its names cannot be read.
      return taker.takes(this.#keys.of('fields'), UNREADABLE) ? '' : `,"fields":${UNREADABLE}`;
    } finally {
      this.#above.pop();
    }
  }

  /** One value, or `undefined` when there is nothing to write. */
  value(value: unknown): string | undefined {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        return this.#fixed(value ? 'true' : 'false');
      case 'object':
        return value === null ? this.#fixed('null') : this.#bounded(value);
      case 'undefined':
        return undefined;
      case 'bigint':
        return this.#text(value.toString());
      case 'symbol':
        return this.#text(String(value));
      default:
        return this.#fixed('"[function]"');
    }
  }

  #text(text: string): string {
    if (this.#room <= 0 || this.#work <= 0) return this.#leftOut();
    if (text.length > LONGEST_TEXT) this.truncated = true;
    this.#work -= Math.min(text.length, 2 * LONGEST_TEXT);
    const json = jsonText(text, this.#matcher, this.#rules);
    if (json.length > this.#room + SHORTEST_CUT) return this.#cut(text, json.length);
    this.#room -= json.length;
    return json;
  }

  /** What there is room for of a text. */
  #cut(text: string, length: number): string {
    this.truncated = true;
    // A character may be written as six.
    const fits = length > text.length + 2 ? Math.floor(this.#room / 6) : this.#room;
    const json = written(redacted(text, this.#rules, Math.max(SHORTEST_CUT, fits)));
    this.#room -= json.length;
    return json;
  }

  #fixed(json: string): string {
    this.#room -= json.length;
    return json;
  }

  #number(value: number): string {
    this.#room -= SHORT_VALUE;
    if (!Number.isFinite(value)) return `"${String(value)}"`;
    const text = String(value);
    // A secret may be all digits.
    return this.#matcher?.mayHold(text) === true ? this.#text(text) : text;
  }

  #leftOut(): string {
    this.truncated = true;
    return this.#fixed(TOO_DEEP);
  }

  #bounded(value: object): string | undefined {
    const depth = this.#above.length;
    if (this.#above.includes(value)) return this.#fixed(CIRCULAR);
    if (depth > DEEPEST || this.#room <= 0 || this.#objects-- <= 0) return this.#leftOut();
    this.#room -= 2;
    this.#above.push(value);
    let json: string | undefined;
    try {
      json = this.#object(value);
    } catch {
      json = UNREADABLE;
    }
    this.#above.pop();
    return json;
  }

  #object(value: object): string | undefined {
    if (Array.isArray(value)) return this.#list(value, value.length);
    const proto: unknown = Object.getPrototypeOf(value);
    if (proto !== Object.prototype && proto !== null) {
      const special = this.#special(value);
      if (special !== false) return special;
    } else if (typeof (value as { readonly toJSON?: unknown }).toJSON === 'function') {
      return this.value((value as { toJSON(): unknown }).toJSON());
    }
    return `{${this.#fields(value)}}`;
  }

  /** What is written otherwise than by its fields; `false` for the rest. */
  #special(value: object): string | undefined | false {
    if (isError(value)) return `{${this.#fields(errorFields(value, MOST_ENTRIES))}}`;
    if (value instanceof Map) return this.#map(value);
    // As fetch has them; reading them looks each name up.
    if (value instanceof Headers) return this.#map(new Map(Headers.prototype.entries.call(value)));
    if (value instanceof Set) return this.#list(setItems(value, MOST_ENTRIES), value.size);
    const form = ordinaryForm(value);
    if (form !== undefined) return this.value(form);
    if (typeof (value as { readonly toJSON?: unknown }).toJSON === 'function')
      return this.value((value as { toJSON(): unknown }).toJSON());
    return isThenable(value) ? '"[promise]"' : false;
  }

  /** Fields with commas between them; with a taker, with one before each. */
  #fields(value: object, taker?: FieldTaker): string {
    let text = '';
    let left = MOST_ENTRIES;
    let changed: Set<string> | undefined;
    for (const name of Object.keys(value)) {
      if (left-- === 0 || this.#room <= 0) {
        this.truncated = true;
        break;
      }
      let key = this.#keys.of(name);
      // Names that look alike once their secrets are masked would be one name in JSON.
      if (key.changed) key = toldApart(key, value, (changed ??= new Set<string>()));
      const json = this.#field(value, name, key);
      if (json === undefined) continue;
      this.#room -= key.text.length;
      if (taker === undefined) text += (text === '' ? key.text : key.next) + json;
      else if (!taker.takes(key, json)) text += key.next + json;
    }
    return text;
  }

  #field(value: object, name: string, key: KeyInfo): string | undefined {
    if (key.hides) return HIDDEN;
    if (key.hiddenUnder?.some((names) => isUnder(this.#path, names)) === true) return HIDDEN;
    let field: unknown;
    try {
      if (key.isValue && this.#isNamedSecret(value)) return HIDDEN;
      field = (value as Readonly<Record<string, unknown>>)[name];
    } catch {
      return UNREADABLE;
    }
    if (typeof field !== 'object' || field === null) return this.value(field);
    this.#path.push(name);
    const json = this.#bounded(field);
    this.#path.pop();
    return json;
  }

  /** Whether a field named `value` holds what a field beside it names, such as a header. */
  #isNamedSecret(value: object): boolean {
    for (const name of namesBeside(value)) if (this.#keys.hidesNamed(name)) return true;
    return false;
  }

  #list(items: readonly unknown[], length: number): string {
    const shown = Math.min(length, MOST_ENTRIES);
    let text = '';
    let hidesNext = false;
    let index = 0;
    for (; index < shown && this.#room > 0; index++) {
      const item = items[index];
      this.#room -= 1;
      text += `${index === 0 ? '' : ','}${hidesNext ? HIDDEN : (this.value(item) ?? this.#fixed('null'))}`;
      hidesNext = !hidesNext && typeof item === 'string' && this.#namesNext(item, index, length);
    }
    if (index < length) {
      this.truncated = true;
      text += `${text === '' ? '' : ','}"[… ${String(length - index)} more]"`;
    }
    return `[${text}]`;
  }

  /** Whether an item names a secret that comes next: in a pair of name and value, or a list of raw headers. */
  #namesNext(item: string, index: number, length: number): boolean {
    if (index % 2 === 1 || item.length > 64 || !this.#keys.hidesNamed(item)) return false;
    return length === 2 || /headers?$/i.test(this.#path.at(-1) ?? '') || /(?:authorization|cookie)$/i.test(item);
  }

  /** By its keys like an object, when they are texts; else as a list of pairs. */
  #map(map: Map<unknown, unknown>): string | undefined {
    const entries = mapEntries(map, MOST_ENTRIES);
    if (!entries.every(([key]) => typeof key === 'string')) return this.#list(entries, map.size);
    if (entries.length < map.size) this.truncated = true;
    const fields: object = Object.fromEntries(entries) as object;
    return `{${this.#fields(fields)}}`;
  }
}
