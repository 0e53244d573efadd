import { BoundedMap } from '../../internal/bounded-map.js';

/** How blocks grow that follow each other. @internal */
export interface Escalation {
  readonly factor: number;
  readonly maxDurationMs: number;
  readonly jitter: number;
  readonly memoryMs: number;
}

/**
 * How long a block lasts. With b the first block, f the factor, n the blocks that are remembered, m the cap, j the jitter
 * and u a number from [0, 1): min(m, b · fⁿ · (1 + j · (2u − 1))), at least 1 ms.
 *
 * @param drawn - u.
 * @internal
 */
export function escalatedMs(
  { factor, maxDurationMs, jitter }: Escalation,
  firstMs: number,
  blocks: number,
  drawn: number,
): number {
  return Math.max(1, Math.min(maxDurationMs, firstMs * factor ** blocks * (1 + jitter * (2 * drawn - 1))));
}

interface Struck {
  blocks: number;
  untilMs: number;
}

/** Remembers who was blocked before, and makes the next block longer. @internal */
export class Strikes {
  readonly #escalation: Escalation;
  readonly #firstMs: number;
  readonly #struck: BoundedMap<Struck>;
  #latestMs = 0;

  /** @param firstMs - how long a first block lasts. */
  constructor(escalation: Escalation, firstMs: number, max: number) {
    this.#escalation = escalation;
    this.#firstMs = firstMs;
    this.#struck = new BoundedMap(max, ({ blocks, untilMs }) => (untilMs <= this.#latestMs ? 0 : blocks));
  }

  /** Notes one more block, and says how long it lasts: see {@link escalatedMs}. */
  durationMs(key: string, nowMs: number, drawn: number): number {
    this.#latestMs = nowMs;
    let struck = this.#struck.get(key);
    if (struck === undefined) this.#struck.add(key, (struck = { blocks: 0, untilMs: nowMs }));
    else if (nowMs >= struck.untilMs) struck.blocks = 0;
    const durationMs = escalatedMs(this.#escalation, this.#firstMs, struck.blocks, drawn);
    struck.blocks++;
    struck.untilMs = nowMs + durationMs + this.#escalation.memoryMs;
    return durationMs;
  }

  delete(key: string): void {
    this.#struck.delete(key);
  }

  /** Forgets all of a range. */
  deleteAll(has: (key: string) => boolean): void {
    for (const [key] of this.#struck.entries()) if (has(key)) this.#struck.delete(key);
  }
}
