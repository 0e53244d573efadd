import { type Definition, Family, Held, type Home, isLabels } from './family.js';
import { ScalarSeries } from './series.js';
import type { BoundGauge } from './types.js';

/** @internal */
export class GaugeFamily extends Family<ScalarSeries> {
  readonly type = 'gauge';

  constructor(definition: Definition, home: Home) {
    super(definition, home, (values, text) => new ScalarSeries(values, text));
  }

  set(first?: unknown, second?: unknown): void {
    if (isLabels(first, this.labels)) this.put(this.table.find(first), second);
    else this.put(this.table.only(), first);
  }

  inc(first?: unknown, second?: unknown): void {
    if (isLabels(first, this.labels)) this.add(this.table.find(first), second, 1);
    else this.add(this.table.only(), first, 1);
  }

  dec(first?: unknown, second?: unknown): void {
    if (isLabels(first, this.labels)) this.add(this.table.find(first), second, -1);
    else this.add(this.table.only(), first, -1);
  }

  bind(labels: unknown): BoundGauge {
    const held = new Held(this.table, labels);
    return {
      set: (value: unknown) => {
        this.put(held.get(), value);
      },
      inc: (n?: unknown) => {
        this.add(held.get(), n, 1);
      },
      dec: (n?: unknown) => {
        this.add(held.get(), n, -1);
      },
    };
  }

  put(series: ScalarSeries, value: unknown): void {
    // No -0: JSON has none.
    if (Number.isFinite(value)) series.value = (value as number) + 0;
    else this.drop();
  }

  add(series: ScalarSeries, n: unknown, sign: 1 | -1): void {
    const more = n === undefined ? 1 : n;
    const next = typeof more === 'number' ? series.value + sign * more : NaN;
    if (Number.isFinite(next)) series.value = next;
    else this.drop();
  }
}
