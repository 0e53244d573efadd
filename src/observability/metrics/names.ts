import { maskSecrets } from '../../core/secret-values.js';

/** What a metric can be. @internal */
export type MetricType = 'counter' | 'gauge' | 'histogram';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const LONGEST_NAME = 200;
const TOTAL = '_total';

/** @internal */
export function isMetricName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= LONGEST_NAME && METRIC_NAME.test(name) && !holdsSecret(name);
}

/** @internal */
export function isLabelName(name: unknown): name is string {
  if (typeof name !== 'string' || name.length > LONGEST_NAME || !LABEL_NAME.test(name)) return false;
  return !name.startsWith('__') && !holdsSecret(name);
}

/** Whether a registered secret is in a name. @internal */
export function holdsSecret(name: string): boolean {
  return maskSecrets(name) !== name;
}

/** A counter's name without `_total`, which OpenMetrics gives to the value and not to the family. @internal */
export function counterBase(name: string): string {
  return name.endsWith(TOTAL) && name.length > TOTAL.length ? name.slice(0, -TOTAL.length) : name;
}

/**
 * Every name that a metric takes in one of the formats. OpenMetrics keeps `_created` for it, whether anybody writes that or not.
 * @internal
 */
export function claimedNames(type: string, name: string): string[] {
  switch (type) {
    case 'counter': {
      const base = counterBase(name);
      return [...new Set([name, base, base + TOTAL, `${base}_created`])];
    }
    case 'histogram':
      return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`, `${name}_created`];
    case 'summary':
      return [name, `${name}_sum`, `${name}_count`, `${name}_created`];
    case 'info':
      return [name, name.replace(/_info$/, '')];
    default:
      return [name];
  }
}

/** Which names are taken, and by whom. @internal */
export class Claims {
  readonly #taken = new Map<string, string>();
  readonly #above: Claims | undefined;

  /** @param above - whose names are taken as well. */
  constructor(above?: Claims) {
    this.#above = above;
  }

  /** Who has a name. */
  holder(name: string): string | undefined {
    return this.#above?.holder(name) ?? this.#taken.get(name);
  }

  /** What stands in the way of a metric: the name, and who has it. */
  collision(type: string, name: string): { readonly name: string; readonly holder: string } | undefined {
    for (const claimed of claimedNames(type, name)) {
      const holder = this.holder(claimed);
      if (holder !== undefined) return { name: claimed, holder };
    }
    return undefined;
  }

  take(type: string, name: string): void {
    for (const claimed of claimedNames(type, name)) this.#taken.set(claimed, name);
  }

  free(type: string, name: string): void {
    for (const claimed of claimedNames(type, name)) this.#taken.delete(claimed);
  }
}
