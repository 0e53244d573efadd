import { type Definition, Family, Held, type Home, isLabels } from './family.js';
import { BucketSeries } from './series.js';
import type { BoundHistogram, ExemplarLabels } from './types.js';

/** Hears of every value that a histogram takes. @internal */
export type Recorder = (value: number, series: BucketSeries) => void;

/** @internal */
export class HistogramFamily extends Family<BucketSeries> {
  readonly type = 'histogram';
  readonly bounds: readonly number[];
  readonly #edges: Float64Array;
  readonly #always: boolean;
  /** Those who hear of every value; nothing while there are none. */
  recorders: readonly Recorder[] | undefined;

  constructor(definition: Definition & { readonly bounds: readonly number[] }, home: Home) {
    const { bounds } = definition;
    super(definition, home, (values, text) => new BucketSeries(values, text, bounds.length));
    this.bounds = bounds;
    this.#edges = Float64Array.from(bounds);
    this.#always = home.exemplars.always;
  }

  observe(first?: unknown, second?: unknown, third?: unknown): void {
    if (isLabels(first, this.labels)) this.add(this.table.find(first), second, third);
    else this.add(this.table.only(), first, second);
  }

  startTimer(labels?: unknown): (more?: unknown) => number {
    if (labels !== undefined && (typeof labels !== 'object' || labels === null)) this.table.shown(labels);
    // Copied, since the caller's object may be another by the time it ends; what is unknown is said at once.
    const first = this.table.copied(labels as object | undefined);
    const unsaid = Object.fromEntries(
      this.labels.filter((name) => !Object.hasOwn(first, name)).map((name) => [name, '']),
    );
    this.table.shown({ ...unsaid, ...first });
    return this.#timer((seconds, more) => {
      const series = this.#ended(first, more);
      if (series === undefined) this.drop();
      else this.add(series, seconds, undefined);
    });
  }

  /** The work is done by then: wrong labels are no reason to throw into it. */
  #ended(first: object, more: unknown): BucketSeries | undefined {
    try {
      if (this.labels.length === 0) return this.table.only();
      return this.table.find({ ...first, ...this.table.copied(more as object | undefined) });
    } catch {
      return undefined;
    }
  }

  bind(labels: unknown): BoundHistogram {
    const held = new Held(this.table, labels);
    return {
      observe: (value: unknown, exemplar?: unknown) => {
        this.add(held.get(), value, exemplar);
      },
      startTimer: () =>
        this.#timer((seconds) => {
          this.add(held.get(), seconds, undefined);
        }),
    };
  }

  add(series: BucketSeries, value: unknown, exemplar: unknown): void {
    const { cells } = series;
    const edges = this.#edges;
    const sumAt = edges.length + 1;
    const sum = typeof value === 'number' ? (cells[sumAt] as number) + value : NaN;
    if (sum - sum !== 0) {
      this.drop();
      return;
    }
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((value as number) <= (edges[middle] as number)) high = middle;
      else low = middle + 1;
    }
    cells[low] = (cells[low] as number) + 1;
    cells[sumAt] = sum;
    if (this.#always || exemplar !== undefined) this.#remember(series, low, value as number, exemplar);
    if (this.recorders !== undefined) for (const record of this.recorders) record(value as number, series);
  }

  #remember(series: BucketSeries, bucket: number, value: number, given: unknown): void {
    const exemplar = this.home.exemplars.make(value, given as ExemplarLabels | undefined);
    if (exemplar !== undefined) (series.exemplars ??= [])[bucket] = exemplar;
  }

  #timer(observe: (seconds: number, more: unknown) => void): (more?: unknown) => number {
    const startMs = this.home.now();
    let seconds: number | undefined;
    return (more) => {
      if (seconds === undefined) observe((seconds = Math.max(0, this.home.now() - startMs) / 1_000), more);
      return seconds;
    };
  }
}
