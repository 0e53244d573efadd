import { isKey, LogBuckets, octaveOf, ZERO_KEY } from '../../internal/log-buckets.js';
import { type KeyCount, MOST_OCTAVES, type QuantileSketch } from '../../internal/quantile-sketch.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';

/** What a monitor knows of the values of one metric in its window, as plain JSON of at most 1,360 buckets. */
export interface ExportedSketch {
  /** Of this form. */
  readonly version: 1;
  /** Values in the window, their sum, the least, the greatest and the last of them. */
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  /** How many of them are zero, or so near to it beside the others that they count as zero. */
  readonly zeros: number;
  /** Numbers of buckets and how many values are in each, from the least values to the greatest. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

/** @internal */
export function exportSketch(sketch: QuantileSketch, last: number): ExportedSketch {
  const { count, sum, min, max, zeros } = sketch;
  return { version: 1, count, sum: finite(sum), min, max, last, zeros, buckets: [...sketch.keyCounts()] };
}

/** A sum that went beyond all numbers stays at the last of them. */
function finite(sum: number): number {
  return Number.isNaN(sum) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum));
}

/**
 * Reads what another process has exported: a copy in which everything fits together.
 *
 * @throws {@link InvalidArgumentError} that names everything that is wrong.
 * @internal
 */
export function readSketch(exported: unknown): ExportedSketch {
  try {
    return read(exported);
  } catch (error) {
    // What cannot be read may throw anything.
    throw error instanceof InvalidArgumentError ? error : invalid(['it cannot be read']);
  }
}

function read(exported: unknown): ExportedSketch {
  const wrong: string[] = [];
  const given = (typeof exported === 'object' && exported !== null ? exported : {}) as Record<string, unknown>;
  if (given !== exported) wrong.push(`it must be what exportSketch returned, got ${describe(exported)}`);
  else if (given.version !== 1) wrong.push(`version must be 1, got ${describe(given.version)}`);
  if (wrong.length > 0) throw invalid(wrong);
  const number = (name: string, fits: (value: number) => boolean, must: string): number => {
    const value = given[name];
    if (typeof value === 'number' && fits(value)) return value;
    wrong.push(`${name} must be ${must}, got ${describe(value)}`);
    return 0;
  };
  const anyFinite = (name: string): number => number(name, Number.isFinite, 'a finite number');
  const sketch: ExportedSketch = {
    version: 1,
    count: number('count', (value) => Number.isSafeInteger(value) && value > 0, 'an integer of at least 1'),
    sum: anyFinite('sum'),
    min: anyFinite('min'),
    max: anyFinite('max'),
    last: anyFinite('last'),
    zeros: number('zeros', isCount, 'an integer of at least 0'),
    buckets: readBuckets(given.buckets, wrong),
  };
  if (wrong.length === 0) checkWhole(sketch, wrong);
  if (wrong.length > 0) throw invalid(wrong);
  return sketch;
}

function invalid(wrong: readonly string[]): InvalidArgumentError {
  return new InvalidArgumentError(`PerformanceMonitor.merge: ${wrong.join('; ')}`);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function readBuckets(given: unknown, wrong: string[]): KeyCount[] {
  if (!Array.isArray(given)) {
    wrong.push(`buckets must be an array, got ${describe(given)}`);
    return [];
  }
  const buckets: KeyCount[] = [];
  const octaves = new Set<number>();
  let before = -Infinity;
  for (const item of given as unknown[]) {
    const [key, times]: unknown[] = Array.isArray(item) ? (item as unknown[]) : [];
    const at = order(key);
    // What is not in order could be the same bucket twice, and in order there are no more than there can be.
    if (typeof key !== 'number' || !isCount(times) || times === 0 || !(at > before)) {
      wrong.push('buckets must be pairs of a bucket and a count of at least 1, in order');
      return [];
    }
    before = at;
    octaves.add(octaveOf(key));
    if (octaves.size > MOST_OCTAVES) {
      wrong.push(`buckets must be of at most ${String(MOST_OCTAVES)} octaves`);
      return [];
    }
    buckets.push([key, times]);
  }
  return buckets;
}

/** Where a bucket stands among the others; `NaN` for none. */
function order(key: unknown): number {
  if (typeof key !== 'number' || !isKey(key)) return NaN;
  return (octaveOf(key) & 1) === 1 ? -key : key;
}

/** Each number may be right by itself and still not belong to the others. */
function checkWhole({ count, sum, min, max, last, zeros, buckets }: ExportedSketch, wrong: string[]): void {
  const counted = buckets.reduce((all, [, times]) => all + times, zeros);
  if (counted !== count) wrong.push('count must be that of zeros and all buckets');
  if (!(min <= last && last <= max)) wrong.push('last must be from min to max');
  // Roundings of a long sum, and one that went beyond all numbers.
  const slack = count * Math.max(Math.abs(min), Math.abs(max)) * 1e-6;
  if (sum < finite(count * min - slack) || sum > finite(count * max + slack)) {
    wrong.push('sum must be one of that many values from min to max');
  }
  const keys = new LogBuckets();
  const kept = new Set(buckets.map(([key]) => octaveOf(key)));
  // Among zeros, and those that are too near to zero to be counted apart, when nothing is beyond them.
  const nearZero = (value: number, end: number | undefined, beyond: 0 | 1): boolean => {
    if (zeros === 0 || (end !== undefined && (octaveOf(end) & 1) === beyond)) return false;
    const key = keys.keyOf(value);
    return key === ZERO_KEY || (kept.size === MOST_OCTAVES && octaveOf(key) < Math.min(...kept));
  };
  const [first, final] = [buckets[0]?.[0], buckets.at(-1)?.[0]];
  if (keys.keyOf(min) !== first && !nearZero(min, first, 1)) wrong.push('min must be in the first bucket');
  if (keys.keyOf(max) !== final && !nearZero(max, final, 0)) wrong.push('max must be in the last bucket');
}
