/** Buckets in each octave, that is from one power of two to the next. @internal */
export const PER_OCTAVE = 34;
/** A key is the octave above this many bits, and the bucket within it below them. @internal */
export const BUCKET_BITS = 6;
/** Key of zero, and of what is as good as zero. @internal */
export const ZERO_KEY = 0;

const MANTISSA = 2 ** 20;
const STEPS = PER_OCTAVE / (3 * MANTISSA * MANTISSA);
const EXPONENT_BIAS = 1_023;
const LARGEST_EXPONENT = 2_046;

/**
 * Finds the bucket of a number by the bits of its IEEE-754 form: sign and exponent say the octave, the first 20 bits of
 * the mantissa the bucket within it. Buckets of equal width would be twice as wide, beside their value, at the lower end
 * of an octave as at the upper; `(4 f - f²) / 3` of the fraction `f` comes close to `log2(1 + f)`, and makes all of them
 * nearly alike. By how much, as a share of the value, the middle of a bucket may differ from a value in it is at most 1.1 %:
 * half the width of the widest bucket over its middle, 1.097 %, and what 20 bits of the mantissa leave out (the width beside the value is `3 / ((4 - 2 f) (1 + f))` steps, which is from 2/3 to 3/4).
 *
 * An object, and no function, because of the room in which the bits are looked at.
 * @internal
 */
export class LogBuckets {
  readonly #bits = new DataView(new ArrayBuffer(8));

  /** The key of a finite number. Numbers below 2^-1022 have the key of zero. */
  keyOf(value: number): number {
    this.#bits.setFloat64(0, value);
    const high = this.#bits.getInt32(0);
    const exponent = (high >>> 20) & 0x7ff;
    if (exponent === 0) return ZERO_KEY;
    const fraction = high & (MANTISSA - 1);
    const bucket = (fraction * (4 * MANTISSA - fraction) * STEPS) | 0;
    return (((exponent << 1) | (high >>> 31)) << BUCKET_BITS) | bucket;
  }
}

/** Octaves of larger numbers, of either sign, come later; those of negative numbers are odd. @internal */
export function octaveOf(key: number): number {
  return key >>> BUCKET_BITS;
}

/** Whether there are numbers with this key, other than zero. @internal */
export function isKey(key: number): boolean {
  const exponent = key >>> (BUCKET_BITS + 1);
  const bucket = key & (2 ** BUCKET_BITS - 1);
  return Number.isInteger(key) && key >= 0 && exponent >= 1 && exponent <= LARGEST_EXPONENT && bucket < PER_OCTAVE;
}

/** The number whose greatest relative error is least, among all in a bucket: the harmonic mean of its edges. @internal */
export function middleOf(octave: number, bucket: number): number {
  if (octave === 0) return 0;
  const [low, high] = [edge(bucket), edge(bucket + 1)];
  const size = ((2 * low * high) / (low + high)) * 2 ** ((octave >>> 1) - EXPONENT_BIAS);
  return (octave & 1) === 1 ? -size : size;
}

/** Where a bucket begins, for numbers from 1 to 2. */
function edge(bucket: number): number {
  return 3 - Math.sqrt(4 - (3 * bucket) / PER_OCTAVE);
}
