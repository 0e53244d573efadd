import { secureBytes } from '../core/random.js';
import type { ParsedIPv6 } from './ip-address.js';

/**
 * 128 bits that stand for a text, in the form of an address. They depend on a secret, so that nobody can look for two
 * texts that share them; they are no digest, for whoever sees them may find out the secret.
 * @internal
 */
export class Fingerprint {
  readonly #secret: readonly number[] = Array.from(new Uint32Array(secureBytes(32).buffer), (number) => number | 1);

  of(text: string): ParsedIPv6 {
    const [k = 1, l = 1, m = 1, n = 1, k0 = 1, l0 = 1, m0 = 1, n0 = 1] = this.#secret;
    let [a, b, c, d] = [k0 ^ text.length, l0 ^ text.length, m0 ^ text.length, n0 ^ text.length];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      // Upper bits come down again, or the lowest bits of all four would know the lowest bits of the text alone.
      a = Math.imul(a ^ code, k);
      a ^= a >>> 15;
      b = Math.imul(b ^ code, l);
      b ^= b >>> 14;
      c = Math.imul(c ^ code, m);
      c ^= c >>> 16;
      d = Math.imul(d ^ code, n);
      d ^= d >>> 13;
    }
    return { family: 6, a: a | 0, b: b | 0, c: c | 0, d: d | 0 };
  }
}
