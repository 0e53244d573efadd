import { isSensitiveKey } from '../../core/sensitive-names.js';
import { BUCKETS } from './buckets.js';
import { CounterFamily } from './counter.js';
import { MetricConflictError } from './errors.js';
import type { Definition, Home } from './family.js';
import { GaugeFamily } from './gauge.js';
import { HistogramFamily } from './histogram.js';
import { Claims, type MetricType } from './names.js';

/** A metric that was registered. @internal */
export type OwnFamily = CounterFamily | GaugeFamily | HistogramFamily;

type Registered = Definition & { readonly bounds?: readonly number[] | undefined };

/** Who hears of metrics as they are registered. @internal */
export type FamilyListener = (family: OwnFamily) => void;

/** All metrics that were registered, each once. @internal */
export class Registry {
  readonly claims = new Claims();
  readonly #home: Home;
  readonly #families = new Map<string, OwnFamily>();
  readonly #listeners = new Set<FamilyListener>();

  constructor(home: Home) {
    this.#home = home;
  }

  families(): readonly OwnFamily[] {
    return [...this.#families.values()];
  }

  /** Tells of every metric that there is, and that will be; the returned function ends it. */
  each(listener: FamilyListener): () => void {
    this.#listeners.add(listener);
    for (const family of this.#families.values()) listener(family);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  counter(definition: Definition): CounterFamily {
    return this.#there(definition, 'counter') ?? this.#add(new CounterFamily(definition, this.#home));
  }

  gauge(definition: Definition): GaugeFamily {
    return this.#there(definition, 'gauge') ?? this.#add(new GaugeFamily(definition, this.#home));
  }

  /** Without bounds it is the one that there is, with whichever it has. */
  histogram(definition: Registered): HistogramFamily {
    const there = this.#there<HistogramFamily>(definition, 'histogram');
    if (there !== undefined) return there;
    const bounds = definition.bounds ?? BUCKETS.HTTP_SECONDS;
    return this.#add(new HistogramFamily({ ...definition, bounds }, this.#home));
  }

  /** Leaves a metric out from now on; its name is free again. */
  forget(family: OwnFamily): void {
    if (this.#families.delete(family.name)) this.claims.free(family.type, family.name);
  }

  #there<T extends OwnFamily>(wanted: Registered, type: T['type'] & MetricType): T | undefined {
    const there = this.#families.get(wanted.name);
    if (there === undefined) {
      const collision = this.claims.collision(type, wanted.name);
      if (collision === undefined) return undefined;
      const { name, holder } = collision;
      const whose = holder === name ? '' : `, which the metric '${holder}' needs in a scrape`;
      throw new MetricConflictError(wanted.name, [
        `a ${type} of that name needs '${name}'${whose || ', which is taken'}`,
      ]);
    }
    const differences = differencesOf(there, wanted, type);
    if (differences.length > 0) throw new MetricConflictError(wanted.name, differences);
    return there as T;
  }

  #add<T extends OwnFamily>(family: T): T {
    this.claims.take(family.type, family.name);
    this.#families.set(family.name, family);
    for (const label of family.labels) if (isSensitiveKey(label)) this.#home.hidden(family.name, label);
    for (const listener of this.#listeners) listener(family);
    return family;
  }
}

function differencesOf(there: OwnFamily, wanted: Registered, type: MetricType): string[] {
  const differences: string[] = [];
  if (there.type !== type) differences.push(`it is a ${there.type}, not a ${type}`);
  const [has, wants] = [[...there.labels].sort(), [...wanted.labels].sort()];
  if (has.join() !== wants.join()) differences.push(`its labels are ${listed(has)}, not ${listed(wants)}`);
  if (there.type === 'histogram' && wanted.bounds !== undefined && there.bounds.join() !== wanted.bounds.join()) {
    differences.push(`its buckets are ${listed(there.bounds)}, not ${listed(wanted.bounds)}`);
  }
  return differences;
}

function listed(words: readonly (string | number)[]): string {
  return words.length === 0 ? 'none' : words.join(', ');
}
