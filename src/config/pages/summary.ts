import type { ConfigOrigin, ConfigValue } from '../config-value.js';
import type { ConfigIssue, ConfigWarning } from '../issues.js';

/** What a summary tells. @internal */
export interface Summarised {
  readonly items: readonly ConfigValue[];
  readonly errors: readonly ConfigIssue[];
  readonly warnings: readonly ConfigWarning[];
}

const LONGEST_VALUE = 60;

/** A line for each key, then what is wrong. Values of texts are not shown: nobody knows what is in them. @internal */
export function summaryText(name: string, { items, errors, warnings }: Summarised): string {
  const width = Math.max(0, ...items.map(({ key }) => key.length));
  const lines = items.map((item) => `  ${item.status.padEnd(9)}  ${item.key.padEnd(width)}  ${shown(item)}`.trimEnd());
  const state = errors.length === 0 ? 'valid' : `${String(errors.length)} ${errors.length === 1 ? 'error' : 'errors'}`;
  return [
    `${name}: ${state}`,
    ...lines,
    ...errors.map(({ key, message }) => `  error      ${key} ${message}`),
    ...warnings.map(({ key, message }) => `  warning    ${key} ${message}`),
    '',
  ].join('\n');
}

/** Types whose values say nothing secret by themselves, and URLs, whose credentials are masked. */
const PLAIN = ['int', 'float', 'bool', 'enum', 'duration', 'bytes', 'url'];

function shown({ type, status, value, origin, errors }: ConfigValue): string {
  if (status === 'INVALID' || (status === 'MISSING' && errors.length > 0)) return '';
  if (status === 'MISSING') return 'not set, and need not be';
  const isShown =
    PLAIN.includes(type) && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean');
  const text = isShown ? String(value) : '[set]';
  const cut = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
  return `${cut}  ${originText(origin)}`;
}

function originText(origin: ConfigOrigin | undefined): string {
  if (origin === undefined) return '';
  if (origin.source === 'file') return `from ${origin.path ?? ''}`;
  if (origin.source === 'env') return 'from the environment';
  return origin.name === undefined ? 'default' : `default for ${origin.name}`;
}
