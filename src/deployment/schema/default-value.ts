import { type SqlToken, tokensOf, unwrapped } from './sql-text.js';

const NOW = /^(?:now \( \)|current_timestamp|transaction_timestamp \( \)|'now')$/;
/** Words that go on with the name of a type: `timestamp without time zone`, `double precision`. */
const TYPE_WORDS = ['with', 'without', 'time', 'zone', 'varying', 'precision'];

/**
 * A default in one way of writing: without casts, whose spelling changes with the version and with who wrote it, and with
 * `now()` for the present.
 * @internal
 */
export function plainDefault(expression: string, dialect: 'postgresql' | 'sqlite'): string {
  const tokens = unwrapped(withoutCasts(tokensOf(expression, dialect === 'sqlite')));
  const text = tokens.map((token) => (token.kind === 'word' ? token.text.toLowerCase() : token.text)).join(' ');
  if (NOW.test(text)) return 'now ( )';
  // A number may be kept as text that is cast: '-1'::integer.
  const number = /^'(-?\d+(?:\.\d+)?)'$/.exec(text)?.[1];
  return (number ?? text).replace(/^- (?=\d)/, '-');
}

function withoutCasts(tokens: readonly SqlToken[]): SqlToken[] {
  const kept: SqlToken[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    if (token.text === '::') i = endOfType(tokens, i + 1) - 1;
    else kept.push(token);
  }
  return kept;
}

/** Behind a type that begins at `at`: its words, `(10,2)` and `[]`. */
function endOfType(tokens: readonly SqlToken[], at: number): number {
  let end = at + 1;
  for (;;) {
    const token = tokens[end];
    if (token === undefined) return end;
    if (token.text === '.' || (token.kind === 'word' && TYPE_WORDS.includes(token.text.toLowerCase()))) end++;
    else if (token.kind === 'name' && tokens[end - 1]?.text.endsWith('.') === true) end++;
    else if (token.kind === 'word' && token.text.startsWith('.')) end++;
    else if (token.text === '[' || token.text === '(') end = closing(tokens, end) + 1;
    else return end;
  }
}

function closing(tokens: readonly SqlToken[], open: number): number {
  const close = tokens[open]?.text === '(' ? ')' : ']';
  for (let i = open + 1; i < tokens.length; i++) if (tokens[i]?.text === close) return i;
  return tokens.length;
}
