import type { FieldTaker, JsonWriter } from './json-writer.js';
import type { KeyInfo } from './key-table.js';
import type { Entry, Prefix } from './prefix.js';

/** Where fields stand whose names a line has for itself. */
const MOVED = 'fields';

/**
 * The fields of one line, each name once: what the line says itself goes before its fields, those before the fields that
 * other lines have as well. What gave way to the line itself stands under `fields`.
 *
 * @param writer - of which the line has begun.
 * @param own - what the line says itself.
 * @internal
 */
export function lineFields(
  writer: JsonWriter,
  prefix: Prefix,
  own: readonly Entry[],
  fields: object | undefined,
): string {
  if (fields === undefined && own.length === 0 && prefix.moved.size === 0) return prefix.text;
  const line = new Line(prefix, own);
  let text = '';
  for (const { name, json } of own) text += `,"${name}":${json}`;
  if (fields !== undefined) text += writer.fields(fields, line);
  return line.prefixText() + text + line.moved();
}

class Line implements FieldTaker {
  readonly #prefix: Prefix;
  readonly #own: readonly Entry[];
  #replaced: string[] | undefined;
  #moved: Map<string, string> | undefined;
  /** A field that is itself called `fields`. */
  #nested: string | undefined;

  constructor(prefix: Prefix, own: readonly Entry[]) {
    this.#prefix = prefix;
    this.#own = own;
    if (own.length > 0) {
      for (const { name } of own) if (prefix.entries.has(name)) (this.#replaced ??= []).push(name);
    }
  }

  takes(key: KeyInfo, json: string): boolean {
    if (key.reserved || (this.#own.length > 0 && this.#isOwn(key.name))) {
      (this.#moved ??= new Map(this.#prefix.moved)).set(key.name, key.text + json);
      return true;
    }
    if (this.#prefix.entries.size > 0 && this.#prefix.entries.has(key.name)) (this.#replaced ??= []).push(key.name);
    if (key.name !== MOVED) return false;
    this.#nested = json;
    return true;
  }

  /** What other lines have as well, without what this line has in its place. */
  prefixText(): string {
    if (this.#prefix.moved.size > 0) this.#moved ??= new Map(this.#prefix.moved);
    if (this.#moved !== undefined && this.#prefix.entries.has(MOVED)) (this.#replaced ??= []).push(MOVED);
    return this.#replaced === undefined ? this.#prefix.text : this.#prefix.textWithout(this.#replaced);
  }

  /** The field `fields`: what was moved there, and with it what was called so. */
  moved(): string {
    if (this.#moved === undefined) return this.#nested === undefined ? '' : `,"${MOVED}":${this.#nested}`;
    const inherited = this.#prefix.entries.get(MOVED)?.slice(1);
    const field = this.#nested === undefined ? inherited : `"${MOVED}":${this.#nested}`;
    if (field !== undefined) this.#moved.set(MOVED, field);
    return `,"${MOVED}":{${[...this.#moved.values()].join(',')}}`;
  }

  #isOwn(name: string): boolean {
    for (const entry of this.#own) if (entry.name === name) return true;
    return false;
  }
}
