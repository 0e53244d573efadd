import { BoundedMap } from '../../internal/bounded-map.js';
import type { MarkState } from './engine.js';

/** How much longer the list of changes may be than what is left of them. */
const SPARE = 1_000;

/**
 * The marks of one group by subject, and the order in which they were changed: everybody asks again and again for what is new,
 * which must not mean to go through all.
 * @internal
 */
export class MarkTable {
  readonly #marks: BoundedMap<MarkState>;
  /** By version. Of a subject that was changed again, or is gone, the entry means nothing any more. */
  #changes: { readonly subject: string; readonly version: number }[] = [];
  #last = 0;

  /** @param weight - how much losing a mark would matter; 0 or less for not at all. */
  constructor(max: number, weight: (state: MarkState) => number) {
    this.#marks = new BoundedMap<MarkState>(max, weight);
  }

  get(subject: string): MarkState | undefined {
    return this.#marks.get(subject);
  }

  /** The version of the last change; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  delete(subject: string): void {
    this.#marks.delete(subject);
  }

  /** Stores a mark whose version is larger than that of any other. */
  keep(subject: string, state: MarkState): void {
    this.#marks.delete(subject);
    this.#marks.add(subject, state);
    this.#last = state.version;
    this.#changes.push({ subject, version: state.version });
    if (this.#changes.length > 2 * this.#marks.size + SPARE) {
      this.#changes = this.#changes.filter((change) => this.#stateOf(change) !== undefined);
    }
  }

  /** What was changed after a version, the oldest change first. */
  *since(version: number): Generator<readonly [subject: string, state: MarkState]> {
    let [from, to] = [0, this.#changes.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#changes[middle]?.version ?? 0) > version) to = middle;
      else from = middle + 1;
    }
    for (let change = this.#changes[from]; change !== undefined; change = this.#changes[++from]) {
      const state = this.#stateOf(change);
      if (state !== undefined) yield [change.subject, state];
    }
  }

  #stateOf({ subject, version }: { readonly subject: string; readonly version: number }): MarkState | undefined {
    const state = this.#marks.get(subject);
    return state?.version === version ? state : undefined;
  }
}
