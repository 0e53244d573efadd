import { wouldBlockTooMany } from './brake.js';

/** Most that are told apart; of more a part is looked at. */
const MOST = 8_192;

type Seen = 'came' | 'blocked' | 'braked';

/**
 * Which addresses came in this minute, so that the brake knows whether it would hit a large part of them. When there are
 * more than can be told apart, those are looked at whose names, which are digests, begin alike: a fair sample.
 * @internal
 */
export class SeenAddresses {
  readonly #windowMs: number;
  readonly #seen = new Map<string, Seen>();
  #startMs = -Infinity;
  /** How many bits of a name decide whether it is looked at. */
  #bits = 0;
  #blocked = 0;
  /** Counts the minutes. */
  minute = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** One more request of an address, which may be blocked. */
  see(name: string, blocked: boolean, nowMs: number): void {
    if (nowMs - this.#startMs >= this.#windowMs) {
      this.#startMs = nowMs;
      this.minute++;
      this.#seen.clear();
      this.#bits = 0;
      this.#blocked = 0;
    }
    if (this.#seen.has(name) || !this.#isLookedAt(name)) return;
    while (this.#seen.size >= MOST) this.#lookAtFewer();
    if (this.#isLookedAt(name)) this.#note(name, blocked ? 'blocked' : 'came');
  }

  /** An address that came exceeded the limit: may it be blocked? */
  release(name: string): boolean {
    const state = this.#seen.get(name);
    if (state === 'blocked') return true;
    // It counts once, whatever comes of it.
    if (state === 'came') this.#blocked++;
    const may = state !== 'braked' && !wouldBlockTooMany(this.#blocked, this.#seen.size);
    if (state !== undefined) this.#seen.set(name, may ? 'blocked' : 'braked');
    return may;
  }

  #note(name: string, state: Seen): void {
    this.#seen.set(name, state);
    if (state !== 'came') this.#blocked++;
  }

  #isLookedAt(name: string): boolean {
    return this.#bits === 0 || bitsOf(name) % 2 ** this.#bits === 0;
  }

  #lookAtFewer(): void {
    this.#bits++;
    for (const [name, state] of this.#seen) {
      if (this.#isLookedAt(name)) continue;
      this.#seen.delete(name);
      if (state !== 'came') this.#blocked--;
    }
  }
}

/** 24 bits of a digest. */
function bitsOf(name: string): number {
  let bits = 0;
  for (let i = 0; i < 4; i++) bits = bits * 64 + (name.charCodeAt(i) & 63);
  return bits;
}
