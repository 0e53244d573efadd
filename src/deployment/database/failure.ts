import { shownError } from '../finding.js';

/** What a database said when a read failed: the innermost cause with a code, since what wraps it repeats the query instead. @internal */
export function databaseFailure(error: unknown): { readonly code: string | undefined; readonly message: string } {
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
      at = fields['cause'];
    } catch {
      break;
    }
  }
  return { code, message: shownError(found) };
}
