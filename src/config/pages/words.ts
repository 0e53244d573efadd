import { redactText } from '../../core/redaction.js';
import { withoutCredentials } from '../fields/url-field.js';
import type { Registration } from '../registration.js';

/** The default as it would be written in the environment; `undefined` without one, and for what no output shows. @internal */
export function shownDefault({ field, defaults, hidden }: Registration): string | undefined {
  if (hidden || defaults.value === undefined) return undefined;
  const text = field.write(defaults.value);
  return redactText(field.type === 'url' ? withoutCredentials(text) : text, 200);
}

/** What values are accepted; of a secret only of what type they are. @internal */
export function ruleText({ field, hidden }: Registration): string {
  return hidden ? `${field.type}, secret` : field.expects;
}
