import { redactName } from '../../core/redaction.js';
import { detached } from '../../internal/detached.js';
import { Series } from './series.js';

/** Name of the metric that takes the values of all for which there is no room. @internal */
export const OVERFLOW = 'overflow';
/** Longer names are cut. */
const LONGEST_NAME = 200;

/**
 * The metrics by their names, never more than `max` and one that the rest share. A name is shown without the secrets in
 * it, and cut; names that look the same then are one metric.
 * @internal
 */
export class SeriesTable {
  readonly #max: number;
  readonly #keep: number;
  readonly #series = new Map<string, Series>();
  /** Values that went to the shared metric. */
  overflowed = 0;

  constructor(max: number, keep: number) {
    this.#max = max;
    this.#keep = keep;
  }

  /** The shared metric included, once there is one. */
  get size(): number {
    return this.#series.size;
  }

  [Symbol.iterator](): Iterator<Series> {
    return this.#series.values();
  }

  /** `undefined` when nothing has been recorded under this name. */
  find(metric: string): Series | undefined {
    return this.#series.get(metric) ?? this.#series.get(shown(metric));
  }

  /** The series of a metric, made when there is room for it, or else the shared one. */
  open(metric: string): Series {
    const known = this.#series.get(metric);
    if (known !== undefined) return known;
    const name = shown(metric);
    const found = this.#series.get(name);
    if (found !== undefined) return found;
    if (name === OVERFLOW) return this.#make(OVERFLOW);
    if (this.#series.size - (this.#series.has(OVERFLOW) ? 1 : 0) < this.#max) return this.#make(name);
    this.overflowed++;
    return this.#series.get(OVERFLOW) ?? this.#make(OVERFLOW);
  }

  /** Forgets a metric, or all of them. */
  delete(metric?: string): void {
    if (metric === undefined) this.#series.clear();
    else this.#series.delete(this.find(metric)?.name ?? metric);
  }

  #make(name: string): Series {
    const series = new Series(interned(name), this.#keep);
    this.#series.set(series.name, series);
    return series;
  }
}

function shown(metric: string): string {
  return redactName(metric, LONGEST_NAME);
}

/** The copy of a name that the engine keeps for the code in which it is written: as the same object it is found sooner. */
function interned(name: string): string {
  return Object.keys({ [detached(name)]: 0 })[0] ?? name;
}
