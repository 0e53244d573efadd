import { oneLine } from '../../core/printable.js';
import type { Registration } from '../registration.js';
import type { Section } from '../sections.js';
import { shownDefault, ruleText } from './words.js';

/** A commented file of environment variables: what is required to be filled in, what has a default to be changed. @internal */
export function envExample(sections: readonly Section[]): string {
  const parts = sections
    .filter(({ registrations }) => registrations.length > 0)
    .flatMap(({ name, registrations }) => [
      ...(name === undefined ? [] : [`# --- ${name} ---`]),
      ...registrations.map(entry),
    ]);
  return `${parts.join('\n\n')}\n`;
}

function entry(one: Registration): string {
  const { key, describe, deprecated, required, requiredWhen } = one;
  const value = shownDefault(one);
  const need = required ? 'required' : requiredWhen === undefined ? 'optional' : 'required sometimes';
  const comments = [
    describe,
    [need, ruleText(one), ...(value === undefined ? [] : [`default ${value.text === '' ? 'empty' : value.text}`])].join(
      '; ',
    ),
    deprecated === false
      ? undefined
      : typeof deprecated === 'object'
        ? `deprecated: set ${deprecated.replacedBy}`
        : 'deprecated',
  ].filter((line) => line !== undefined);
  const assigned = value?.isWhole === true ? quoted(value.text) : undefined;
  return [...comments.map((line) => `# ${oneLine(line)}`), `${required ? '' : '# '}${key}=${assigned ?? ''}`].join(
    '\n',
  );
}

/**
 * As files of that kind are read, by programs and by shells alike; `undefined` for what they would not read alike, or would
 * run.
 */
function quoted(value: string): string | undefined {
  if (/^[\w.,:/@+-]*$/.test(value)) return value;
  if (/[\r\n\0]/.test(value)) return undefined;
  if (!value.includes("'")) return `'${value}'`;
  return /["$`\\]/.test(value) ? undefined : `"${value}"`;
}
