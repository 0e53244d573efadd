import type { Fault } from '../issues.js';
import { fault, type Field, jsonOf, type Read } from './field.js';
import { WHOLE, wholeNumber } from './number-fields.js';

/** Rules of a text. @internal */
export interface TextRules {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: RegExp | undefined;
}

/** @internal */
export function strField({ minLength, maxLength, pattern }: TextRules): Field<string> {
  // A pattern with a memory would accept every other time.
  const stateless = pattern === undefined ? undefined : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  const rules = [
    minLength === undefined ? '' : ` of at least ${String(minLength)} characters`,
    maxLength === undefined ? '' : `${minLength === undefined ? ' of' : ','} at most ${String(maxLength)} characters`,
    stateless === undefined ? '' : ` matching ${String(stateless)}`,
  ];
  return {
    type: 'str',
    expects: `text${rules.join('')}`,
    empty: '',
    json: {
      type: 'string',
      ...(minLength === undefined ? {} : { minLength }),
      ...(maxLength === undefined ? {} : { maxLength }),
      ...patternOf(stateless),
    },
    read: (value): Read<string> => ({ value }),
    check(value) {
      if (typeof value !== 'string') return fault('invalid', 'must be text');
      // Blanks around it make no key longer.
      const length = lengthOf(value.trim());
      if (minLength !== undefined && length < minLength)
        return fault('too_short', `needs at least ${String(minLength)} characters`);
      if (maxLength !== undefined && lengthOf(value) > maxLength)
        return fault('too_long', `may have at most ${String(maxLength)} characters`);
      return stateless?.test(value) === false ? fault('bad_pattern', `must match ${String(stateless)}`) : undefined;
    },
    write: String,
  };
}

/** In characters, of which some are two units of text. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** JSON Schema has patterns without flags, and reads them as Unicode: others are left out. */
function patternOf(pattern: RegExp | undefined): { readonly pattern?: string } {
  if (pattern === undefined || /[imsv]/.test(pattern.flags)) return {};
  try {
    return { pattern: new RegExp(pattern.source, 'u').source };
  } catch {
    return {};
  }
}

/** @internal */
export function enumField(choices: readonly string[]): Field<string> {
  const expects = `one of ${choices.join(', ')}`;
  return {
    type: 'enum',
    expects,
    json: { type: 'string', enum: choices },
    read: (text): Read<string> => ({ value: text.trim() }),
    check: (value) => (choices.includes(value as string) ? undefined : fault('not_in_set', `must be ${expects}`)),
    write: String,
  };
}

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

/** @internal */
export function boolField(): Field<boolean> {
  const expects = `${TRUE.join(', ')}, or ${FALSE.join(', ')}`;
  const wrong = fault('not_bool', `must be ${expects}`);
  return {
    type: 'bool',
    expects,
    json: { type: 'boolean' },
    read(text): Read<boolean> {
      const word = text.trim().toLowerCase();
      if (TRUE.includes(word)) return { value: true };
      return FALSE.includes(word) ? { value: false } : { fault: wrong };
    },
    check: (value) => (typeof value === 'boolean' ? undefined : wrong),
    write: String,
  };
}

/** @internal */
export function jsonField(): Field {
  return {
    type: 'json',
    expects: 'JSON',
    json: {},
    read(text): Read<unknown> {
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        // What the platform says of it quotes the text.
        return { fault: fault('bad_json', 'must be JSON') };
      }
    },
    check: (value) =>
      jsonOf(value) === undefined ? fault('bad_json', 'must be a value that JSON can hold') : undefined,
    write: (value) => jsonOf(value) ?? 'null',
  };
}

/** What stands in a list. @internal */
export type ListItem = 'str' | 'int' | 'bigint';

const ITEMS: Readonly<
  Record<ListItem, { readonly what: string; readonly wrong: Fault['code']; readonly read: (text: string) => unknown }>
> = /* @__PURE__ */ Object.freeze({
  str: { what: 'texts', wrong: 'invalid', read: (text: string) => text },
  int: {
    what: 'whole numbers',
    wrong: 'not_int',
    read: wholeNumber,
  },
  bigint: {
    what: 'whole numbers of any size',
    wrong: 'not_int',
    read: (text: string) => (text.length <= 1_000 && WHOLE.test(text) ? BigInt(text.replace('+', '')) : undefined),
  },
});

/** Texts between commas: trimmed, none empty, each once. @internal */
export function listField(item: ListItem, { minLength, maxLength }: TextRules): Field<readonly unknown[]> {
  const { what, wrong, read } = ITEMS[item];
  const expects = `${what} between commas`;
  // What it would be read as, were it written.
  const isItem = (value: unknown): boolean =>
    typeof value === (item === 'int' ? 'number' : item === 'str' ? 'string' : 'bigint') &&
    value !== '' &&
    !String(value).includes(',') &&
    read(String(value).trim()) === value;
  return {
    type: 'list',
    expects,
    empty: Object.freeze([]),
    json: { type: 'array', items: item === 'int' ? { type: 'integer' } : { type: 'string' }, uniqueItems: true },
    read(text): Read<readonly unknown[]> {
      const parts = text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      const values = parts.map(read);
      const bad = values.indexOf(undefined);
      if (bad !== -1) return { fault: fault(wrong, `must be ${expects}; item ${String(bad + 1)} is none`) };
      return { value: [...new Set(values)] };
    },
    check(value) {
      if (!Array.isArray(value) || !value.every(isItem)) return fault(wrong, `must be ${expects}`);
      if (new Set(value).size < value.length) return fault('invalid', `must be ${expects}, each once`);
      if (minLength !== undefined && value.length < minLength)
        return fault('too_short', `needs at least ${String(minLength)} items`);
      return maxLength !== undefined && value.length > maxLength
        ? fault('too_long', `may have at most ${String(maxLength)} items`)
        : undefined;
    },
    write: (value) => value.map(String).join(','),
  };
}
