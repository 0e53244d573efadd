/** A piece of SQL: `text` is as written, with what quotes names and strings. @internal */
export interface SqlToken {
  readonly kind: 'string' | 'name' | 'word' | 'sign';
  readonly text: string;
}

/** What is masked counts as a string, wherever it stands. */
const TOKEN =
  /(\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(\[secret\]|(?:\b[eE])?'(?:[^']|'')*'?)|("(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\])|([\p{L}\p{N}_$.]+)|(::|<>|!=|<=|>=|\|\||->>|->|[\s\S])/gu;
/** The part of it that is for names in brackets. */
const BRACKETS = String.raw`|\[[^\]]*\]`;

/** Finds the pieces of SQL: its groups are space and comments, strings, quoted names, words and signs. @internal */
export function tokenPattern(brackets: boolean): RegExp {
  return new RegExp(brackets ? TOKEN : TOKEN.source.replace(BRACKETS, ''), 'gu');
}

/**
 * `IN (…)` on a column of `varchar` is one cast of a list when it is made, and a cast of each element once it was restored from
 * a dump.
 */
const CAST_LIST = /\(ARRAY\[((?:'(?:[^']|'')*'::[\w ]+(?:, )?)+)\]\)::([\w ]+)\[\]/g;
const ELEMENT = /'(?:[^']|'')*'::[\w ]+/g;

function castByElement(sql: string): string {
  return sql.replace(CAST_LIST, (_, elements: string, type: string) => {
    const cast = elements.replace(ELEMENT, (element) => `(${element})::${type}`);
    return `ARRAY[${cast}]`;
  });
}

/**
 * SQL cut into pieces, without spaces and comments.
 *
 * @param brackets - whether square brackets quote names, as in SQLite; in PostgreSQL they are those of arrays.
 * @internal
 */
export function tokensOf(sql: string, brackets: boolean): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const [, space, string, name, word, sign] of (brackets ? sql : castByElement(sql)).matchAll(
    tokenPattern(brackets),
  )) {
    if (space !== undefined) continue;
    if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
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
