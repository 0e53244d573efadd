import { InvalidArgumentError } from './errors.js';
import { describe } from './options.js';
import { isShortText, SHORT_TEXT } from './text-rules.js';

/**
 * A name or a reason that a method was given, and that is shown in lines and scrapes.
 *
 * @param what - names it, such as `the name`.
 * @throws {@link InvalidArgumentError}
 * @internal
 */
export function shortText(method: string, what: string, value: unknown): string {
  if (isShortText(value)) return value;
  throw new InvalidArgumentError(`${method}: ${what} must be ${SHORT_TEXT}, got ${describe(value)}`);
}
