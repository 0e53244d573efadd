import { MASK } from '../../core/mask-fields.js';
import { redactSecrets } from '../../core/redaction.js';
import { undoubled } from '../database/undoubled.js';
import type { SchemaSnapshot } from './snapshot.js';
import { tokenPattern, unquoted } from './sql-text.js';

/** Fields of a snapshot that hold SQL. */
const EXPRESSIONS = ['default', 'generated', 'definition', 'where'];
const NAME = /^[\p{L}_][\p{L}\p{N}_$. ]*$/u;
/** A word such as that of a status: to mask it would make one schema two, wherever a password happens to be that word. */
const WORD = /^'[a-z_]{1,7}'?$/i;

/** A snapshot that may be kept in a file: without secrets in its expressions. Names are none. @internal */
export function maskedSnapshot(snapshot: SchemaSnapshot): SchemaSnapshot {
  const pattern = tokenPattern(snapshot.dialect === 'sqlite');
  return JSON.parse(JSON.stringify(snapshot), (key, value: unknown) =>
    typeof value === 'string' && EXPRESSIONS.includes(key) ? maskedSql(value, pattern) : value,
  ) as SchemaSnapshot;
}

function maskedSql(sql: string, pattern: RegExp): string {
  return sql.replace(pattern, (piece, _space?: string, _string?: string, name?: string, word?: string) => {
    const isName = NAME.test(word ?? unquoted(name ?? ''));
    return isName || WORD.test(piece) ? piece : maskedPiece(piece);
  });
}

function maskedPiece(piece: string): string {
  const [, open = '', inside = piece, close = ''] = /^([eE]?')([^]*?)('?)$/.exec(piece) ?? [];
  // How a server doubles backslashes is not told everywhere.
  for (const plain of [inside.replaceAll("''", "'"), undoubled(inside)]) {
    const masked = redactSecrets(plain, Infinity);
    if (masked !== plain) return open + masked.replaceAll("'", "''") + close;
  }
  return piece;
}

/** Whether two texts are one but for what is masked in either: what stood there nobody knows. @internal */
export function isSame(one: string, other: string): boolean {
  return one === other || covers(one, other) || covers(other, one);
}

function covers(masked: string, text: string): boolean {
  const [first = '', ...others] = masked.split(MASK);
  const last = others.pop();
  if (last === undefined || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1 || !isInside(text.slice(at, found))) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length && isInside(text.slice(at, text.length - last.length));
}

/** Whether it goes beyond no end of a string of SQL. */
function isInside(text: string): boolean {
  return !text.replaceAll("''", '').includes("'");
}
