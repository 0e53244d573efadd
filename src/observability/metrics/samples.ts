import type { MetricSample } from '../../core/component.js';
import { redactLabel, redactText } from '../../core/redaction.js';
import { Claims, isLabelName, isMetricName } from './names.js';
import { labelBlock, labelValueText, LONGEST_VALUE } from './text.js';

/** One sample, as a scrape shows it. @internal */
export interface SampleSeries {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly text: string;
  readonly value: number;
}

/** Samples of one name, from all sources. @internal */
export interface SampleFamily {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  all(): readonly SampleSeries[];
}

/** What may be wrong with a sample. @internal */
export interface SampleTroubles {
  /** It is no sample. */
  readonly bad: () => void;
  /** Somebody else has the name as another kind, or has the very series. */
  readonly conflict: (name: string, holder: string) => void;
  /** A source gave more than is taken. */
  readonly tooMany: () => void;
}

const MOST_SAMPLES = 10_000;
const MOST_LABELS = 20;
/** Each may have to be worked out, and its labels cleaned. */
const AT_ONCE = 20;

class Collected implements SampleFamily {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  readonly #series = new Map<string, SampleSeries>();

  constructor({ type, name, help }: Pick<MetricSample, 'type' | 'name' | 'help'>) {
    this.type = type;
    this.name = name;
    this.help = redactText(help, 1_000);
  }

  /** Whether there was no such series yet. */
  add(series: SampleSeries): boolean {
    if (this.#series.has(series.text)) return false;
    this.#series.set(series.text, series);
    return true;
  }

  all(): readonly SampleSeries[] {
    return [...this.#series.values()];
  }
}

/** Brings the samples of all sources together by their names. @internal */
export class SampleMerger {
  readonly #troubles: SampleTroubles;
  readonly #claims: Claims;
  readonly #families = new Map<string, Collected>();
  /** Those of other collectors, which have the names of ours. */
  readonly others: MetricSample[] = [];
  readonly #own: ReadonlyMap<string, string> | undefined;
  // Both come again and again; to check or clean one takes longer than to remember it for the time of a scrape.
  readonly #sorted = new Map<string, readonly string[] | undefined>();
  readonly #clean = new Map<string, string>();

  /**
   * @param claims - names that samples may not have.
   * @param own - the collector's own names and their types: another collector's samples of these are kept aside.
   */
  constructor(claims: Claims, troubles: SampleTroubles, own?: ReadonlyMap<string, string>) {
    this.#own = own;
    this.#claims = new Claims(claims);
    this.#troubles = troubles;
  }

  /** The names that are taken so far. */
  get claims(): Claims {
    return this.#claims;
  }

  families(): readonly SampleFamily[] {
    return [...this.#families.values()];
  }

  /** Takes what a source gives; comes back now and then, for the others. @throws whatever the source throws. */
  *add(source: Iterable<MetricSample>): Generator<'', void> {
    let taken = 0;
    for (const sample of source) {
      if (++taken > MOST_SAMPLES) {
        this.#troubles.tooMany();
        return;
      }
      this.#take(sample);
      if (taken % AT_ONCE === 0) yield '';
    }
  }

  #take(sample: unknown): void {
    const read = this.#read(sample);
    if (read === undefined) {
      this.#troubles.bad();
      return;
    }
    const { name, type } = read;
    if (this.#own?.get(name) === type) {
      this.others.push(sample as MetricSample);
      return;
    }
    let family = this.#families.get(name);
    if (family === undefined) {
      const collision = this.#claims.collision(type, name);
      if (collision !== undefined) {
        this.#troubles.conflict(name, collision.holder);
        return;
      }
      this.#claims.take(type, name);
      this.#families.set(name, (family = new Collected(read)));
    }
    if (family.type !== type || !family.add(read.series)) this.#troubles.conflict(name, name);
  }

  #read(
    given: unknown,
  ): (Pick<MetricSample, 'name' | 'type' | 'help'> & { readonly series: SampleSeries }) | undefined {
    // It may be anything, and reading it may throw.
    try {
      const { name, type, help, value, labels: brought = {} } = given as Record<keyof MetricSample, unknown>;
      if (!isMetricName(name) || (type !== 'counter' && type !== 'gauge') || typeof help !== 'string') return undefined;
      if (!Number.isFinite(value) || (type === 'counter' && (value as number) < 0)) return undefined;
      const labels = brought as Readonly<Record<string, unknown>>;
      const names = this.#namesOf(labels);
      if (names === undefined) return undefined;
      const values = names.map((label) => this.#shown(label, labels[label]));
      return {
        name,
        type,
        help,
        series: { names, values, text: labelBlock(names, values), value: (value as number) + 0 },
      };
    } catch {
      return undefined;
    }
  }

  /** The names of labels in one order, so that the same labels are the same series however they were written. */
  #namesOf(labels: object): readonly string[] | undefined {
    const given = Object.keys(labels);
    if (given.length > MOST_LABELS) return undefined;
    const key = given.join('\n');
    let names = this.#sorted.get(key);
    if (names === undefined && !this.#sorted.has(key)) {
      names = given.every(isLabelName) ? given.sort() : undefined;
      this.#sorted.set(key, names);
    }
    // With a line break in one of them there would be more of these than between them.
    return names?.length === given.length ? names : undefined;
  }

  #shown(label: string, value: unknown): string {
    if (typeof value !== 'string') return labelValueText(label, value);
    // No name of a label has a line break.
    const key = `${label}\n${value}`;
    let clean = this.#clean.get(key);
    if (clean === undefined) this.#clean.set(key, (clean = redactLabel(label, value, LONGEST_VALUE)));
    return clean;
  }
}
