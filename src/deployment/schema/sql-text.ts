/** A piece of SQL: `text` is as written, with what quotes names and strings. @internal */
export interface SqlToken {
  readonly kind: 'string' | 'name' | 'word' | 'sign';
  readonly text: string;
}

const TOKEN =
  /(\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|((?:\b[eE])?'(?:[^']|'')*'?)|("(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\])|([\p{L}\p{N}_$.]+)|(::|<>|!=|<=|>=|\|\||->>|->|[\s\S])/gu;

/**
 * SQL cut into pieces, without spaces and comments.
 *
 * @param brackets - whether square brackets quote names, as in SQLite; in PostgreSQL they are those of arrays.
 * @internal
 */
export function tokensOf(sql: string, brackets: boolean): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const [, space, string, name, word, sign] of sql.matchAll(TOKEN)) {
    if (space !== undefined) continue;
    if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (name?.startsWith('[') === true && !brackets) tokens.push(...bracketed(name));
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
}

function bracketed(text: string): SqlToken[] {
  return [{ kind: 'sign', text: '[' }, ...tokensOf(text.slice(1, -1), false), { kind: 'sign', text: ']' }];
}

/** A name without its quotes. @internal */
export function unquoted(name: string): string {
  const quote = name.charAt(0);
  if (quote === '[') return name.slice(1, -1);
  return quote === '"' || quote === '`' || quote === "'" ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}

/** Whether pieces are in one pair of brackets, which says nothing. @internal */
function wrapped(tokens: readonly SqlToken[]): boolean {
  if (tokens[0]?.text !== '(' || tokens.at(-1)?.text !== ')') return false;
  let depth = 0;
  for (const [i, { kind, text }] of tokens.entries()) {
    if (kind !== 'sign') continue;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return i === tokens.length - 1;
  }
  return false;
}

/** Pieces without the brackets around the whole. @internal */
export function unwrapped(tokens: readonly SqlToken[]): readonly SqlToken[] {
  let inside = tokens;
  while (wrapped(inside)) inside = inside.slice(1, -1);
  return inside;
}

/**
 * SQL in one way of writing: the case of words, spaces, comments and outer brackets say nothing, and in SQLite, which
 * knows names in any case, nor do the quotes of names.
 * @internal
 */
export function plainSql(sql: string, dialect: 'postgresql' | 'sqlite'): string {
  const sqlite = dialect === 'sqlite';
  return unwrapped(tokensOf(sql, sqlite))
    .map(({ kind, text }) => {
      if (kind === 'word') return text.toLowerCase();
      return kind === 'name' && sqlite ? unquoted(text).toLowerCase() : text;
    })
    .join(' ');
}
