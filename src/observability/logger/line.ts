import type { JsonWriter } from './json-writer.js';
import type { Entry, Prefix } from './prefix.js';

/** Where fields stand whose names a line has for itself. */
const MOVED = 'fields';

/**
 * The fields of one line, each name once: what the line says itself goes before its fields, those before the fields that
 * other lines have as well. What gave way to the line itself stands under `fields`.
 *
 * @param own - what the line says itself.
 * @internal
 */
export function lineFields(
  writer: JsonWriter,
  prefix: Prefix,
  own: readonly Entry[],
  fields: object | undefined,
): string {
  let text = '';
  let replaced: string[] | undefined;
  let moved: Map<string, string> | undefined;
  for (const { name, json } of own) {
    text += `,"${name}":${json}`;
    if (prefix.entries.has(name)) (replaced ??= []).push(name);
  }
  let nested: string | undefined;
  writer.begin();
  if (fields !== undefined) {
    writer.fields(fields, (key, json) => {
      if (key.reserved || own.some(({ name }) => name === key.name)) {
        (moved ??= new Map(prefix.moved)).set(key.name, key.text + json);
        return;
      }
      if (prefix.entries.has(key.name)) (replaced ??= []).push(key.name);
      if (key.name === MOVED) nested = json;
      else text += `,${key.text}${json}`;
    });
  }
  if (prefix.moved.size > 0) moved ??= new Map(prefix.moved);
  // A field that is itself called `fields` stands among those that were moved there.
  if (moved !== undefined) {
    const inherited = prefix.entries.get(MOVED)?.slice(1);
    const field = nested === undefined ? inherited : `"${MOVED}":${nested}`;
    if (field !== undefined) moved.set(MOVED, field);
    if (inherited !== undefined) (replaced ??= []).push(MOVED);
    nested = `{${[...moved.values()].join(',')}}`;
  }
  if (nested !== undefined) text += `,"${MOVED}":${nested}`;
  if (writer.truncated) text += ',"truncated":true';
  return (replaced === undefined ? prefix.text : prefix.textWithout(replaced)) + text;
}
