import { positionAt } from '../text.js';
import { jsonFault } from './json-fault.js';
import type { FileToCheck } from './options.js';
import type { Parsed } from './parsed.js';
import { parseToml } from './toml.js';
import { parseYaml } from './yaml.js';

/** What the text of a file says. @internal */
export async function parseText(
  text: string,
  { format, parse }: Pick<FileToCheck, 'format' | 'parse'>,
): Promise<Parsed> {
  if (parse !== undefined) return parseOwn(text, parse);
  switch (format) {
    case 'json':
      return parseJson(text);
    case 'yaml':
      return parseYaml(text);
    case 'toml':
      return parseToml(text);
    case 'text':
      return { values: [text] };
  }
}

async function parseOwn(text: string, parse: (text: string) => unknown): Promise<Parsed> {
  try {
    return { values: [await parse(text)] };
  } catch {
    // What was thrown may quote the text.
    return { fault: 'is refused by its parse function' };
  }
}

/** @internal */
export function parseJson(text: string): Parsed {
  try {
    return { values: [JSON.parse(text)] };
  } catch {
    return { fault: 'is not valid JSON', ...positionAt(text, jsonFault(text) ?? 0) };
  }
}
