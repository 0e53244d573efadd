import { positionAt } from '../text.js';
import { TOO_DEEP, tooDeepAt } from './depth.js';
import { jsonFault } from './json-fault.js';
import type { FileToCheck } from './options.js';
import type { Parsed } from './parsed.js';
import { repeatedKeys } from './repeated-keys.js';
import { parseToml } from './toml.js';
import { parseYaml } from './yaml.js';

/** What the text of a file says. @internal */
export async function parseText(
  text: string,
  { format, parse, schema }: Pick<FileToCheck, 'format' | 'parse' | 'schema'>,
): Promise<Parsed> {
  if (parse !== undefined) return parseOwn(text, parse, schema !== undefined);
  switch (format) {
    case 'json':
      return withRepeated(text, parseJson(text));
    case 'yaml':
      return parseYaml(text);
    case 'toml':
      return parseToml(text);
    case 'text':
      return { values: [text] };
  }
}

async function parseOwn(text: string, parse: (text: string) => unknown, isJudged: boolean): Promise<Parsed> {
  const refused = { fault: 'is refused by its parse function' };
  let value: unknown;
  try {
    value = await parse(text);
  } catch {
    // What was thrown may quote the text.
    return refused;
  }
  if (value === undefined)
    return {
      absent: 'its parse function answers nothing',
      hint: 'let parse return what it read, and throw where that is wrong',
    };
  // Where there is a schema, it says what may be read.
  const isRefusal = value === false || value === null || value instanceof Error;
  return isRefusal && !isJudged ? refused : { values: [value] };
}

function withRepeated(text: string, parsed: Parsed): Parsed {
  return 'values' in parsed ? { ...parsed, repeated: repeatedKeys(text) } : parsed;
}

/** @internal */
export function parseJson(text: string): Parsed {
  const deep = tooDeepAt(text);
  if (deep !== undefined) return { fault: TOO_DEEP, ...positionAt(text, deep) };
  try {
    return { values: [JSON.parse(text)] };
  } catch {
    return { fault: 'is not valid JSON', ...positionAt(text, jsonFault(text) ?? 0) };
  }
}
