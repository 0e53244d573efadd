import { isThenable } from '../../core/thenable.js';
import { HIDDEN, type KeyInfo, type KeyTable, isUnder } from './key-table.js';
import { LONGEST_TEXT, jsonText } from './text-writer.js';
import { errorFields, isError, mapEntries, ordinaryForm, setItems } from './special-values.js';

const DEEPEST = 8;
/** Items of a list, and fields of an object. */
const MOST_ENTRIES = 200;
/** Values in one line, also those that leave no text. */
const MOST_VALUES = 10_000;
/** Characters of one line. @internal */
export const LONGEST_LINE = 65_536;

/** Room that a number or the like takes. */
const SHORT_VALUE = 8;

const TOO_DEEP = '"[…]"';
const CIRCULAR = '"[circular]"';
const UNREADABLE = '"[unreadable]"';

/**
 * Writes values as JSON, reading each of them once: secrets masked, bounded in depth and size, and never throwing,
 * whatever a value does when it is read.
 * @internal
 */
export class JsonWriter {
  readonly #keys: KeyTable;
  readonly #searches: boolean;
  /** The objects around what is being written, and the names under which they stand. */
  readonly #above: object[] = [];
  readonly #path: string[] = [];
  #room = LONGEST_LINE;
  #values = MOST_VALUES;
  /** Whether something was left out since {@link begin}. */
  truncated = false;

  constructor(keys: KeyTable) {
    this.#keys = keys;
    this.#searches = keys.searchesText;
  }

  /** Whether it is in the middle of a line: what a value does when it is read may be to log. */
  get isBusy(): boolean {
    return this.#above.length > 0;
  }

  /** Starts a new line. */
  begin(): void {
    this.#room = LONGEST_LINE;
    this.#values = MOST_VALUES;
    this.truncated = false;
  }

  /**
   * Hands the fields of an object to `take`, one by one, each as JSON.
   */
  fields(source: object, take: (key: KeyInfo, text: string) => void): void {
    const depth = this.#above.length;
    this.#above.push(source);
    try {
      this.#each(source, take);
    } catch {
      // Its names cannot be read.
      take(this.#keys.of('fields'), UNREADABLE);
    }
    this.#above.length = depth;
  }

  /** One field's value, or `undefined` when there is nothing to write. */
  value(value: unknown): string | undefined {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        this.#room -= SHORT_VALUE;
        return Number.isFinite(value) ? this.#number(value) : `"${String(value)}"`;
      case 'boolean':
        this.#room -= SHORT_VALUE;
        return value ? 'true' : 'false';
      case 'object':
        return value === null ? 'null' : this.#bounded(value);
      case 'undefined':
        return undefined;
      case 'bigint':
        return this.#text(value.toString().slice(0, LONGEST_TEXT));
      case 'symbol':
        return this.#text(String(value));
      default:
        return '"[function]"';
    }
  }

  #text(text: string): string {
    if (text.length > this.#room) return this.#leftOut();
    if (text.length > LONGEST_TEXT) this.truncated = true;
    const json = jsonText(text, this.#searches);
    this.#room -= json.length;
    return json;
  }

  /** A secret may be all digits. */
  #number(value: number): string {
    const text = String(value);
    const json = jsonText(text, false);
    return json.length === text.length + 2 && json.startsWith(text, 1) ? text : json;
  }

  #leftOut(): string {
    this.truncated = true;
    return TOO_DEEP;
  }

  #bounded(value: object): string | undefined {
    const depth = this.#above.length;
    if (this.#above.includes(value)) return CIRCULAR;
    if (depth > DEEPEST || this.#room <= 0 || this.#values-- <= 0) return this.#leftOut();
    const names = this.#path.length;
    this.#above.push(value);
    try {
      return this.#object(value);
    } catch {
      return UNREADABLE;
    } finally {
      this.#above.length = depth;
      this.#path.length = names;
    }
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
    let text = '';
    this.#each(value, (key, json) => {
      text += text === '' ? key.text + json : `,${key.text}${json}`;
    });
    return `{${text}}`;
  }

  /** What is written otherwise than by its fields; `false` for the rest. */
  #special(value: object): string | undefined | false {
    if (isError(value)) return this.#object(errorFields(value, MOST_ENTRIES));
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) return this.#list(setItems(value, MOST_ENTRIES), value.size);
    const form = ordinaryForm(value);
    if (form !== undefined) return this.value(form);
    if (typeof (value as { readonly toJSON?: unknown }).toJSON === 'function')
      return this.value((value as { toJSON(): unknown }).toJSON());
    return isThenable(value) ? '"[promise]"' : false;
  }

  #each(value: object, take: (key: KeyInfo, text: string) => void): void {
    let left = MOST_ENTRIES;
    let changed: Map<string, number> | undefined;
    for (const name in value) {
      if (!Object.hasOwn(value, name)) continue;
      if (left-- === 0 || this.#room <= 0) {
        this.truncated = true;
        return;
      }
      let key = this.#keys.of(name);
      // Names that look alike once their secrets are masked would be one name in JSON.
      if (key.changed) key = numbered(key, (changed ??= new Map<string, number>()));
      const text = this.#field(value, name, key);
      if (text === undefined) continue;
      this.#room -= key.text.length;
      take(key, text);
    }
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
    if (typeof field !== 'object') return this.value(field);
    this.#path.push(name);
    const text = this.value(field);
    this.#path.pop();
    return text;
  }

  /** Whether a field named `value` holds what a field beside it names, such as a header. */
  #isNamedSecret(value: object): boolean {
    for (const beside of ['name', 'key', 'header']) {
      const name = (value as Readonly<Record<string, unknown>>)[beside];
      if (typeof name === 'string' && this.#keys.hidesNamed(name)) return true;
    }
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
      text += `${index === 0 ? '' : ','}${hidesNext ? HIDDEN : (this.value(item) ?? 'null')}`;
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
    return length === 2 || /(?:authorization|cookie)$/i.test(item);
  }

  /** By its keys like an object, when they are texts; else as a list of pairs. */
  #map(map: Map<unknown, unknown>): string | undefined {
    const entries = mapEntries(map, MOST_ENTRIES);
    if (!entries.every(([key]) => typeof key === 'string')) return this.#list(entries, map.size);
    if (entries.length < map.size) this.truncated = true;
    const fields: object = Object.fromEntries(entries) as object;
    return this.#object(fields);
  }
}

function numbered(key: KeyInfo, seen: Map<string, number>): KeyInfo {
  const count = (seen.get(key.name) ?? 0) + 1;
  seen.set(key.name, count);
  if (count === 1) return key;
  const name = `${key.name}#${String(count)}`;
  return { ...key, name, text: `${JSON.stringify(name)}:` };
}
