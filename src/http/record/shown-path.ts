import { redactText } from '../../core/redaction.js';

const LONGEST = 200;
/** Clients choose how long a path is, and masking takes its time for each character. */
const MASKED_BEYOND = 2_000;

/** A path as records and events show it: secrets masked, cut to 200 characters. @internal */
export function shownPath(path: string): string {
  return redactText(path, LONGEST, MASKED_BEYOND);
}
