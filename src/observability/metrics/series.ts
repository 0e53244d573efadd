import type { Exemplar } from './exemplar.js';

/** Nobody has used a series since the last scrape. @internal */
export const IDLE = 0;
/** Somebody has. @internal */
export const TOUCHED = 1;
/** The series is no longer in its table. @internal */
export const GONE = 2;

/** What a table knows of a series. @internal */
export interface SeriesBase {
  /** The values of its labels, as they are shown. */
  readonly values: readonly string[];
  /** Its labels as a scrape has them, without braces; made once. */
  readonly text: string;
  state: typeof IDLE | typeof TOUCHED | typeof GONE;
  /** When a scrape last found it used, in ms of the table's clock. */
  usedAtMs: number;
}

/** One series of a counter or a gauge. @internal */
export class ScalarSeries implements SeriesBase {
  readonly values: readonly string[];
  readonly text: string;
  state: SeriesBase['state'] = TOUCHED;
  usedAtMs = 0;
  value = 0;
  exemplar: Exemplar | undefined;

  constructor(values: readonly string[], text: string) {
    this.values = values;
    this.text = text;
  }
}

/** One series of a histogram: a count for each bound, one for what is above all bounds, and the sum. @internal */
export class BucketSeries implements SeriesBase {
  readonly values: readonly string[];
  readonly text: string;
  state: SeriesBase['state'] = TOUCHED;
  usedAtMs = 0;
  readonly cells: Float64Array;
  exemplars: (Exemplar | undefined)[] | undefined;

  constructor(values: readonly string[], text: string, bounds: number) {
    this.values = values;
    this.text = text;
    this.cells = new Float64Array(bounds + 2);
  }
}
