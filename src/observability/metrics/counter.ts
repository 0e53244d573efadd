import { type Definition, Family, Held, type Home, isLabels } from './family.js';
import { ScalarSeries } from './series.js';
import type { BoundCounter, ExemplarLabels } from './types.js';

/** @internal */
export class CounterFamily extends Family<ScalarSeries> {
  readonly type = 'counter';
  readonly #always: boolean;

  constructor(definition: Definition, home: Home) {
    super(definition, home, (values, text) => new ScalarSeries(values, text));
    this.#always = home.exemplars.always;
  }

  inc(first?: unknown, second?: unknown, third?: unknown): void {
    if (isLabels(first, this.labels)) this.add(this.table.find(first), second, third);
    else this.add(this.table.only(), first, second);
  }

  bind(labels: unknown): BoundCounter {
    const held = new Held(this.table, labels);
    return {
      inc: (n?: unknown, exemplar?: unknown) => {
        this.add(held.get(), n, exemplar);
      },
    };
  }

  add(series: ScalarSeries, n: unknown, exemplar: unknown): void {
    const more = n === undefined ? 1 : n;
    // Not below 0, and no NaN; what would leave the range of numbers changes nothing either.
    if (typeof more === 'number' && more >= 0 && series.value + more < Infinity) {
      series.value += more;
      if (this.#always || exemplar !== undefined) {
        series.exemplar = this.home.exemplars.make(more, exemplar as ExemplarLabels | undefined) ?? series.exemplar;
      }
    } else this.drop();
  }
}
