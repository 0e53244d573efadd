import { redactSecrets } from '../../core/redaction.js';

/**
 * SQL in which a secret is known as it is: a string of SQL doubles each quote, and may double a backslash. Where there is
 * none the text stays as it came.
 * @internal
 */
export function undoubled(sql: string): string {
  const plain = sql.replace(/''|\\\\/g, (two) => two.charAt(0));
  return plain !== sql && redactSecrets(plain, plain.length) !== plain ? plain : sql;
}
