import { HealthCheckService, type HealthReport } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../runs.js';
import { Actor, checks, deed, steps } from './model.js';

const REPORT_MS = 800;
const TTL_MS = 1_000;

type Spec = typeof checks extends fc.Arbitrary<(infer T)[]> ? T : never;
type Doing = typeof steps extends fc.Arbitrary<(infer T extends { does: unknown })[]> ? T['does'] : never;

/** A service under such checks, and what must be true of it at each probe. */
class World {
  readonly clock = new ManualClock();
  readonly reported: unknown[] = [];
  readonly health = new HealthCheckService({
    clock: this.clock,
    onListenerError: (error) => this.reported.push(error),
  });
  readonly actors: readonly Actor[];
  readonly #handles = new Map<number | 'whole', Disposable>();
  #gateClosed = false;

  constructor(readonly specs: readonly Spec[]) {
    this.actors = specs.map(({ deeds }) => new Actor(this.clock, deeds));
    specs.forEach(({ deeds: _, ...options }, i) => {
      this.health.register(String(i), this.#actor(i).run, options);
    });
    this.health.gate('gate', () => (this.#gateClosed ? { status: 'UNHEALTHY', message: 'closed' } : undefined));
  }

  #actor(i: number): Actor {
    return this.actors[i] as Actor;
  }

  change(does: Doing): void {
    if (does.what === 'gate') this.#gateClosed = does.closed;
    else if (does.what === 'whole') this.#hold('whole', does.closed, () => this.health.maintain('all'));
    else if (does.what !== 'nothing') {
      const which = does.which % this.specs.length;
      const actor = this.#actor(which);
      if (does.what === 'end' && !actor.inMaintenance) return;
      actor.inMaintenance = does.what === 'begin';
      actor.forgetAll();
      this.#hold(which, actor.inMaintenance, () => this.health.maintain('one', { check: String(which) }));
    }
  }

  #hold(key: number | 'whole', holds: boolean, begin: () => Disposable): void {
    this.#handles.get(key)?.[Symbol.dispose]();
    this.#handles.delete(key);
    if (holds) this.#handles.set(key, begin());
  }

  /** A report, which must come at once when `atOnce`, and by the deadline otherwise; looked at as soon as it is there. */
  async #answer(asked: Promise<HealthReport>, atOnce: boolean, look: (report: HealthReport) => void): Promise<void> {
    let answered = false;
    const looked = asked.then((report) => {
      answered = true;
      look(report);
    });
    looked.catch(() => undefined);
    await this.clock.advanceAsync(0);
    if (!answered && !atOnce) await this.clock.advanceAsync(REPORT_MS);
    if (!answered) throw new Error('no report in time');
    await looked;
  }

  async probe(): Promise<void> {
    const closed = this.#gateClosed || this.#handles.has('whole');
    const runsBefore = this.actors.map(({ runs }) => runs);
    const ready = this.health.readiness();
    if (closed) expect(this.actors.map(({ runs }) => runs)).toEqual(runsBefore);
    const look = (report: HealthReport): void => {
      this.#examine(report, closed);
    };
    await this.#answer(ready, closed, look);
    await this.#answer(this.health.check(), false, look);
    await this.#answer(this.health.liveness(), true, ({ status }) => expect(status).toBe('HEALTHY'));
  }

  #examine({ status, components }: HealthReport, closed: boolean): void {
    expect(components).toHaveLength(this.specs.length + 1 + (this.#handles.has('whole') ? 1 : 0));
    const shown = components.filter(({ name }) => name !== 'maintenance');
    this.actors.forEach((actor, i) => {
      const component = shown[i];
      const { timeoutMs } = this.specs[i] as Spec;
      if (actor.inMaintenance) expect(component?.status).toBe('DEGRADED');
      if (component?.status !== 'HEALTHY') return;
      // HEALTHY needs a run that ended well in time, is the latest that came to a result, and is not too old.
      // What came to a result at the very moment of the report may have come just after it.
      const nowMs = this.clock.now();
      const before = actor.results(timeoutMs).filter(({ atMs }) => atMs < nowMs);
      const latest = [...before.slice(-1), ...actor.results(timeoutMs).slice(before.length)];
      expect(latest.some(({ good }) => good)).toBe(true);
      expect(nowMs - (latest.at(-1)?.atMs ?? -Infinity)).toBeLessThanOrEqual(30_000);
      expect(component.ageMs).toBeLessThanOrEqual(30_000);
      expect(component.consecutiveFailures).toBe(0);
    });
    const worst = components.some(({ status: is, critical }) => critical && is === 'UNHEALTHY')
      ? 'UNHEALTHY'
      : components.some(({ status: is }) => is !== 'HEALTHY')
        ? 'DEGRADED'
        : 'HEALTHY';
    expect(status).toBe(worst);
    if (closed) expect(status).toBe('UNHEALTHY');
  }

  async end(): Promise<void> {
    this.health.stop();
    const runs = this.actors.map((actor) => actor.runs);
    await this.clock.advanceAsync(100_000);
    expect(this.actors.map((actor) => actor.runs)).toEqual(runs);
    for (const { mostInFlight } of this.actors) expect(mostInFlight).toBeLessThanOrEqual(1);
    expect(this.clock.pending).toBe(0);
    expect(this.reported).toEqual([]);
    expect(JSON.parse(JSON.stringify(this.health.history()))).toEqual(this.health.history());
  }
}

describe('HealthCheckService under checks that do anything', () => {
  it('HLD-1 HLD-2 HLD-5 HLD-7 HLD-9 answers in time, and is never HEALTHY about what failed, hung, is left out or is not known', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      await fc.assert(
        fc.asyncProperty(checks, steps, async (specs, doings) => {
          const world = new World(specs);
          for (const { does, pauseMs } of doings) {
            world.change(does);
            await world.probe();
            await world.clock.advanceAsync(pauseMs);
          }
          await world.end();
        }),
        { numRuns: runs(10_000) },
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
