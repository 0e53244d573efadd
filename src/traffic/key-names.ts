import { createHmac } from 'node:crypto';
import { secureBytes } from '../core/random.js';

/** Keys up to this length are stored as they are. */
const LONGEST_KEY = 128;

/**
 * Makes names of bounded length out of keys of any length: a long one becomes a 128-bit digest under a secret of this
 * process, so that nobody can find two keys that share one.
 * @internal
 */
export class KeyNames {
  #secret: Uint8Array | undefined;

  /** The name under which `key` is stored. */
  of(key: string): string {
    return key.length <= LONGEST_KEY ? key : this.#digest(key);
  }

  #digest(key: string): string {
    this.#secret ??= secureBytes(32);
    return `digest:${createHmac('sha256', this.#secret).update(key, 'utf16le').digest('hex').slice(0, 32)}`;
  }
}
