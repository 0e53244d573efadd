/** What a file of configuration may nest. Parsers of deeper ones run out of stack, and one of them ended the process by it. */
export const DEEPEST = 100;

/** @internal */
export const TOO_DEEP = `nests deeper than ${String(DEEPEST)}`;

/** Brackets, and what may hold some that are none: texts of JSON and TOML, and comments of TOML. */
const MARKS = /"""[^]*?"""|'''[^]*?'''|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\n]*'|#[^\n]*|[[\]{}]/g;

/** Where JSON or TOML nests too deep, if it does. @internal */
export function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    if (mark === '[' || mark === '{') depth++;
    else if (mark === ']' || mark === '}') depth--;
    if (depth > DEEPEST) return index;
  }
  return undefined;
}
