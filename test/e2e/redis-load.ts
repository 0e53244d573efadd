import { setTimeout as pause } from 'node:timers/promises';

/** What a decision may take beyond its time, besides what the process itself was late. */
const GRACE_MS = 10;
const WORKERS = 30;
const EVERY_MS = 5;
const WATCH_MS = 2;
/** By then all that was asked is answered, or hangs. */
const OVER_WITHIN_MS = 1_000;

/** Of a decision: what is counted, whoever made it. */
interface Answer {
  /** Made without the store. */
  readonly degraded: boolean;
  readonly allowed: boolean;
}

type Decision = Answer & {
  readonly atMs: number;
  readonly ms: number;
};

interface Delay {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What came of many decisions. */
export class Load {
  readonly decisions: Decision[] = [];
  /** When the process itself was late. */
  readonly delays: Delay[] = [];
  /** Asked, and never answered. */
  hung = 0;

  /** How many decisions of a thousand took longer than `deadlineMs` and what may come on top. */
  latePerThousand(deadlineMs: number): number {
    const late = this.decisions.filter((one) => one.ms > deadlineMs + GRACE_MS + this.#delayDuring(one));
    return (late.length / this.decisions.length) * 1_000;
  }

  degradedBetween(fromMs: number, untilMs: number): number {
    return this.decisions.filter(({ atMs, degraded }) => degraded && atMs >= fromMs && atMs < untilMs).length;
  }

  /** How many were admitted, by the store or without it. */
  admitted(by: 'store' | 'fallback'): number {
    return this.decisions.filter(({ allowed, degraded }) => allowed && degraded === (by === 'fallback')).length;
  }

  #delayDuring({ atMs, ms }: Decision): number {
    return this.delays
      .filter(({ fromMs, untilMs }) => fromMs < atMs + ms && untilMs > atMs)
      .reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
  }
}

/**
 * Many that ask, one question after the other each, until `happens` is over.
 *
 * @param askers - each is used by {@link WORKERS} at a time.
 */
export async function underLoad(
  askers: readonly (() => PromiseLike<Answer>)[],
  happens: () => Promise<void>,
  overWithinMs = OVER_WITHIN_MS,
): Promise<Load> {
  const load = new Load();
  let over = false;
  const watch = async (): Promise<void> => {
    while (!over) {
      const fromMs = performance.now() + WATCH_MS;
      await pause(WATCH_MS);
      const untilMs = performance.now();
      if (untilMs > fromMs + 1) load.delays.push({ fromMs, untilMs });
    }
  };
  const work = async (ask: () => PromiseLike<Answer>): Promise<void> => {
    while (!over) {
      const atMs = performance.now();
      load.hung++;
      const { degraded, allowed } = await ask();
      load.hung--;
      load.decisions.push({ atMs, ms: performance.now() - atMs, degraded, allowed });
      await pause(EVERY_MS);
    }
  };
  const workers = askers.flatMap((ask) => Array.from({ length: WORKERS }, () => work(ask)));
  const watching = watch();
  try {
    await happens();
  } finally {
    over = true;
  }
  await Promise.race([Promise.all([...workers, watching]), pause(overWithinMs)]);
  return load;
}
