import type { MetricSample } from '../../core/component.js';
import { redactName } from '../../core/redaction.js';
import { isSensitiveKey } from '../../core/sensitive-names.js';
import type { Shown } from './engine.js';
import { inSnakeCase } from './words.js';

const MOST_FIELDS = 50;
/** Groups of numbers whose keys are fields; those of any other may be data, such as the names of users. */
const GROUPS: readonly string[] = /* @__PURE__ */ Object.freeze(['counts', 'totals', 'stats', 'limits', 'queue']);
/** A field as code names it; a key that data named, such as an address or an id, seldom is one. */
const FIELD_NAME = /^[a-z][A-Za-z0-9_]{0,63}$/;
/** Endings that Prometheus gives a meaning of its own. */
const RESERVED_ENDING = /_(?:total|count|sum|bucket|info)$/;

/** One number of a snapshot: where it is, and the metric that it becomes. */
interface Field {
  readonly path: readonly string[];
  readonly metric: string;
  readonly help: string;
  readonly factor: number;
}

/** The numbers of a component that has no metrics of its own, as gauges: those that its first snapshot had. @internal */
export class SnapshotGauges {
  readonly #prefix: string;
  readonly #labels: Readonly<Record<string, string>>;
  #fields: readonly Field[] | undefined;

  constructor({ kind, name }: Shown) {
    this.#prefix = `breakwater_${inSnakeCase(kind)}`;
    this.#labels = { name };
  }

  /** The fields that the first snapshot had, with what they are now; what is no finite number is left out. */
  samples(snapshot: object): MetricSample[] {
    this.#fields ??= this.#fieldsOf(snapshot);
    return this.#fields.flatMap(({ path, metric: name, help, factor }): MetricSample[] => {
      const value = numberAt(snapshot, path);
      return value === undefined ? [] : [{ name, type: 'gauge', help, value: value * factor, labels: this.#labels }];
    });
  }

  #fieldsOf(snapshot: object): readonly Field[] {
    const fields = new Map<string, Field>();
    const look = (value: object, above: readonly string[]): void => {
      for (const key of Object.keys(value)) {
        if (fields.size >= MOST_FIELDS) return;
        if (!FIELD_NAME.test(key) || redactName(key) !== key || isSensitiveKey(key)) continue;
        const path = [...above, key];
        const found = (value as Readonly<Record<string, unknown>>)[key];
        if (typeof found === 'number' || typeof found === 'boolean') {
          const field = this.#field(path);
          if (!fields.has(field.metric)) fields.set(field.metric, field);
        } else if (isGroup(found) && above.length === 0 && GROUPS.includes(key)) look(found, path);
      }
    };
    look(snapshot, []);
    return [...fields.values()];
  }

  #field(path: readonly string[]): Field {
    const isMs = path.at(-1)?.endsWith('Ms') === true;
    const words = path.map(inSnakeCase).join('_');
    const name = `${this.#prefix}_${isMs ? words.replace(/_ms$/, '_seconds') : words}`;
    const metric = RESERVED_ENDING.test(name) ? `${name}_value` : name;
    return { path, metric, help: `What the snapshot has as ${path.join('.')}.`, factor: isMs ? 1e-3 : 1 };
  }
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberAt(snapshot: object, path: readonly string[]): number | undefined {
  let value: unknown = snapshot;
  for (const key of path) {
    if (!isGroup(value)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
