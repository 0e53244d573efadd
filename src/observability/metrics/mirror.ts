import { quiet } from '../../core/thenable.js';
import type { HistogramFamily, Recorder } from './histogram.js';
import type { OwnFamily } from './registry.js';
import { labelsOf } from './snapshot.js';
import type { BucketSeries } from './series.js';

/** Where an observed value goes. */
interface MeterResult {
  /** Takes one value of an instrument. */
  observe(instrument: never, value: number, attributes?: Readonly<Record<string, string>>): void;
}

/** A histogram of a meter. */
export interface MeterHistogram {
  /** Takes one value. */
  record(value: number, attributes?: Readonly<Record<string, string>>): void;
}

/** The part of an OpenTelemetry meter that takes our metrics. */
export interface Meter {
  /** Makes an instrument that is asked for its total. */
  createObservableCounter(name: string, options: { readonly description: string }): object;
  /** Makes an instrument that is asked for its value. */
  createObservableGauge(name: string, options: { readonly description: string }): object;
  /** Makes an instrument that is told of every value. */
  createHistogram(
    name: string,
    options: { readonly description: string; readonly advice: { explicitBucketBoundaries: number[] } },
  ): MeterHistogram;
  /** Asks for several instruments at once: what is given is a function, and a list of what the others made. */
  addBatchObservableCallback(callback: never, instruments: never): void;
  /** Takes that back. */
  removeBatchObservableCallback(callback: never, instruments: never): void;
}

/**
 * Our metrics as instruments of a meter: counters and gauges are asked for together, histograms tell each value as it comes.
 * @internal
 */
export class MeterMirror {
  readonly #meter: Meter;
  readonly #collected: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #observed = new Map<OwnFamily, object>();
  readonly #recorded = new Map<HistogramFamily, Recorder>();
  #asked: object[] = [];

  constructor(meter: Meter, collected: () => Promise<void>, failed: (error: unknown) => void) {
    this.#meter = meter;
    this.#collected = collected;
    this.#failed = failed;
  }

  /** A metric that is there, or that has just been registered. */
  add(family: OwnFamily): void {
    const options = { description: family.help };
    if (family.type === 'histogram') {
      this.#record(family);
      return;
    }
    const made =
      family.type === 'counter'
        ? this.#meter.createObservableCounter(family.name, options)
        : this.#meter.createObservableGauge(family.name, options);
    this.#observed.set(family, made);
    this.#ask([...this.#observed.values()]);
  }

  end(): void {
    this.#ask([]);
    this.#observed.clear();
    for (const [family, recorder] of this.#recorded) {
      const rest = (family.recorders ?? []).filter((other) => other !== recorder);
      family.recorders = rest.length === 0 ? undefined : rest;
    }
    this.#recorded.clear();
  }

  /** A meter knows its callbacks by the list they were given with. */
  #ask(instruments: object[]): void {
    if (this.#asked.length > 0) this.#meter.removeBatchObservableCallback(this.#observe as never, this.#asked as never);
    this.#asked = instruments;
    if (instruments.length > 0) this.#meter.addBatchObservableCallback(this.#observe as never, instruments as never);
  }

  readonly #observe = async (result: MeterResult): Promise<void> => {
    await this.#collected();
    for (const [family, instrument] of this.#observed) {
      if (family.type === 'histogram') continue;
      for (const { values, value } of family.all())
        result.observe(instrument as never, value, labelsOf(family.labels, values));
    }
  };

  #record(family: HistogramFamily): void {
    // Asynchronous by mistake, perhaps.
    const instrument: { record(value: number, attributes: Readonly<Record<string, string>>): unknown } =
      this.#meter.createHistogram(family.name, {
        description: family.help,
        advice: { explicitBucketBoundaries: [...family.bounds] },
      });
    const attributes = new WeakMap<BucketSeries, Readonly<Record<string, string>>>();
    const recorder: Recorder = (value, series) => {
      let its = attributes.get(series);
      if (its === undefined) attributes.set(series, (its = labelsOf(family.labels, series.values)));
      try {
        quiet(instrument.record(value, its), this.#failed);
      } catch (error) {
        this.#failed(error);
      }
    };
    family.recorders = [...(family.recorders ?? []), recorder];
    this.#recorded.set(family, recorder);
  }
}
