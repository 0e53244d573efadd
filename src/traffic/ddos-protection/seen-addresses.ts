import { Brake } from './brake.js';

/**
 * Which addresses came in this minute, so that the brake knows whether it would hit a large part of them. Beyond `most`
 * nobody is told apart any more, and none counts.
 * @internal
 */
export class SeenAddresses {
  readonly #brake: Brake;
  readonly #most: number;
  readonly #seen = new Map<string, 'came' | 'blocked' | 'braked'>();
  #minute = NaN;

  constructor(windowMs: number, most: number) {
    this.#brake = new Brake(windowMs);
    this.#most = most;
  }

  get minute(): number {
    return this.#brake.minute;
  }

  /** One more request of an address, which may be blocked. */
  see(key: string, blocked: boolean, nowMs: number): void {
    this.#brake.advance(nowMs);
    if (this.#minute !== this.#brake.minute) {
      this.#minute = this.#brake.minute;
      this.#seen.clear();
    }
    if (this.#seen.has(key) || this.#seen.size >= this.#most) return;
    this.#seen.set(key, blocked ? 'blocked' : 'came');
    if (blocked) this.#brake.seeBlocked();
    else this.#brake.see();
  }

  /** An address that came exceeded the limit: may it be blocked? Asked once a minute for each. */
  release(key: string): boolean {
    const state = this.#seen.get(key);
    if (state === 'braked') return false;
    if (state === 'blocked') return true;
    const may = this.#brake.release();
    this.#seen.set(key, may ? 'blocked' : 'braked');
    return may;
  }
}
