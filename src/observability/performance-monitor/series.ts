import type { QuantileSketch } from '../../internal/quantile-sketch.js';
import { AgeBuckets } from './age-buckets.js';
import { type ExportedSketch, exportSketch } from './exported-sketch.js';
import { SteadySum } from './steady-sum.js';
import { ValueRing } from './value-ring.js';

/** What a {@link PerformanceMonitor} knows of one metric. */
export interface PerformanceStats {
  /** Values among the last `keep`. */
  readonly count: number;
  /** The least of them. */
  readonly min: number;
  /** The greatest of them. */
  readonly max: number;
  /** Their average. */
  readonly avg: number;
  /** The last value. */
  readonly last: number;
  /** Values in the quantile window. */
  readonly windowCount: number;
  /** What half of the values in the window do not exceed; `null` when the window is empty. */
  readonly p50: number | null;
  /** What 95 % of them do not exceed. */
  readonly p95: number | null;
  /** What 99 % of them do not exceed. */
  readonly p99: number | null;
  /** All values so far, those merged included. */
  readonly lifetimeCount: number;
  /** Their sum. */
  readonly lifetimeSum: number;
}

const STATS_RATIOS = [0.5, 0.95, 0.99];

/** One metric: its last values, the sketches of its window, and what it has come to. @internal */
export class Series {
  readonly name: string;
  readonly #ring: ValueRing;
  readonly #ages = new AgeBuckets();
  readonly #lifetime = new SteadySum();
  #lifetimeCount = 0;
  #last = 0;

  constructor(name: string, keep: number) {
    this.name = name;
    this.#ring = new ValueRing(keep);
  }

  get lifetimeCount(): number {
    return this.#lifetimeCount;
  }

  /** Bytes of its tables. */
  get bytes(): number {
    return this.#ring.bytes + this.#ages.bytes;
  }

  add(value: number, key: number, period: number): void {
    this.#ring.add(value);
    this.#ages.current(period).add(key, value);
    this.#lifetime.add(value);
    this.#lifetimeCount++;
    this.#last = value;
  }

  merge(exported: ExportedSketch, period: number): void {
    this.#ages.current(period).addCounts(exported, exported.zeros, exported.buckets);
    this.#lifetime.add(exported.sum);
    this.#lifetimeCount += exported.count;
    this.#last = exported.last;
  }

  /** `null` when nothing was recorded here, and nothing that was merged is in the window. */
  stats(period: number): PerformanceStats | null {
    const window = this.#ages.merged(period);
    const figures = this.#ring.figures() ?? this.#merged(window);
    if (figures === null) return null;
    const [p50 = null, p95 = null, p99 = null] = window.quantiles(STATS_RATIOS);
    const lifetime = { lifetimeCount: this.#lifetimeCount, lifetimeSum: this.#lifetime.value };
    return { ...figures, windowCount: window.count, p50, p95, p99, ...lifetime };
  }

  quantile(ratio: number, period: number): number | null {
    return this.#ages.merged(period).quantiles([ratio])[0] ?? null;
  }

  exported(period: number): ExportedSketch | null {
    const window = this.#ages.merged(period);
    return window.count === 0 ? null : exportSketch(window, this.#last);
  }

  /** Of a metric that was merged only. */
  #merged(window: QuantileSketch): Pick<PerformanceStats, 'count' | 'min' | 'max' | 'avg' | 'last'> | null {
    const { count, sum, min, max } = window;
    return count === 0 ? null : { count, min, max, avg: Math.min(max, Math.max(min, sum / count)), last: this.#last };
  }
}
