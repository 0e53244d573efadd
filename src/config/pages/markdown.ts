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
        ? describe
        : [`Deprecated${typeof deprecated === 'object' ? `: set \`${deprecated.replacedBy}\`` : ''}.`, describe]
            .join(' ')
            .trim();
    return [`\`${key}\``, ruleText(one), needed, value === undefined ? '' : `\`${value}\``, note].map(cell);
  });
  const head = ['key', 'value', 'required', 'default', 'what'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n') + '\n';
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
