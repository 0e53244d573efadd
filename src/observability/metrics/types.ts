/** A value of a label. Text is safest; whatever else comes is turned into text. */
export type LabelValue = string | number | boolean;

/** The values of a metric's labels, by name: each of them, and no other. */
export type LabelValues<L extends string> = Readonly<Record<L, LabelValue>>;

/** Labels of an exemplar, such as `{ trace_id }`. */
export type ExemplarLabels = Readonly<Record<string, string>>;

/** Arguments of a method: the labels come first where the metric has labels. */
export type WithLabels<L extends string, Rest extends readonly unknown[]> = [L] extends [never]
  ? Rest
  : [labels: LabelValues<L>, ...rest: Rest];

/** What to do with one series of a counter. */
export interface BoundCounter {
  /**
   * Adds `n`, a finite number of at least 0; anything else is dropped and counted. @defaultValue `1`
   *
   * @param exemplar - labels that lead to an example, shown in OpenMetrics.
   */
  inc(n?: number, exemplar?: ExemplarLabels): void;
}

/** A value that only grows, by its labels. */
export interface Counter<L extends string = never> {
  /** The full name, with the collector's prefix. */
  readonly name: string;
  /**
   * Adds `n` (1 unless given), a finite number of at least 0; anything else is dropped and counted.
   *
   * @throws `InvalidArgumentError` naming each label that is missing or unknown.
   */
  inc(...args: WithLabels<L, [n?: number, exemplar?: ExemplarLabels]>): void;
  /** The series of these labels, looked up once: for hot paths. @throws `InvalidArgumentError` as `inc` does. */
  bind(labels: LabelValues<L>): BoundCounter;
  /** Forgets the series of these labels; whether there was one. @throws `InvalidArgumentError` as `inc` does. */
  remove(labels: LabelValues<L>): boolean;
  /** Forgets all series; a metric without labels starts again at 0. */
  reset(): void;
}

/** What to do with one series of a gauge. Numbers that are not finite are dropped and counted. */
export interface BoundGauge {
  /** Sets the value. */
  set(value: number): void;
  /** Adds `n`. @defaultValue `1` */
  inc(n?: number): void;
  /** Subtracts `n`. @defaultValue `1` */
  dec(n?: number): void;
}

/** A value that goes up and down, by its labels. Numbers that are not finite are dropped and counted. */
export interface Gauge<L extends string = never> {
  /** The full name, with the collector's prefix. */
  readonly name: string;
  /** Sets the value. @throws `InvalidArgumentError` naming each label that is missing or unknown. */
  set(...args: WithLabels<L, [value: number]>): void;
  /** Adds `n` (1 unless given). @throws `InvalidArgumentError` as `set` does. */
  inc(...args: WithLabels<L, [n?: number]>): void;
  /** Subtracts `n` (1 unless given). @throws `InvalidArgumentError` as `set` does. */
  dec(...args: WithLabels<L, [n?: number]>): void;
  /** The series of these labels, looked up once: for hot paths. @throws `InvalidArgumentError` as `set` does. */
  bind(labels: LabelValues<L>): BoundGauge;
  /** Forgets the series of these labels; whether there was one. @throws `InvalidArgumentError` as `set` does. */
  remove(labels: LabelValues<L>): boolean;
  /** Forgets all series; a metric without labels starts again at 0. */
  reset(): void;
}

/** What to do with one series of a histogram. */
export interface BoundHistogram {
  /**
   * Counts a finite value in its bucket: the first whose bound is not less. Anything else is dropped and counted.
   *
   * @param exemplar - labels that lead to an example, shown in OpenMetrics.
   */
  observe(value: number, exemplar?: ExemplarLabels): void;
  /** Starts a clock; the returned function observes the seconds since and returns them. Called again, it only returns. */
  startTimer(): () => number;
}

/** How values are spread over buckets, by labels. */
export interface Histogram<L extends string = never> {
  /** The full name, with the collector's prefix. */
  readonly name: string;
  /**
   * Counts a finite value in its bucket: the first whose bound is not less. Anything else is dropped and counted.
   *
   * @throws `InvalidArgumentError` naming each label that is missing or unknown.
   */
  observe(...args: WithLabels<L, [value: number, exemplar?: ExemplarLabels]>): void;
  /**
   * Starts a clock. The returned function observes the seconds since and returns them; called again, it only returns them.
   *
   * @param labels - those that are known already; the function takes the others, such as the outcome.
   * @throws `InvalidArgumentError` naming each label that is unknown; the function, also each that is missing.
   */
  startTimer(labels?: Partial<LabelValues<L>>): (labels?: Partial<LabelValues<L>>) => number;
  /** The series of these labels, looked up once: for hot paths. @throws `InvalidArgumentError` as `observe` does. */
  bind(labels: LabelValues<L>): BoundHistogram;
  /** Forgets the series of these labels; whether there was one. @throws `InvalidArgumentError` as `observe` does. */
  remove(labels: LabelValues<L>): boolean;
  /** Forgets all series; a metric without labels starts again at 0. */
  reset(): void;
}
