import { COMMON_ROOM, type JsonWriter } from './json-writer.js';

/** A field as it is written: its name, and its value as JSON. @internal */
export interface Entry {
  readonly name: string;
  readonly json: string;
  /** Whether something in it was left out. */
  readonly truncated: boolean;
}

/** Fields that several lines have, as they are written. @internal */
export class Prefix {
  /** By name: `,"name":value`. */
  readonly entries: ReadonlyMap<string, string>;
  /** Those that are named like a part of a line, and so stand under `fields`; by name, as `"name":value`. */
  readonly moved: ReadonlyMap<string, string>;
  /** All entries. */
  readonly text: string;
  /** Whether something in them was left out. */
  readonly truncated: boolean;

  constructor(
    entries: ReadonlyMap<string, string> = new Map(),
    moved: ReadonlyMap<string, string> = new Map(),
    truncated = false,
  ) {
    this.entries = entries;
    this.moved = moved;
    this.truncated = truncated;
    this.text = [...entries.values()].join('');
  }

  /** These fields, and over them those of `source`. */
  with(source: object, writer: JsonWriter): Prefix {
    const entries = new Map(this.entries);
    const moved = new Map(this.moved);
    writer.begin(this.text.length, COMMON_ROOM).fields(source, {
      takes(key, json) {
        if (key.reserved) moved.set(key.name, key.text + json);
        else entries.set(key.name, key.next + json);
        return true;
      },
    });
    return new Prefix(entries, moved, this.truncated || writer.truncated);
  }

  /** The same without some names. */
  textWithout(names: readonly string[]): string {
    let text = '';
    for (const [name, entry] of this.entries) if (!names.includes(name)) text += entry;
    return text;
  }
}
