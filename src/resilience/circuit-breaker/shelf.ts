import type { KeyedCore } from './keyed-core.js';

const FIRST_SLOTS = 64;
/** In the place of a number of calls: whatever the hand finds, it was used. */
const ASKED_FOR = 2 ** 32 - 1;

/** How a breaker is found when somebody looks whether it may go. @internal */
export type Found = 'in-use' | 'recent' | 'old' | 'idle';

/**
 * The breakers of a registry by key, with a hand that goes round to find those that nobody needs. One that was used
 * since the hand last passed has a second chance.
 * @internal
 */
export class BreakerShelf {
  readonly #byKey = new Map<string, KeyedCore>();
  readonly #slots: KeyedCore[] = [];
  /** Per slot: when it was last seen to be used, and how many calls it had then. */
  #usedAtMs = new Float64Array(FIRST_SLOTS);
  #callsSeen = new Uint32Array(FIRST_SLOTS);
  #hand = 0;

  get size(): number {
    return this.#slots.length;
  }

  get(key: string): KeyedCore | undefined {
    return this.#byKey.get(key);
  }

  /** Somebody asked for it. */
  touch(core: KeyedCore, nowMs: number): void {
    this.#usedAtMs[core.slot] = nowMs;
    this.#callsSeen[core.slot] = ASKED_FOR;
  }

  /** Adds one whose key is known to be new. */
  add(core: KeyedCore, nowMs: number): void {
    core.slot = this.#slots.length;
    if (core.slot === this.#usedAtMs.length) this.#grow();
    this.#slots.push(core);
    this.#byKey.set(core.key, core);
    this.touch(core, nowMs);
  }

  /** Takes one out; the last one takes its place. */
  remove(core: KeyedCore): void {
    const last = this.#slots.pop();
    if (last !== undefined && last !== core) {
      this.#slots[core.slot] = last;
      this.#usedAtMs[core.slot] = this.#usedAtMs[last.slot] ?? 0;
      this.#callsSeen[core.slot] = this.#callsSeen[last.slot] ?? 0;
      last.slot = core.slot;
    }
    this.#byKey.delete(core.key);
  }

  /** Moves the hand on to the next breaker. */
  next(): KeyedCore | undefined {
    if (this.#hand >= this.#slots.length) this.#hand = 0;
    return this.#slots[this.#hand++];
  }

  /** How a breaker is found; a recent use is thereby seen, and the next time it is none any more. */
  look(core: KeyedCore, nowMs: number, idleMs: number): Found {
    const { slot } = core;
    const calls = core.calls % ASKED_FOR;
    const seen = this.#callsSeen[slot];
    this.#callsSeen[slot] = calls;
    if (seen !== calls && seen !== ASKED_FOR) this.#usedAtMs[slot] = nowMs;
    if (!core.isExpendable(nowMs)) return 'in-use';
    if (nowMs - (this.#usedAtMs[slot] ?? nowMs) >= idleMs) return 'idle';
    return seen === calls ? 'old' : 'recent';
  }

  #grow(): void {
    const slots = 2 * this.#usedAtMs.length;
    const [usedAtMs, callsSeen] = [new Float64Array(slots), new Uint32Array(slots)];
    usedAtMs.set(this.#usedAtMs);
    callsSeen.set(this.#callsSeen);
    this.#usedAtMs = usedAtMs;
    this.#callsSeen = callsSeen;
  }
}
