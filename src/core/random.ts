import { InvalidArgumentError } from './errors.js';

/** A source of chance for jitter and sampling. What must not be guessed comes from {@link secureBytes} instead. */
export interface Random {
  /** A number from 0 (included) to 1 (excluded). */
  next(): number;
}

/** `Math.random`; the default of every `random` option. */
export const systemRandom: Random = /* @__PURE__ */ Object.freeze({ next: () => Math.random() });

/** The largest number below 1. */
const BELOW_ONE = 1 - 2 ** -53;

/** What a `Reporter` is for here. */
interface DrawReporter {
  listenerError(error: unknown): void;
  wrongAnswer(must: string, answer: unknown): void;
}

/**
 * Draws from a source of chance that may be broken: what it throws, or answers beside the range, is reported, and the
 * nearest number of the range counts, or the platform draws. No call may fail for want of jitter.
 * @internal
 */
export function draw(random: Random, reporter: DrawReporter): number {
  try {
    const drawn: unknown = random.next();
    if (typeof drawn === 'number' && drawn >= 0 && drawn < 1) return drawn;
    reporter.wrongAnswer('random.next() must give a number from 0 to below 1', drawn);
    if (typeof drawn === 'number' && !Number.isNaN(drawn)) return drawn < 0 ? 0 : BELOW_ONE;
  } catch (error) {
    reporter.listenerError(error);
  }
  return systemRandom.next();
}

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
