/** Also the separators that would break a line in a log or a scrape. */
const CONTROL_CHARACTER = /[\p{Cc}\u2028\u2029]/u;

/** What {@link isShortText} asks for, in words. @internal */
export const SHORT_TEXT = 'text of 1 to 200 characters without control characters';

/** Whether something can be a name that is shown in lines and scrapes. @internal */
export function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 && !CONTROL_CHARACTER.test(value);
}
