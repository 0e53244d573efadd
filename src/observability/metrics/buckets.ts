import { InvalidArgumentError } from '../../core/errors.js';
import { describe, type OptionKind, type ReportIssue } from '../../core/options.js';

const MOST_BUCKETS = 200;

/**
 * Bounds for what is usually measured. `HTTP_SECONDS` are those that OpenTelemetry's HTTP conventions give, and the default
 * of every histogram; `JOB_SECONDS` is for work that takes up to hours; `BYTES` goes from 100 B to 1 GB.
 */
export const BUCKETS = /* @__PURE__ */ Object.freeze({
  HTTP_SECONDS: /* @__PURE__ */ Object.freeze([
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ]),
  JOB_SECONDS: /* @__PURE__ */ Object.freeze([0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400]),
  BYTES: /* @__PURE__ */ Object.freeze([100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]),
});

/**
 * Bounds at equal distances: `start`, `start + width`, and so on.
 *
 * @param start - the first bound; finite.
 * @param width - the distance; finite, more than 0.
 * @param count - how many; integer from 1 to 200.
 * @throws {@link InvalidArgumentError} when one of them is something else, or a bound is not finite or not above the last.
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  check('linearBuckets', 'start must be a finite number', Number.isFinite(start), start);
  check('linearBuckets', 'width must be a finite number above 0', Number.isFinite(width) && width > 0, width);
  return bounds('linearBuckets', count, (i) => start + i * width);
}

/**
 * Bounds that grow by a factor: `start`, `start * factor`, and so on.
 *
 * @param start - the first bound; finite, more than 0.
 * @param factor - finite, more than 1.
 * @param count - how many; integer from 1 to 200.
 * @throws {@link InvalidArgumentError} when one of them is something else, or a bound is not finite or not above the last.
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  check('exponentialBuckets', 'start must be a finite number above 0', Number.isFinite(start) && start > 0, start);
  check('exponentialBuckets', 'factor must be a finite number above 1', Number.isFinite(factor) && factor > 1, factor);
  return bounds('exponentialBuckets', count, (i) => start * factor ** i);
}

function bounds(owner: string, count: number, at: (i: number) => number): number[] {
  const fits = Number.isSafeInteger(count) && count >= 1 && count <= MOST_BUCKETS;
  check(owner, `count must be an integer from 1 to ${String(MOST_BUCKETS)}`, fits, count);
  // Ten digits are more than any bound needs, and spare the reader 0.30000000000000004.
  const all = Array.from({ length: count }, (_, i) => Number(at(i).toPrecision(10)));
  const rising = all.every((bound, i) => Number.isFinite(bound) && bound > (all[i - 1] ?? -Infinity));
  if (!rising) throw new InvalidArgumentError(`${owner}: the bounds do not stay finite and rising`);
  return all;
}

function check(owner: string, must: string, fits: boolean, value: unknown): void {
  if (!fits) throw new InvalidArgumentError(`${owner}: ${must}, got ${describe(value)}`);
}

/** The `buckets` option: sorted, without doubles, without the last one that is always there. @internal */
export function bucketsOption(): OptionKind<readonly number[] | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      if (!Array.isArray(value)) {
        report(path, `must be an array of numbers, got ${describe(value)}`);
        return BUCKETS.HTTP_SECONDS;
      }
      return normalised(value as readonly unknown[], path, report);
    },
  };
}

function normalised(given: readonly unknown[], path: string, report: ReportIssue): readonly number[] {
  const finite: number[] = [];
  for (const [i, bound] of given.slice(0, MOST_BUCKETS + 2).entries()) {
    if (typeof bound === 'number' && Number.isFinite(bound)) finite.push(bound === 0 ? 0 : bound);
    else if (bound !== Infinity) report(`${path}[${String(i)}]`, `must be a number, got ${describe(bound)}`);
  }
  const sorted = [...new Set(finite)].sort((a, b) => a - b);
  if (sorted.length === 0) report(path, 'must have at least one finite bound');
  if (finite.length > MOST_BUCKETS || given.length > MOST_BUCKETS + 1) {
    report(path, `must have at most ${String(MOST_BUCKETS)} bounds`);
  }
  return Object.freeze(sorted);
}
