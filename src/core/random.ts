import { InvalidArgumentError } from './errors.js';

/** A source of chance for jitter and sampling. What must not be guessed comes from {@link secureBytes} instead. */
export interface Random {
  /** A number from 0 (included) to 1 (excluded). */
  next(): number;
}

/** `Math.random`; the default of every `random` option. */
export const systemRandom: Random = /* @__PURE__ */ Object.freeze({ next: () => Math.random() });

/** The platform fills at most this many bytes in one call. */
const MOST_BYTES = 65_536;

/**
 * Cryptographically strong random bytes, for ids, nonces, tokens and hash seeds.
 *
 * @param n - number of bytes: an integer from 0 to 65,536.
 * @throws {@link InvalidArgumentError} when `n` is outside that range.
 */
export function secureBytes(n: number): Uint8Array {
  if (!Number.isInteger(n) || n < 0 || n > MOST_BYTES) {
    throw new InvalidArgumentError(
      `secureBytes: n must be an integer from 0 to ${String(MOST_BYTES)}, got ${String(n)}`,
    );
  }
  return globalThis.crypto.getRandomValues(new Uint8Array(n));
}
