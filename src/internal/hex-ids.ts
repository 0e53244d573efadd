import { secureBytes } from '../core/random.js';

const BYTES_AT_ONCE = 4_096;
/** Each byte as it is written. */
const DIGITS: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** Ids of unguessable bytes in lower-case hexadecimal digits; the bytes are drawn many at a time. @internal */
export class HexIds {
  #bytes: Uint8Array = new Uint8Array(0);
  #used = 0;

  /** @param bytes - how many, at most 64. */
  draw(bytes: number): string {
    if (this.#used + bytes > this.#bytes.length) {
      this.#bytes = secureBytes(BYTES_AT_ONCE);
      this.#used = 0;
    }
    let id = '';
    for (const end = this.#used + bytes; this.#used < end; this.#used++) {
      id += DIGITS[this.#bytes[this.#used] ?? 0] ?? '';
    }
    return id;
  }
}
