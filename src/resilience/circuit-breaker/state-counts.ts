import type { KeyedCore } from './keyed-core.js';
import type { CircuitState } from './state.js';

type Counts = Record<Exclude<CircuitState, 'CLOSED'>, number>;

/** How many breakers are in which state, as of the last look at each: nobody has to go through all of them. @internal */
export class StateCounts {
  readonly notClosed = new Set<KeyedCore>();
  readonly #all = noCounts();
  readonly #refusing = noCounts();

  moved(core: KeyedCore, from: CircuitState, to: CircuitState): void {
    for (const counts of core.blueprint.shadow ? [this.#all] : [this.#all, this.#refusing]) {
      if (from !== 'CLOSED') counts[from]--;
      if (to !== 'CLOSED') counts[to]++;
    }
    if (to === 'CLOSED') this.notClosed.delete(core);
    else this.notClosed.add(core);
  }

  /** @param size - how many breakers there are in all. */
  of(size: number): Record<CircuitState, number> {
    return { CLOSED: size - this.notClosed.size, ...this.#all };
  }

  /** Those that refuse calls, for people; `undefined` when none does. */
  refusing(): string | undefined {
    const { OPEN, HALF_OPEN, ISOLATED } = this.#refusing;
    const found = Object.entries({ OPEN, HALF_OPEN, ISOLATED }).filter(([, count]) => count > 0);
    return found.length === 0 ? undefined : found.map(([state, count]) => `${String(count)} ${state}`).join(', ');
  }
}

function noCounts(): Counts {
  return { OPEN: 0, HALF_OPEN: 0, ISOLATED: 0, DISABLED: 0 };
}
