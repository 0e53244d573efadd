import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GracefulDegradation } from 'breakwater/error-recovery';
import { runs } from '../../runs.js';
import { Ailing } from './setup.js';

const LEVELS = ['full', 'cached', 'off'];

/** What a feature should do: the list of everything that happened, and its state worked out from that each time. */
class Model {
  nowMs = 0;
  readonly #happened: { atMs: number; keys: readonly string[]; level: number }[] = [];

  constructor(readonly dwellMs: number) {}

  /** @param level - 0 for a reason that goes. */
  note(keys: readonly string[], level: number): void {
    this.#happened.push({ atMs: this.nowMs, keys, level });
  }

  /** Level, and how many times it was degraded and recovered, and for how long in all. */
  state() {
    const reasons = new Map<string, number>();
    const times = { degraded: 0, recovered: 0, lastedMs: 0 };
    let sinceMs: number | undefined;
    let heldUntilMs = 0;
    let lastGoneMs = 0;
    let level = 0;
    const endBefore = (atMs: number): void => {
      if (sinceMs === undefined || reasons.size > 0 || atMs < heldUntilMs) return;
      times.recovered++;
      times.lastedMs += Math.max(heldUntilMs, lastGoneMs) - sinceMs;
      sinceMs = undefined;
      level = 0;
    };
    for (const { atMs, keys, level: to } of this.#happened) {
      if (to > 0) {
        endBefore(atMs);
        for (const key of keys) reasons.set(key, to);
        heldUntilMs = atMs + this.dwellMs;
        if (sinceMs === undefined) times.degraded++;
        sinceMs ??= atMs;
      } else if (keys.filter((key) => reasons.delete(key)).length > 0) lastGoneMs = atMs;
      else continue;
      if (reasons.size > 0) level = Math.max(...reasons.values());
      else endBefore(atMs);
    }
    endBefore(this.nowMs);
    return { level, reasons, ...times };
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('degrade' as const),
      reason: fc.constantFrom('a', 'b'),
      level: fc.constantFrom(1, 2),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('recover' as const), reason: fc.constantFrom('a', 'b', undefined) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('turn' as const), part: fc.constantFrom(0, 1), ails: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 49, 50, 51, 99, 100, 200) }),
  },
);

describe('GracefulDegradation against its model', () => {
  it('agrees after every step of random degradations, recoveries, links and waits', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 50, 100), fc.array(step, { minLength: 1, maxLength: 40 }), (dwellMs, steps) => {
        const clock = new ManualClock();
        const degradation = new GracefulDegradation({ clock, minDwellMs: dwellMs });
        degradation.register('f', { levels: LEVELS });
        const parts = [new Ailing('0'), new Ailing('1')] as const;
        degradation.link('f', parts[0], { level: 'cached' });
        degradation.link('f', parts[1], { level: 'off' });
        const told = { degraded: 0, recovered: 0, lastedMs: 0 };
        let level = 'full';
        degradation.on('degraded', (event) => {
          expect(event.from).toBe(level);
          if (level === 'full') told.degraded++;
          level = event.level;
        });
        degradation.on('recovered', ({ from, durationMs }) => {
          expect(from).toBe(level);
          level = 'full';
          told.recovered++;
          told.lastedMs += durationMs;
        });
        const model = new Model(dwellMs);
        for (const action of steps) {
          switch (action.do) {
            case 'degrade':
              degradation.degrade('f', { reason: action.reason, level: LEVELS[action.level] });
              model.note([action.reason], action.level);
              break;
            case 'recover':
              degradation.recover('f', { reason: action.reason });
              model.note(action.reason === undefined ? ['a', 'b'] : [action.reason], 0);
              break;
            case 'turn': {
              const part = parts[action.part];
              const ailed = part.status !== 'HEALTHY';
              part.status = action.ails ? 'DEGRADED' : 'HEALTHY';
              part.tell();
              // That a component still ails is no new degradation.
              if (ailed !== action.ails) model.note([`part:${part.name}`], action.ails ? action.part + 1 : 0);
              break;
            }
            case 'wait':
              clock.advance(action.ms);
              model.nowMs += action.ms;
              break;
          }
          const [report] = degradation.status().features;
          const { level: wanted, reasons, ...times } = model.state();
          expect(report?.level).toBe(LEVELS[wanted]);
          expect(level).toBe(report?.level);
          expect(new Set(report?.reasons.map(({ reason }) => reason))).toEqual(new Set(reasons.keys()));
          expect(told).toEqual(times);
          expect(clock.pending).toBe(0);
        }
      }),
      { numRuns: runs(5_000) },
    );
  });
});
