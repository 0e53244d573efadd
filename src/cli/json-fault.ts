const SPACE = /[ \t\n\r]*/y;
const TOKEN =
  // eslint-disable-next-line no-control-regex -- what a text in JSON must not hold
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;

/**
 * Where a text stops being JSON, as `line 3, column 5`; `undefined` when nothing is wrong. What the platform's parser says quotes
 * the text, and whatever is secret in it, and names no place in every version.
 */
export function jsonFault(text: string): string | undefined {
  const closers: string[] = [];
  // What may stand next: a value, a key, a comma or a closer, and so on.
  let next = 'value';
  for (let at = 0; ;) {
    at = end(SPACE, text, at) ?? at;
    const to = end(TOKEN, text, at);
    const token = to === undefined ? '' : text.slice(at, to);
    if (next === 'end' && at === text.length) return undefined;
    const then = follows(next, token, closers);
    if (then === undefined || to === undefined) return place(text, at);
    at = to;
    next = then;
  }
}

/** What may follow a token, or `undefined` when it must not stand there. */
function follows(next: string, token: string, closers: string[]): string | undefined {
  const first = token.charAt(0);
  const done = (): string => (closers.length === 0 ? 'end' : 'more');
  if (next === 'colon') return token === ':' ? 'value' : undefined;
  if (next === 'key' || next === 'first key') {
    if (first === '"') return 'colon';
    if (next === 'key' || token !== '}') return undefined;
    closers.pop();
    return done();
  }
  if (next === 'more' || (next === 'first value' && token === ']')) {
    if (token === ',' && next === 'more') return closers.at(-1) === '}' ? 'key' : 'value';
    return token !== '' && token === closers.pop() ? done() : undefined;
  }
  if (next === 'end' || token === '') return undefined;
  if (token === '{' || token === '[') {
    closers.push(token === '{' ? '}' : ']');
    return token === '{' ? 'first key' : 'first value';
  }
  return /^[}\],:]/.test(token) ? undefined : done();
}

function end(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function place(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `line ${String(lines.length)}, column ${String((lines.at(-1) ?? '').length + 1)}`;
}
