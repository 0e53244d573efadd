import { oneLine } from '../../core/printable.js';
import type { Registration } from '../registration.js';
import type { Section } from '../sections.js';
import { ruleText, shownDefault } from './words.js';

/** A table of all keys; one for each section, below its name. @internal */
export function markdown(sections: readonly Section[]): string {
  return sections
    .filter(({ name, registrations }) => name === undefined || registrations.length > 0)
    .map(({ name, registrations }) => `${name === undefined ? '' : `## ${name}\n\n`}${table(registrations)}`)
    .join('\n');
}

function table(registrations: readonly Registration[]): string {
  const rows = registrations.map((one) => {
    const value = shownDefault(one);
    const { key, required, requiredWhen, describe = '', deprecated } = one;
    const needed = required ? 'yes' : requiredWhen === undefined ? 'no' : 'sometimes';
    const note =
      deprecated === false
        ? plain(describe)
        : [`Deprecated${typeof deprecated === 'object' ? `: set \`${deprecated.replacedBy}\`` : ''}.`, plain(describe)]
            .join(' ')
            .trim();
    return [`\`${key}\``, plain(ruleText(one)), needed, value === undefined ? '' : code(value.text), note].map(oneLine);
  });
  const head = ['key', 'value', 'required', 'default', 'what'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n') + '\n';
}

/** Text that means nothing to Markdown. Source: GitHub Flavored Markdown, 2.4 and 4.10. */
function plain(text: string): string {
  return text.replace(/[\\`*_<>[\]|]/g, '\\$&');
}

const LONGEST = 200;

/** As code: in a table a span of it cannot hold everything. */
function code(text: string): string {
  if (text === '') return 'empty';
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  if (!/[`|\\]/.test(cut)) return `\`${cut}\``;
  return `<code>${cut.replace(/[&<>`|\\]/g, (character) => `&#${String(character.charCodeAt(0))};`)}</code>`;
}
