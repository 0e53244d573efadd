import { redactForms } from '../../core/redaction.js';
import { withoutCredentials } from '../fields/url-field.js';
import type { Registration } from '../registration.js';

/** A default as pages show it, which are the same whatever the environment holds. @internal */
export interface ShownDefault {
  /** As it would be written in the environment, with what is secret by its form masked. */
  readonly text: string;
  /** Whether nothing of it is masked. */
  readonly isWhole: boolean;
}

/** `undefined` without one, and for what no output shows. @internal */
export function shownDefault({ field, defaults, hidden }: Registration): ShownDefault | undefined {
  if (hidden || defaults.value === undefined) return undefined;
  const written = field.write(defaults.value);
  // Words to choose from are shown as such already.
  const text =
    field.type === 'enum' ? written : redactForms(field.type === 'url' ? withoutCredentials(written) : written);
  return { text, isWhole: text === written };
}

/** What values are accepted; of a secret only of what type they are. @internal */
export function ruleText({ field, hidden }: Registration): string {
  return hidden ? `${field.type}, secret` : field.expects;
}
