import type { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';

/** What one run of a check does. */
export const deed = fc.oneof(
  fc.record({
    does: fc.constant('answer' as const),
    with: fc.constantFrom<unknown>('HEALTHY', 'DEGRADED', 'UNHEALTHY', true, false, undefined),
  }),
  fc.record({
    does: fc.constant('answer' as const),
    with: fc.constantFrom<unknown>('down', 1, null, [], {}, { status: 'OK' }, { status: 'HEALTHY', message: 1 }, NaN),
  }),
  fc.record({ does: fc.constantFrom('throw' as const, 'reject' as const, 'hang' as const) }),
  fc.record({
    does: fc.constant('later' as const),
    afterMs: fc.constantFrom(1, 99, 799, 800, 801, 1_999, 2_000, 2_001, 5_000, 40_000),
    with: fc.constantFrom<unknown>('HEALTHY', 'UNHEALTHY', true, 'down', new Error('late')),
    heedsSignal: fc.boolean(),
  }),
);
export type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

export const checks = fc.array(
  fc.record({
    critical: fc.boolean(),
    timeoutMs: fc.constantFrom(50, 500, 2_000, 60_000),
    intervalMs: fc.constantFrom(undefined, undefined, undefined, 900, 7_000, 29_999),
    deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 4 },
);

const which = fc.nat({ max: 3 });
/** What an operator or a lifecycle does between two probes, and how long it is until the next. */
export const steps = fc.array(
  fc.record({
    does: fc.oneof(
      { weight: 4, arbitrary: fc.constant({ what: 'nothing' as const }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('begin' as const, 'end' as const), which }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('gate' as const), closed: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('whole' as const), closed: fc.boolean() }) },
    ),
    pauseMs: fc.constantFrom(0, 1, 250, 499, 500, 999, 1_000, 2_500, 31_000),
  }),
  { minLength: 1, maxLength: 6 },
);

const GOOD = new Set<unknown>(['HEALTHY', true, undefined]);

/** One check of a run, and what is true about it whatever the service thinks. */
export class Actor {
  runs = 0;
  inFlight = 0;
  mostInFlight = 0;
  /** When runs began and ended, and whether they ended well; -1 while there is no end. */
  readonly log: { begunMs: number; endedMs: number; good: boolean; forgotten: boolean }[] = [];

  inMaintenance = false;

  constructor(
    readonly clock: ManualClock,
    readonly deeds: readonly Deed[],
  ) {}

  /** What its runs came to that count, the latest last. */
  results(timeoutMs: number): { readonly atMs: number; readonly good: boolean }[] {
    const nowMs = this.clock.now();
    return this.log.flatMap(({ begunMs, endedMs, good, forgotten }) => {
      if (forgotten) return [];
      const dueMs = begunMs + timeoutMs;
      // At a tie the timeout comes first, since its timer was armed before the check began.
      if (endedMs >= 0 && endedMs < dueMs) return [{ atMs: endedMs, good }];
      return dueMs <= nowMs ? [{ atMs: dueMs, good: false }] : [];
    });
  }

  forgetAll(): void {
    for (const entry of this.log) entry.forgotten = true;
  }

  readonly run = ({ signal }: { signal: AbortSignal }): never => {
    const does = this.deeds[this.runs++ % this.deeds.length] as Deed;
    const entry = { begunMs: this.clock.now(), endedMs: -1, good: false, forgotten: false };
    this.log.push(entry);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    const end = (good: boolean): void => {
      if (entry.endedMs >= 0) return;
      this.inFlight--;
      entry.endedMs = this.clock.now();
      entry.good = good;
    };
    switch (does.does) {
      case 'answer':
        end(GOOD.has(does.with));
        return does.with as never;
      case 'throw':
        end(false);
        throw new Error('thrown');
      case 'reject':
        end(false);
        return Promise.reject(new Error('rejected')) as never;
      case 'hang':
        return new Promise(() => undefined) as never;
      case 'later':
        return new Promise((resolve, reject) => {
          const cancel = this.clock.schedule(() => {
            end(GOOD.has(does.with));
            if (does.with instanceof Error) reject(does.with);
            else resolve(does.with);
          }, does.afterMs);
          if (!does.heedsSignal) return;
          signal.addEventListener('abort', () => {
            cancel();
            end(false);
            reject(signal.reason as Error);
          });
        }) as never;
    }
  };
}
