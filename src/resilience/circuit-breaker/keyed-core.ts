import type { Blueprint } from './blueprint.js';
import { BreakerCore } from './breaker-core.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { CircuitState, TransitionReason } from './state.js';

/** Whoever keeps breakers by key, and hears of their transitions. @internal */
export interface Keeper {
  /** Books a transition, before anybody is told. */
  moved(core: KeyedCore, from: CircuitState, to: CircuitState, reason: TransitionReason, cause: unknown): void;
  /** Tells of all that was booked, after the breaker's own listeners have heard of it. */
  tell(): void;
}

/** A breaker of a registry. @internal */
export class KeyedCore extends BreakerCore {
  readonly key: string;
  /** Taken away when the registry lets it go: whoever still holds it then uses a breaker like any other. */
  keeper: Keeper | undefined;
  /** Its place on the shelf. */
  slot = 0;
  /** What users hold. */
  breaker: CircuitBreaker | undefined;

  constructor(blueprint: Blueprint, name: string, key: string, keeper: Keeper) {
    super(blueprint, name);
    this.key = key;
    this.keeper = keeper;
  }

  /** Whether it could be made anew without a difference to anybody. */
  isExpendable(nowMs: number): boolean {
    return this.state === 'CLOSED' && !this.isRamping(nowMs) && this.inFlight === 0 && !this.hasListeners;
  }

  protected override moved(from: CircuitState, to: CircuitState, reason: TransitionReason, cause: unknown): void {
    const { keeper } = this;
    keeper?.moved(this, from, to, reason, cause);
    super.moved(from, to, reason, cause);
    keeper?.tell();
  }
}
