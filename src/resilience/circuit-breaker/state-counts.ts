import type { KeyedCore } from './keyed-core.js';
import type { CircuitState } from './state.js';

type Counts = Record<Exclude<CircuitState, 'CLOSED'>, number>;

/** How many breakers are in which state, as of the last look at each: nobody has to go through all of them. @internal */
export class StateCounts {
  readonly notClosed = new Set<KeyedCore>();
  /** Those that take up their load again, and do not only watch, or did so when they were last looked at. */
  readonly #ramping = new Set<KeyedCore>();
  readonly #all = noCounts();
  readonly #refusing = noCounts();

  moved(core: KeyedCore, from: CircuitState, to: CircuitState): void {
    for (const counts of core.blueprint.shadow ? [this.#all] : [this.#all, this.#refusing]) {
      if (from !== 'CLOSED') counts[from]--;
      if (to !== 'CLOSED') counts[to]++;
    }
    if (to === 'CLOSED') this.notClosed.delete(core);
    else this.notClosed.add(core);
    if (to === 'CLOSED' && !core.blueprint.shadow && core.rampRatio(0) !== undefined) this.#ramping.add(core);
    else this.#ramping.delete(core);
  }

  /** The registry has let one go. */
  gone(core: KeyedCore): void {
    this.moved(core, core.state, 'CLOSED');
    this.#ramping.delete(core);
  }

  /** How many take up their load again. */
  ramping(): number {
    for (const core of this.#ramping) if (!core.isRamping(core.blueprint.now())) this.#ramping.delete(core);
    return this.#ramping.size;
  }

  /** @param size - how many breakers there are in all. */
  of(size: number): Record<CircuitState, number> {
    return { CLOSED: size - this.notClosed.size, ...this.#all };
  }

  /** Those that refuse calls, for people; `undefined` when none does. */
  refusing(): string | undefined {
    const { OPEN, HALF_OPEN, ISOLATED } = this.#refusing;
    const all = { OPEN, HALF_OPEN, ISOLATED, 'CLOSED step by step': this.ramping() };
    const found = Object.entries(all).filter(([, count]) => count > 0);
    return found.length === 0 ? undefined : found.map(([state, count]) => `${String(count)} ${state}`).join(', ');
  }
}

function noCounts(): Counts {
  return { OPEN: 0, HALF_OPEN: 0, ISOLATED: 0, DISABLED: 0 };
}
