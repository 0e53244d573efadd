import { type SqlToken, tokensOf, unquoted, unwrapped } from './sql-text.js';

/** What SQLite tells only in the text that made a table. @internal */
export interface SqliteDefinition {
  readonly checks: readonly { readonly name: string; readonly definition: string }[];
  /** Expressions of computed columns, by name. */
  readonly generated: ReadonlyMap<string, string>;
  /** `STRICT` and `WITHOUT ROWID`, if it is. */
  readonly options: string;
}

/** Reads a `CREATE TABLE`. @internal */
export function sqliteDefinition(sql: string): SqliteDefinition {
  const tokens = tokensOf(sql, true);
  const open = tokens.findIndex(({ text }) => text === '(');
  if (open === -1) return { checks: [], generated: new Map(), options: '' };
  const close = closing(tokens, open);
  const checks: { name: string; definition: string }[] = [];
  const generated = new Map<string, string>();
  for (const part of partsOf(tokens.slice(open + 1, close))) readPart(part, checks, generated);
  const options = textOf(tokens.slice(close + 1)).toLowerCase();
  return { checks, generated, options };
}

function readPart(
  part: readonly SqlToken[],
  checks: { name: string; definition: string }[],
  generated: Map<string, string>,
): void {
  let name = '';
  for (let i = 0; i < part.length; i++) {
    const token = part[i];
    if (token?.text === '(') {
      i = closing(part, i);
      continue;
    }
    if (token?.kind !== 'word') continue;
    const word = token.text.toLowerCase();
    if (word === 'constraint') name = unquoted(part[i + 1]?.text ?? '');
    else if ((word === 'check' || word === 'as') && part[i + 1]?.text === '(') {
      const end = closing(part, i + 1);
      const inside = textOf(unwrapped(part.slice(i + 2, end)));
      if (word === 'check') checks.push({ name, definition: `CHECK (${inside})` });
      else generated.set(unquoted(part[0]?.text ?? '').toLowerCase(), inside);
      name = '';
      i = end;
    }
  }
}

/** Cut at the commas that are in no brackets. */
function partsOf(tokens: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'sign' && token.text === '(') depth++;
    if (token.kind === 'sign' && token.text === ')') depth--;
    if (token.kind === 'sign' && token.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function closing(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind !== 'sign') continue;
    if (token.text === '(') depth++;
    else if (token.text === ')' && --depth === 0) return i;
  }
  return tokens.length;
}

function textOf(tokens: readonly SqlToken[]): string {
  let text = '';
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    const close = token.kind === 'sign' && /^[(),]$/.test(token.text);
    if (i > 0 && !close && !(before?.kind === 'sign' && before.text === '(')) text += ' ';
    text += token.text;
  }
  return text;
}

/** What an index is on, from the text that made it: all behind the name of the table. @internal */
export function sqliteIndexDefinition(sql: string): string {
  const tokens = tokensOf(sql, true);
  const on = tokens.findIndex(({ kind, text }) => kind === 'word' && text.toLowerCase() === 'on');
  const open = tokens.findIndex(({ text }, i) => i > on && text === '(');
  return textOf(tokens.slice(open));
}

/** The condition of a partial index. @internal */
export function sqliteIndexCondition(sql: string): string | undefined {
  const tokens = tokensOf(sql, true);
  const open = tokens.findIndex(({ text }) => text === '(');
  const rest = tokens.slice(closing(tokens, open) + 1);
  return rest[0]?.text.toLowerCase() === 'where' ? textOf(rest.slice(1)) : undefined;
}
