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
  const { key, describe, deprecated, required } = one;
  const value = shownDefault(one);
  const comments = [
    describe,
    [
      required ? 'required' : 'optional',
      ruleText(one),
      ...(value === undefined ? [] : [`default ${value === '' ? 'empty' : value}`]),
    ].join('; '),
    deprecated === false
      ? undefined
      : typeof deprecated === 'object'
        ? `deprecated: set ${deprecated.replacedBy}`
        : 'deprecated',
  ].filter((line) => line !== undefined);
  return [...comments.map((line) => `# ${oneLine(line)}`), `${required ? '' : '# '}${key}=${quoted(value ?? '')}`].join(
    '\n',
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** As files of that kind are read: what would end the value or begin a comment stands in quotes. */
function quoted(value: string): string {
  if (/^[\w.,:/@+-]*$/.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  return `"${value.replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
