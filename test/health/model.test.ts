import { HealthCheckService, type HealthReport } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../runs.js';

const REPORT_MS = 800;
const TTL_MS = 1_000;

/** What one run of a check does. */
const deed = fc.oneof(
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
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

const checks = fc.array(
  fc.record({
    critical: fc.boolean(),
    timeoutMs: fc.constantFrom(50, 500, 2_000, 60_000),
    deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 4 },
);
const waits = fc.array(fc.constantFrom(0, 1, 250, 499, 500, 999, 1_000, 2_500, 31_000), {
  minLength: 1,
  maxLength: 10,
});

const GOOD = new Set<unknown>(['HEALTHY', true, undefined]);

/** One check of a run, and what is true about it whatever the service thinks. */
class Actor {
  runs = 0;
  inFlight = 0;
  mostInFlight = 0;
  /** When runs began and ended, and whether they ended well; -1 while there is no end. */
  readonly log: { begunMs: number; endedMs: number; good: boolean }[] = [];

  constructor(
    readonly clock: ManualClock,
    readonly deeds: readonly Deed[],
  ) {}

  readonly run = ({ signal }: { signal: AbortSignal }): never => {
    const does = this.deeds[this.runs++ % this.deeds.length] as Deed;
    const entry = { begunMs: this.clock.now(), endedMs: -1, good: false };
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

describe('HealthCheckService under checks that do anything', () => {
  it('HLD-1 HLD-2 HLD-5 HLD-7 HLD-9 answers in time, and is never HEALTHY about what failed, hung or is not known', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      await fc.assert(
        fc.asyncProperty(checks, waits, async (specs, pauses) => {
          const clock = new ManualClock();
          const reported: unknown[] = [];
          const health = new HealthCheckService({ clock, onListenerError: (error) => reported.push(error) });
          const actors = specs.map(({ deeds }) => new Actor(clock, deeds));
          specs.forEach(({ critical, timeoutMs }, i) => {
            health.register(String(i), (actors[i] as Actor).run, { critical, timeoutMs });
          });
          for (const pause of pauses) {
            let report: HealthReport | undefined;
            void health.check().then((answer) => (report = answer));
            await clock.advanceAsync(0);
            if (report === undefined) await clock.advanceAsync(REPORT_MS);
            if (report === undefined) throw new Error('no report in time');
            const { status, components } = report;
            expect(components).toHaveLength(specs.length);
            components.forEach((component, i) => {
              const { log } = actors[i] as Actor;
              const { timeoutMs } = specs[i] as (typeof specs)[number];
              if (component.status !== 'HEALTHY') return;
              // HEALTHY needs a run that ended well in time, is the latest that came to a result, and is not too old.
              const nowMs = clock.now();
              const results = log.flatMap(({ begunMs, endedMs, good }) => {
                const dueMs = begunMs + timeoutMs;
                // At a tie the timeout comes first, since its timer was armed before the check began.
                if (endedMs >= 0 && endedMs < dueMs) return [{ atMs: endedMs, good }];
                return dueMs <= nowMs ? [{ atMs: dueMs, good: false }] : [];
              });
              const last = results.at(-1);
              expect(last?.good).toBe(true);
              expect(component.ageMs).toBeLessThanOrEqual(30_000);
              expect(nowMs - (last?.atMs ?? -Infinity)).toBeLessThanOrEqual(30_000 + REPORT_MS);
              expect(component.consecutiveFailures).toBe(0);
            });
            const worst = components.some(({ status: is, critical }) => critical && is === 'UNHEALTHY')
              ? 'UNHEALTHY'
              : components.some(({ status: is }) => is !== 'HEALTHY')
                ? 'DEGRADED'
                : 'HEALTHY';
            expect(status).toBe(worst);
            await clock.advanceAsync(pause);
          }
          for (const { mostInFlight } of actors) expect(mostInFlight).toBe(1);
          expect(reported).toEqual([]);
        }),
        { numRuns: runs(1_000) },
      );
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  });

  it('HLD-4 HLD-6 10,000 probes a second cause at most one run per check per TTL, and leave no timer', async () => {
    await fc.assert(
      fc.asyncProperty(deed, fc.constantFrom(50, 500, 2_000), async (does, timeoutMs) => {
        const clock = new ManualClock();
        const health = new HealthCheckService({ clock, defaults: { ttlMs: TTL_MS, timeoutMs } });
        const actor = new Actor(clock, [does]);
        health.register('db', actor.run, { critical: true });
        let answers = 0;
        for (let ms = 0; ms < 2_000; ms += 10) {
          for (let i = 0; i < 100; i++) void health.readiness().then(() => answers++);
          await clock.advanceAsync(10);
        }
        await clock.advanceAsync(REPORT_MS);
        expect(answers).toBe(20_000);
        // The next run begins when the last result is no longer served: a good one for the TTL, a bad one for half of it.
        for (const [i, { begunMs }] of actor.log.entries()) {
          const before = actor.log[i - 1];
          if (before === undefined) continue;
          expect(before.endedMs).toBeGreaterThanOrEqual(0);
          const timedOut = before.endedMs - before.begunMs >= timeoutMs;
          const observedMs = Math.min(before.endedMs, before.begunMs + timeoutMs);
          expect(begunMs - observedMs).toBeGreaterThanOrEqual(before.good && !timedOut ? TTL_MS : TTL_MS / 2);
        }
        expect(actor.mostInFlight).toBe(1);
        // The timeout of the run that may be going on, and the timer of the check itself.
        expect(clock.pending).toBeLessThanOrEqual(2);
      }),
      { numRuns: runs(100) },
    );
  });
});
