import type { Clock } from '../../core/clock.js';
import { InvalidOptionsError } from '../../core/errors.js';
import {
  clockOption,
  count,
  describe,
  durationMs,
  optionalFunction,
  type OptionKind,
  type OptionSchema,
  type ParsedOptions,
  parseOptions,
  readOptions,
  text,
} from '../../core/options.js';
import { redactText } from '../../core/redaction.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { bucketsOption } from './buckets.js';
import type { ExemplarSource } from './exemplar.js';
import type { Definition } from './family.js';
import { holdsSecret, isLabelName, isMetricName } from './names.js';
import type { RuntimeProbe } from './runtime-metrics.js';

/** Options of {@link MetricsCollector}. */
export interface MetricsCollectorOptions {
  /** Shown in warnings, events and the collector's own metrics; 1 to 200 characters. @defaultValue `'metrics'` */
  readonly name?: string | undefined;
  /** Stands before the name of every metric that is registered; itself a metric name, or empty. @defaultValue `''` */
  readonly prefix?: string | undefined;
  /**
   * Most series of one metric; integer from 1 to 1,000,000. Labels beyond it share one series whose every label is
   * `overflow`. @defaultValue `1_000`
   */
  readonly maxSeriesPerMetric?: number | undefined;
  /**
   * How long a series with labels may go unused before a scrape forgets it, in ms, at least 1,000; `Infinity` for ever.
   * @defaultValue `Infinity`
   */
  readonly seriesTtlMs?: number | undefined;
  /**
   * Whether the process's own figures are collected: event loop, garbage collection, memory, CPU. A probe stands in for
   * the platform, in tests. @defaultValue `false`
   */
  readonly runtime?: boolean | RuntimeProbe | undefined;
  /** Says which trace is active: remembered with values, and shown in OpenMetrics. @defaultValue none */
  readonly exemplar?: ExemplarSource | undefined;
  /** Longest wait of a `stream` for what it asks, in ms. @defaultValue `1_000` */
  readonly collectTimeoutMs?: number | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners and collectors that throw, and of warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Defaults of {@link MetricsCollectorOptions}. */
export const METRICS_COLLECTOR_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'metrics',
  prefix: '',
  maxSeriesPerMetric: 1_000,
  seriesTtlMs: Infinity,
  runtime: false,
  collectTimeoutMs: 1_000,
});

function collectorSchema() {
  const defaults = METRICS_COLLECTOR_DEFAULTS;
  return {
    name: text<string>(defaults.name),
    prefix: prefixOption(),
    maxSeriesPerMetric: count({ min: 1, max: 1_000_000, default: defaults.maxSeriesPerMetric }),
    seriesTtlMs: ttlOption(),
    runtime: runtimeOption(),
    exemplar: optionalFunction<ExemplarSource>(),
    collectTimeoutMs: durationMs<number>(defaults.collectTimeoutMs, { min: 1 }),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export function parseCollectorOptions(
  options: MetricsCollectorOptions | undefined,
): ParsedOptions<ReturnType<typeof collectorSchema>> {
  return parseOptions('MetricsCollector', collectorSchema(), options);
}

function prefixOption(): OptionKind<string> {
  return {
    parse(value, path, report) {
      if (value === undefined || value === '') return METRICS_COLLECTOR_DEFAULTS.prefix;
      if (typeof value === 'string' && holdsSecret(value)) report(path, SECRET);
      else if (!isMetricName(value))
        report(path, 'must begin with a letter, _ or :, and have only these and digits in it');
      return value as string;
    },
  };
}

function ttlOption(): OptionKind<number> {
  const finite = durationMs<number>(METRICS_COLLECTOR_DEFAULTS.seriesTtlMs, { min: 1_000 });
  return { parse: (value, path, report) => (value === Infinity ? value : finite.parse(value, path, report)) };
}

function runtimeOption(): OptionKind<boolean | RuntimeProbe> {
  return {
    parse(value, path, report) {
      if (value === undefined) return METRICS_COLLECTOR_DEFAULTS.runtime;
      const fits = typeof value === 'boolean' || isProbe(value);
      if (!fits) report(path, `must be true, false or a probe with read() and watch(), got ${describe(value)}`);
      return value as boolean | RuntimeProbe;
    },
  };
}

/** Reading a foreign object may throw. */
function isProbe(value: unknown): boolean {
  try {
    const { read, watch } = Object(value) as Partial<Record<keyof RuntimeProbe, unknown>>;
    return typeof read === 'function' && typeof watch === 'function';
  } catch {
    return false;
  }
}

/** What a counter or a gauge is. */
export interface MetricDefinition<L extends readonly string[] = readonly string[]> {
  /** What it measures, for whoever reads a scrape; 1 to 1,000 characters. */
  readonly help: string;
  /**
   * Names of its labels: letters, digits and `_`, not beginning with a digit or `__`, at most 20. Given as literals, they are
   * checked where values are given. @defaultValue `[]`
   */
  readonly labels?: L | undefined;
}

/** What a histogram is. */
export interface HistogramDefinition<L extends readonly string[] = readonly string[]> extends MetricDefinition<L> {
  /**
   * Upper bounds of its buckets, 1 to 200 finite numbers; they are sorted, and `+Inf` is always there.
   * @defaultValue {@link BUCKETS}`.HTTP_SECONDS`
   */
  readonly buckets?: readonly number[] | undefined;
}

const MOST_LABELS = 20;
const SECRET = 'must not hold a registered secret';

/** @internal */
export function parseDefinition(kind: 'counter' | 'gauge', name: unknown, prefix: string, given: unknown): Definition {
  return { ...parse(kind, name, prefix, given, { help: helpOption(), labels: labelsOption([]) }) };
}

/** @internal */
export function parseHistogram(
  name: unknown,
  prefix: string,
  given: unknown,
): Definition & { readonly bounds: readonly number[] | undefined } {
  const schema = { help: helpOption(), labels: labelsOption(['le']), buckets: bucketsOption() };
  const { buckets, ...rest } = parse('histogram', name, prefix, given, schema);
  return { ...rest, bounds: buckets };
}

function parse<S extends OptionSchema>(
  kind: string,
  name: unknown,
  prefix: string,
  given: unknown,
  schema: S,
): ParsedOptions<S> & { readonly name: string } {
  const { parsed, issues } = readOptions(schema, given);
  const full = typeof name === 'string' ? prefix + name : undefined;
  if (full === undefined) issues.unshift({ path: 'name', message: `must be a string, got ${describe(name)}` });
  else if (!isMetricName(full)) {
    issues.unshift({
      path: 'name',
      message: holdsSecret(full)
        ? SECRET
        : 'must begin with a letter, _ or :, have only these and digits in it, and at most 200 characters',
    });
  }
  if (issues.length > 0) throw new InvalidOptionsError(`MetricsCollector.${kind}`, issues);
  return { ...parsed, name: full as string };
}

function helpOption(): OptionKind<string> {
  return {
    parse(value, path, report) {
      if (typeof value !== 'string') report(path, `must be a string, got ${describe(value)}`);
      else if (value.length === 0 || value.length > 1_000) report(path, 'must be text of 1 to 1,000 characters');
      else return redactText(value, 1_000);
      return '';
    },
  };
}

function labelsOption(reserved: readonly string[]): OptionKind<readonly string[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return Object.freeze([]);
      if (!Array.isArray(value) || value.length > MOST_LABELS) {
        report(path, `must be an array of at most ${String(MOST_LABELS)} names`);
        return [];
      }
      const names = value as readonly unknown[];
      for (const [i, name] of names.entries()) {
        const at = `${path}[${String(i)}]`;
        if (typeof name === 'string' && holdsSecret(name)) report(at, SECRET);
        else if (!isLabelName(name)) report(at, 'must be letters, digits and _, and not begin with a digit or __');
        else if (reserved.includes(name)) report(at, `must not be '${name}', which the buckets have`);
        else if (names.indexOf(name) !== i) report(at, `is there twice: '${name}'`);
      }
      return Object.freeze([...names]) as readonly string[];
    },
  };
}
