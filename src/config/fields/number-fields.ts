import { rangeText } from '../../core/options.js';
import type { Fault } from '../issues.js';
import { fault, type Field, type Read } from './field.js';

/** Limits of a number, both included. @internal */
export interface Limits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

interface NumberKind {
  readonly type: string;
  readonly what: string;
  readonly wrong: Fault['code'];
  readonly isWhole: boolean;
  readonly read: (text: string) => number | undefined;
  readonly write?: (value: number) => string;
}

function numberField(kind: NumberKind, limits: Limits): Field<number> {
  const { min, max } = limits;
  const isNumber = kind.isWhole ? Number.isSafeInteger : Number.isFinite;
  const range = rangeText(limits);
  const expects = `${kind.what}${range !== '' && kind.what.includes(',') ? ',' : ''}${range}`;
  return {
    type: kind.type,
    expects,
    form: kind.what,
    json: {
      type: kind.isWhole ? 'integer' : 'number',
      ...(min === undefined ? {} : { minimum: min }),
      ...(max === undefined ? {} : { maximum: max }),
    },
    read(text): Read<number> {
      const value = kind.read(text.trim());
      return value === undefined ? { fault: fault(kind.wrong, `must be ${expects}`) } : { value };
    },
    check(value) {
      if (!isNumber(value)) return fault(kind.wrong, `must be ${expects}`);
      const isInside = (value as number) >= (min ?? -Infinity) && (value as number) <= (max ?? Infinity);
      return isInside ? undefined : fault('out_of_range', `must be ${expects}`);
    },
    write: kind.write ?? String,
  };
}

/** Decimal digits and a sign. Leading zeros are none: some read them as octal. @internal */
export const WHOLE = /^[+-]?(?:0|[1-9]\d*)$/;
/** A decimal fraction, with an exponent or without. */
const DECIMAL = /^[+-]?(?:(?:0|[1-9]\d*)\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A whole number, within those that are exact. @internal */
export function wholeNumber(text: string): number | undefined {
  // Adding nothing makes no negative zero of -0.
  return WHOLE.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) + 0 : undefined;
}

/** A finite number; one so small that nothing is left of it is none. */
function decimalNumber(text: string): number | undefined {
  const value = DECIMAL.test(text) ? Number(text) + 0 : NaN;
  const isLost = value === 0 && /^[^e]*[1-9]/i.test(text);
  return Number.isFinite(value) && !isLost ? value : undefined;
}

/** @internal */
export function intField(limits: Limits): Field<number> {
  return numberField(
    {
      type: 'int',
      what: 'a whole number in decimal digits',
      wrong: 'not_int',
      isWhole: true,
      read: wholeNumber,
    },
    limits,
  );
}

/** @internal */
export function floatField(limits: Limits): Field<number> {
  return numberField(
    {
      type: 'float',
      what: 'a decimal number',
      wrong: 'not_number',
      isWhole: false,
      read: decimalNumber,
    },
    limits,
  );
}

/** A number with a unit: the smallest one without, and the largest that divides it when it is written again. */
function unitField(
  kind: Pick<NumberKind, 'type' | 'what' | 'wrong'>,
  units: readonly (readonly [string, number])[],
  limits: Limits,
): Field<number> {
  const factors = new Map<string, number>(units.map(([name, factor]) => [name.toLowerCase(), factor]));
  return numberField(
    {
      ...kind,
      isWhole: true,
      read(text) {
        const found = /^(\d+(?:\.\d+)?)\s{0,3}([a-z]{0,3})$/i.exec(text);
        const factor = found?.[2] === '' ? 1 : factors.get(found?.[2]?.toLowerCase() ?? '');
        if (found === null || factor === undefined) return undefined;
        const value = Number(found[1]) * factor;
        // 1.1 seconds are 1,100 ms, whatever the product of two fractions is.
        const whole = Math.round(value);
        return Math.abs(value - whole) < 1e-6 && Number.isSafeInteger(whole) ? whole : undefined;
      },
      write(value) {
        const fits = units.filter(([, factor]) => value !== 0 && value % factor === 0);
        const [name, factor] = fits.reduce<readonly [string, number]>((a, b) => (b[1] > a[1] ? b : a), ['', 1]);
        return `${String(value / factor)}${name}`;
      },
    },
    limits,
  );
}

/** Milliseconds. @internal */
export function durationField(limits: Limits): Field<number> {
  return unitField(
    { type: 'duration', what: 'a number of milliseconds, or such as 500ms, 30s, 5m, 2h, 1d', wrong: 'bad_duration' },
    [
      ['ms', 1],
      ['s', 1_000],
      ['m', 60_000],
      ['h', 3_600_000],
      ['d', 86_400_000],
    ],
    limits,
  );
}

/** Bytes, in units of 1,000 and of 1,024. Source: IEC 80000-13. @internal */
export function bytesField(limits: Limits): Field<number> {
  return unitField(
    { type: 'bytes', what: 'a number of bytes, or such as 512kB, 64KiB, 10MiB', wrong: 'bad_bytes' },
    [
      ['B', 1],
      ['kB', 1e3],
      ['MB', 1e6],
      ['GB', 1e9],
      ['TB', 1e12],
      ['KiB', 1_024],
      ['MiB', 1_048_576],
      ['GiB', 1_073_741_824],
      ['TiB', 1_099_511_627_776],
    ],
    limits,
  );
}
