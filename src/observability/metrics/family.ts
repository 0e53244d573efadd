import type { Exemplars } from './exemplar.js';
import type { MetricType } from './names.js';
import { type SeriesBase, TOUCHED } from './series.js';
import { SeriesTable } from './series-table.js';

/** What the collector does for its metrics. @internal */
export interface Home {
  readonly limit: number;
  readonly exemplars: Exemplars;
  /** Monotonic time, in ms. */
  readonly now: () => number;
  /** A value could not be taken. */
  readonly dropped: (metric: string) => void;
  /** A set of labels had no room. */
  readonly overflowed: (metric: string) => void;
  /** A label shows none of its values. */
  readonly hidden: (metric: string, label: string) => void;
}

/** What a metric is, read and checked. @internal */
export interface Definition {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** One metric: what it is, and its series. @internal */
export abstract class Family<S extends SeriesBase> {
  abstract readonly type: MetricType;
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly table: SeriesTable<S>;
  protected readonly home: Home;

  constructor(definition: Definition, home: Home, make: (values: readonly string[], text: string) => S) {
    this.name = definition.name;
    this.help = definition.help;
    this.labels = definition.labels;
    this.home = home;
    this.table = new SeriesTable<S>({
      metric: this.name,
      labels: this.labels,
      limit: home.limit,
      make,
      overflowed: () => home.overflowed(this.name),
    });
  }

  /** All series there are now. */
  all(): readonly S[] {
    return this.table.all();
  }

  remove(labels: unknown): boolean {
    return this.table.remove(labels);
  }

  reset(): void {
    this.table.reset();
  }

  protected drop(): void {
    this.home.dropped(this.name);
  }
}

/** A series that is held on to, whatever becomes of it in the table. @internal */
export class Held<S extends SeriesBase> {
  readonly #table: SeriesTable<S>;
  readonly #values: readonly string[];
  /** None while there is no room: each value asks for it again, and counts as one that had none. */
  #series: S | undefined;

  constructor(table: SeriesTable<S>, labels: unknown) {
    this.#table = table;
    this.#values = table.shown(labels);
    this.#find();
  }

  get(): S {
    const series = this.#series;
    return series !== undefined && series.state === TOUCHED ? series : this.#find();
  }

  #find(): S {
    const found = this.#table.wake(this.#series, this.#values);
    this.#series = this.#table.isOverflow(found) ? undefined : found;
    return found;
  }
}

/**
 * Whether the first argument of a call is its labels. For a metric that has none, what is an array or a boxed number is a
 * value, and a wrong one.
 * @internal
 */
export function isLabels(first: unknown, names: readonly string[]): first is object {
  return typeof first === 'object' && first !== null && (names.length > 0 || isPlain(first));
}

/** Reading a foreign object may throw. */
function isPlain(value: object): boolean {
  try {
    return Object.prototype.toString.call(value) === '[object Object]';
  } catch {
    return false;
  }
}
