import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { nearest } from '../../core/spelling.js';
import { detached } from '../../internal/detached.js';
import { GONE, IDLE, type SeriesBase, TOUCHED } from './series.js';
import { labelBlock, labelValueText } from './text.js';

type Node<S> = Map<string, Node<S> | S>;

/** Every label of the series that takes what has no room. @internal */
export const OVERFLOW = 'overflow';

/** What a table needs to know. @internal */
export interface TableOptions<S extends SeriesBase> {
  readonly metric: string;
  readonly labels: readonly string[];
  readonly limit: number;
  readonly make: (values: readonly string[], text: string) => S;
  /** A set of labels had no room. */
  readonly overflowed: () => void;
}

/**
 * The series of a metric, by the values of their labels: a map for each label, inside one another, so that no two sets of
 * values can meet in one key. What is looked up is what is shown: values that become the same text, because they were
 * cut or masked or no text, are the same series, and only what is shown is remembered.
 * @internal
 */
export class SeriesTable<S extends SeriesBase> {
  readonly #options: TableOptions<S>;
  readonly #labels: readonly string[];
  #root: Node<S> | S | undefined;
  readonly #all = new Set<S>();
  #overflow: S | undefined;

  constructor(options: TableOptions<S>) {
    this.#options = options;
    this.#labels = options.labels;
    if (this.#labels.length === 0) this.#root = this.#put([]);
  }

  /** The series of a metric without labels. */
  only(): S {
    if (this.#labels.length > 0) throw this.#refused([], this.#labels);
    const series = this.#root as S;
    series.state = TOUCHED;
    return series;
  }

  /**
   * The series of these labels; made when there is none. In the order in which the metric has them they are read the
   * quickest: going through them says as well that there are no others.
   */
  find(labels: object): S {
    try {
      return this.#find(labels);
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #find(labels: object): S {
    const names = this.#labels;
    let node = this.#root;
    let i = 0;
    for (const name in labels) {
      if (node === undefined || name !== names[i++]) return this.#findByName(labels);
      const value: unknown = (labels as Readonly<Record<string, unknown>>)[name];
      if (typeof value !== 'string') return this.#findByName(labels);
      node = (node as Node<S>).get(value);
    }
    if (node === undefined || i !== names.length) return this.#findByName(labels);
    const series = node as S;
    series.state = TOUCHED;
    return series;
  }

  /**
   * What a child goes on with whose series is not known to be in use: the same one, the one that has its labels now, or a
   * new one.
   *
   * @param values - of the child's labels, as they are shown.
   */
  wake(series: S | undefined, values: readonly string[]): S {
    if (series === undefined || series.state === GONE) return this.#intern(values);
    series.state = TOUCHED;
    return series;
  }

  /** Whether a series is the one of what has no room. */
  isOverflow(series: S): boolean {
    return series === this.#overflow;
  }

  /** The values of these labels as they are shown. */
  shown(labels: unknown): readonly string[] {
    if (labels === undefined && this.#labels.length === 0) return [];
    if (typeof labels !== 'object' || labels === null) {
      throw new InvalidArgumentError(
        `metric '${this.#options.metric}': labels must be an object, got ${describe(labels)}`,
      );
    }
    try {
      return this.#shown(labels as Readonly<Record<string, unknown>>);
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #shown(given: Readonly<Record<string, unknown>>): readonly string[] {
    const names = keysOf(given);
    const unknown = names.filter((name) => !this.#labels.includes(name));
    const missing = this.#labels.filter((name) => !names.includes(name) || given[name] === undefined);
    if (unknown.length + missing.length > 0) throw this.#refused(unknown, missing);
    return this.#labels.map((name) => labelValueText(name, given[name]));
  }

  /** Labels that stay what they are when the caller's object changes. */
  copied(labels: object | undefined): object {
    try {
      return Object.fromEntries(
        keysOf(labels).map((name) => [name, (labels as Readonly<Record<string, unknown>>)[name]]),
      );
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  intern(labels: unknown): S {
    return this.#intern(this.shown(labels));
  }

  remove(labels: unknown): boolean {
    const node = this.#get(this.shown(labels));
    if (node === undefined) return false;
    this.#forget(node);
    if (this.#labels.length === 0) this.#root = this.#put([]);
    return true;
  }

  reset(): void {
    for (const series of this.#all) series.state = GONE;
    this.#all.clear();
    this.#overflow = undefined;
    this.#root = this.#labels.length === 0 ? this.#put([]) : undefined;
  }

  /** All series there are now. */
  all(): S[] {
    return [...this.#all];
  }

  /**
   * Forgets what was not used for `ttlMs`, as scrapes have seen it. The overflow stays.
   */
  sweep(nowMs: number, ttlMs: number): void {
    if (ttlMs === Infinity || this.#labels.length === 0) return;
    for (const series of this.#all) {
      if (series === this.#overflow) continue;
      if (series.state === TOUCHED) {
        series.state = IDLE;
        series.usedAtMs = nowMs;
      } else if (nowMs - series.usedAtMs >= ttlMs) {
        this.#forget(series);
      }
    }
  }

  /** The same in any order, and for numbers and truth values. */
  #findByName(labels: object): S {
    const names = this.#labels;
    let node = this.#root;
    for (let i = 0; i < names.length && node !== undefined; i++) {
      const value = (labels as Readonly<Record<string, unknown>>)[names[i] as string];
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      node = isPlain ? (node as Node<S>).get(String(value)) : undefined;
    }
    let given = 0;
    for (const _ in labels) given++;
    if (node === undefined || given !== names.length) return this.#intern(this.shown(labels));
    const series = node as S;
    series.state = TOUCHED;
    return series;
  }

  #intern(values: readonly string[]): S {
    let series = this.#get(values);
    if (series === undefined) {
      const known = this.#all.size - (this.#overflow === undefined ? 0 : 1);
      if (known < this.#options.limit) series = this.#put(values);
      else {
        this.#options.overflowed();
        series = this.#overflow ??= this.#overflowing();
      }
    }
    series.state = TOUCHED;
    return series;
  }

  #overflowing(): S {
    const values = this.#labels.map(() => OVERFLOW);
    return this.#get(values) ?? this.#put(values);
  }

  #get(values: readonly string[]): S | undefined {
    let node = this.#root;
    for (let i = 0; i < values.length && node !== undefined; i++) node = (node as Node<S>).get(values[i] as string);
    return node as S | undefined;
  }

  #put(given: readonly string[]): S {
    const values = Object.freeze(given.map(detached));
    const series = this.#options.make(values, labelBlock(this.#labels, values));
    this.#all.add(series);
    const last = values.length - 1;
    if (last < 0) return (this.#root = series);
    let node = (this.#root ??= new Map<string, Node<S> | S>()) as Node<S>;
    for (let i = 0; i < last; i++) {
      let next = node.get(values[i] as string) as Node<S> | undefined;
      if (next === undefined) node.set(values[i] as string, (next = new Map<string, Node<S> | S>()));
      node = next;
    }
    node.set(values[last] as string, series);
    return series;
  }

  #forget(series: S): void {
    series.state = GONE;
    this.#all.delete(series);
    if (series === this.#overflow) this.#overflow = undefined;
    const { values } = series;
    const way: Node<S>[] = [];
    for (let i = 0, node = this.#root; i < values.length; i++) {
      way.push(node as Node<S>);
      node = (node as Node<S>).get(values[i] as string);
    }
    for (let i = values.length - 1; i >= 0; i--) {
      const node = way[i] as Node<S>;
      node.delete(values[i] as string);
      if (node.size > 0) return;
    }
    this.#root = undefined;
  }

  /** Reading the caller's object may throw anything. */
  #unreadable(error: unknown): unknown {
    if (error instanceof InvalidArgumentError) return error;
    return new InvalidArgumentError(`metric '${redactName(this.#options.metric)}': labels cannot be read`);
  }

  #refused(unknown: readonly string[], missing: readonly string[]): InvalidArgumentError {
    const wrong = unknown.slice(0, 10).map((name) => {
      const meant = nearest(name, this.#labels);
      const hint = meant === undefined ? '' : ` (did you mean '${meant}'?)`;
      return `unknown label '${redactName(name, 64)}'${hint}`;
    });
    for (const name of missing) wrong.push(`missing label '${redactName(name)}'`);
    const all =
      this.#labels.length === 0
        ? 'it has no labels'
        : `its labels are ${this.#labels.map((name) => redactName(name)).join(', ')}`;
    return new InvalidArgumentError(`metric '${redactName(this.#options.metric)}': ${wrong.join(', ')}; ${all}`);
  }
}

/** With those that are inherited, as looking up a series that is there counts them. */
function keysOf(labels: object | undefined): string[] {
  const names: string[] = [];
  for (const name in labels) names.push(name);
  return names;
}
