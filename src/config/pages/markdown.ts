import type { Registration } from '../registration.js';
import { ruleText, shownDefault } from './words.js';

/** A table of all keys. @internal */
export function markdown(registrations: readonly Registration[]): string {
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
