import type { OptionIssue } from '../core/errors.js';
import { describe } from '../core/options.js';

/** The options of a part that is not an instance; anything else is noted. @internal */
export function optionsOfPart(value: unknown, path: string, issues: OptionIssue[]): object {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value)) return value;
  issues.push({ path, message: `must be an instance, its options, or false, got ${describe(value)}` });
  return {};
}
