import { redactValue } from '../../core/redaction.js';
import type { Field } from './field.js';
import { withoutCredentials } from './url-field.js';

/** A value that is no secret as outputs show it: what is secret in it is masked. @internal */
export function shownValue(field: Field, value: unknown): unknown {
  return redactValue(field.type === 'url' && typeof value === 'string' ? withoutCredentials(value) : value);
}
