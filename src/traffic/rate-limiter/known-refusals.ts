import { BoundedMap } from '../../internal/bounded-map.js';
import { isSame, type SharedBucket } from './shared-bucket.js';

/** A refusal of the store, by the time of this process. @internal */
export interface KnownRefusal {
  /** What was asked for; less than that may be there. */
  readonly cost: number;
  readonly bucket: SharedBucket;
  readonly remaining: number;
  /** When the tokens will be there, if nobody else takes any. */
  readonly retryAtMs: number;
  readonly resetAtMs: number;
  /** Until when it is believed. */
  readonly untilMs: number;
}

/**
 * What a store has refused a moment ago. Time alone fills a bucket, so until its tokens would be there the answer is the
 * same; a bucket that somebody fills by hand is what this does not see, and so it is believed for a moment only.
 * @internal
 */
export class KnownRefusals {
  readonly #forMs: number;
  readonly #now: () => number;
  readonly #known: BoundedMap<KnownRefusal>;

  /** @param forMs - how long a refusal is believed; 0 for not at all. */
  constructor(forMs: number, most: number, now: () => number) {
    this.#forMs = forMs;
    this.#now = now;
    this.#known = new BoundedMap(most, ({ untilMs }) => untilMs - now());
  }

  /** The refusal that answers this question as well; a larger cost would be refused all the more, but waits longer. */
  of(subject: string, cost: number, bucket: SharedBucket): KnownRefusal | undefined {
    if (this.#forMs === 0) return undefined;
    const known = this.#known.get(subject);
    if (known === undefined) return undefined;
    if (known.untilMs <= this.#now() || !isSame(known.bucket, bucket)) this.#known.delete(subject);
    else if (known.cost === cost) return known;
    return undefined;
  }

  /** @param askedAtMs - when it was asked: what the store counts from is no earlier. */
  learn(
    subject: string,
    askedAtMs: number,
    {
      retryAfterMs,
      resetAfterMs,
      ...refused
    }: Pick<KnownRefusal, 'cost' | 'bucket' | 'remaining'> & {
      readonly retryAfterMs: number;
      readonly resetAfterMs: number;
    },
  ): void {
    if (this.#forMs === 0) return;
    const retryAtMs = askedAtMs + retryAfterMs;
    const untilMs = Math.min(retryAtMs, askedAtMs + this.#forMs);
    this.#known.delete(subject);
    this.#known.add(subject, { ...refused, retryAtMs, resetAtMs: askedAtMs + resetAfterMs, untilMs });
  }

  /** What was refused is no longer so. */
  forget(subject: string): void {
    this.#known.delete(subject);
  }
}
