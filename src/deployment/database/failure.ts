import { errorText } from '../../core/error-text.js';
import { shownText } from '../finding.js';
import { undoubled } from './undoubled.js';

/** What to do about what a database, its client or the network says, by its code and its words; the first that fits. */
const HINTS: readonly (readonly [RegExp, string])[] = /* @__PURE__ */ Object.freeze([
  [
    /no encryption|SSL off|(requires?|only) (\w+ ){0,3}(SSL|TLS)\b/i,
    'the server may take only TLS: have the client use it, such as with sslmode=verify-full; or pg_hba.conf lets nobody in from here',
  ],
  [/not support (SSL|TLS)/i, 'the server has no TLS: set it up there, or have the client go without'],
  [
    /^(\w*CERT\w*|UNABLE_TO_\w+) /,
    'the certificate of the server is not trusted: give the client that of its authority',
  ],
  [/^28P01|password authentication failed/i, 'see that user and password are those of this environment'],
  [/^28000/, 'see that the role was made on this server, and that pg_hba.conf lets it in from here'],
  [/^3D000/, 'see that the address names the right database, and that it was made'],
  [
    /^42501|permission denied/i,
    'grant the role CONNECT on the database, USAGE on the schema and SELECT on the table, or pg_read_all_data',
  ],
  [/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)/, 'see that the database is up, and that host and port are right'],
  [
    /TIMEDOUT|UNREACH|TIMEOUT |^57014|^55P03|timed?[ -]?out\b|database is locked/i,
    'see whether the database answers, the network lets one through, and a migration holds a lock on the table',
  ],
  [/^BREAKWATER_QUERY_ANSWER/, 'have the function return what the client answers: (sql) => pool.query(sql)'],
]);

/**
 * What a database said when a query failed: the innermost cause with a code, or the first of several, since what wraps it repeats the
 * query or says no more than that something failed.
 * `hint` is what to do, where that is known.
 * @internal
 */
export function databaseFailure(error: unknown): {
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
} {
  let found: unknown = error;
  let code: string | undefined;
  let at: unknown = error;
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth++) {
    try {
      const fields = at as Readonly<Record<string, unknown>>;
      if (typeof fields['code'] === 'string' && typeof fields['message'] === 'string') {
        found = at;
        code = fields['code'].slice(0, 40);
      }
      const { cause, errors } = fields;
      at = cause ?? (Array.isArray(errors) ? (errors as readonly unknown[])[0] : undefined);
    } catch {
      break;
    }
  }
  const message = shownText(undoubled(errorText(found)), 200);
  const said = `${code ?? ''} ${message}`;
  return { code, message, hint: HINTS.find(([pattern]) => pattern.test(said))?.[1] };
}
