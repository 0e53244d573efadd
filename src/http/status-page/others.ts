import type { Component } from '../../core/component.js';
import { isSensitiveKey } from '../../core/sensitive-names.js';
import { type Mark, markOf, worstFirst } from './marks.js';
import {
  type Fields,
  fieldsOf,
  fieldsOfPart,
  healthOf,
  listOf,
  nameOf,
  numberOf,
  snapshotOf,
  textOf,
} from './reading.js';
import type { OtherLine } from './status-data.js';
import { countText, durationText, instantText, words } from './words.js';

const MOST_VALUES = 16;
const DEEPEST = 3;
const MOST_ITEMS = 10;
/** They say nothing that is not there already, or nothing to people. */
const LEFT_OUT: readonly string[] = /* @__PURE__ */ Object.freeze(['version', 'name', 'kind', 'takenAt']);

type Value = readonly [label: string, value: string];

/** Parts of which the page knows nothing but that they are parts: their health, and what numbers they have. @internal */
export function otherLines(components: readonly Component[]): OtherLine[] {
  return worstFirst(components.map(otherLine), ({ mark, trouble }) =>
    trouble === undefined ? (mark?.tone ?? 'ok') : 'warn',
  );
}

function otherLine(component: Component): OtherLine {
  const { kind, name } = fieldsOfPart(component);
  const health = healthOf(component);
  const answer = snapshotOf(component);
  const values: Value[] = [];
  if ('value' in answer) collect(answer.value, '', 0, values);
  const found = health !== undefined && 'value' in health ? health.value : undefined;
  const troubles = [answer, health].flatMap((one) => (one !== undefined && 'trouble' in one ? [one.trouble] : []));
  const mark: Mark | undefined = found && markOf(found.status);
  return {
    name,
    kind: words(kind),
    mark,
    message: found?.message,
    values,
    trouble: troubles.length === 0 ? undefined : troubles.join('; '),
  };
}

/** What is a number, a word or a flag, with what is nested in names of several words. */
function collect(fields: Fields, prefix: string, depth: number, values: Value[]): void {
  for (const [key, value] of Object.entries(fields)) {
    if (values.length === MOST_VALUES) return;
    if (LEFT_OUT.includes(key)) continue;
    // Numbers of something in the plural count it: `budgetTokens` holds no token.
    if (isSensitiveKey(key) && !(typeof value === 'number' && /s$/i.test(key))) continue;
    const label = words(`${prefix} ${nameOf(key.replace(/(?<=.)Ms$/, ''))}`);
    const shown = valueText(key, value);
    if (shown !== undefined) values.push([label, shown]);
    else if (depth < DEEPEST) collectNested(label, value, depth + 1, values);
  }
}

function collectNested(label: string, value: unknown, depth: number, values: Value[]): void {
  if (!Array.isArray(value)) {
    collect(fieldsOf(value), label, depth, values);
    return;
  }
  const items = listOf(value, MOST_ITEMS);
  if (items.every((item) => typeof item === 'string' || typeof item === 'number')) {
    if (items.length > 0) values.push([label, textOf(items.join(', ')) ?? '']);
    return;
  }
  for (const item of items.map(fieldsOf)) {
    const name = item.name ?? item.kind;
    // What does not say what it is would be a heap of numbers, and circuits are shown by themselves.
    if (typeof name === 'string' && item.kind !== 'circuit-breaker')
      collect(fieldsOf(item.snapshot ?? item), nameOf(name), depth, values);
  }
}

function valueText(key: string, value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return textOf(value);
  const number = numberOf(value);
  if (number === undefined) return undefined;
  if (/Ms$/.test(key)) return durationText(number);
  if (/At$/.test(key)) return instantText(number) ?? countText(number);
  return /Ratio$/.test(key) ? `${countText(number * 100)} %` : countText(number);
}
