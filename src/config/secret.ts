import { MASK } from '../core/mask-fields.js';

const INSPECT = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that no output shows: as text, in JSON, in `util.inspect`, in template literals and to `structuredClone` it is
 * `[secret]` or nothing. Only {@link Secret.reveal} hands it out.
 *
 * @typeParam T - the type of the value.
 *
 * @example
 * const key = new Secret('correct horse battery staple');
 * sign(payload, key.reveal());
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The value itself. What is done with it from here on is up to the caller. */
  reveal(): T {
    return this.#value;
  }

  /** `[secret]`. */
  toString(): string {
    return MASK;
  }

  /** `[secret]`. */
  toJSON(): string {
    return MASK;
  }

  /** `[secret]`; as a number, NaN. */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'number' ? NaN : MASK;
  }

  /** @internal */
  [INSPECT](): string {
    return MASK;
  }
}

/** What is in a secret; anything else as it is. @internal */
export function revealed(value: unknown): unknown {
  return value instanceof Secret ? value.reveal() : value;
}
