const BLANK = /[ \t\n\r]/;
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const PLAIN = /[ !#-[\]-\uffff]+/y;

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'what follows';

/**
 * Where a text stops being JSON; nothing when it is. The platform says it in words that quote the text, so that a place in
 * them may as well be one that the text itself speaks of.
 * @internal
 */
export function jsonFault(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at = pastBlanks(text, at);
    const character = text[at];
    if (character === undefined) return expected === 'what follows' && open.length === 0 ? undefined : at;
    const inner = open.at(-1);
    if ((character === '}' && inner === '{') || (character === ']' && inner === '[')) {
      if (expected === 'value' || expected === 'key') return at;
      open.pop();
      expected = 'what follows';
      at++;
    } else if (expected === 'what follows') {
      if (character !== ',' || inner === undefined) return at;
      expected = inner === '{' ? 'key' : 'value';
      at++;
    } else if (expected === 'key' || expected === 'key or end') {
      if (character !== '"') return at;
      const end = stringEnd(text, at);
      if (end < 0) return ~end;
      at = pastBlanks(text, end);
      if (text[at] !== ':') return at;
      expected = 'value';
      at++;
    } else if (character === '{' || character === '[') {
      open.push(character);
      expected = character === '{' ? 'key or end' : 'value or end';
      at++;
    } else {
      const end = character === '"' ? stringEnd(text, at) : match(LITERAL, text, at);
      if (end < 0) return ~end;
      if (end === at) return at;
      expected = 'what follows';
      at = end;
    }
  }
}

function pastBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANK.test(text.charAt(at))) at++;
  return at;
}

/** Where a string ends; the complement of where it goes wrong when it does. */
function stringEnd(text: string, from: number): number {
  let at = from + 1;
  for (;;) {
    at = match(PLAIN, text, at);
    if (text[at] === '"') return at + 1;
    const next = match(ESCAPE, text, at);
    if (next === at) return ~at;
    at = next;
  }
}

/** The end of what matches there; `at` itself when nothing does. */
function match(pattern: RegExp, text: string, at: number): number {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : at;
}
