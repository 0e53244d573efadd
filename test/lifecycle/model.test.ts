import fc from 'fast-check';
import type { LifecyclePhase, StopPhase } from 'breakwater/lifecycle';
import type { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { runs } from '../runs.js';
import { setup, turns } from './setup.js';

type Behaviour =
  | { readonly kind: 'done'; readonly ms: number }
  | { readonly kind: 'throws' | 'hangs' | 'yields' }
  | { readonly kind: 'rejects'; readonly ms: number };

const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('done' as const), ms: fc.integer({ min: 0, max: 300 }) }) },
  fc.record({ kind: fc.constantFrom('throws' as const, 'hangs' as const, 'yields' as const) }),
  fc.record({ kind: fc.constant('rejects' as const), ms: fc.integer({ min: 0, max: 300 }) }),
);
const well: fc.Arbitrary<Behaviour> = fc.record({
  kind: fc.constant('done' as const),
  ms: fc.integer({ min: 0, max: 60 }),
});

const PHASES: readonly StopPhase[] = ['ingress', 'work', 'resources', 'telemetry'];

/** What a hook of that behaviour does. */
function acts(clock: ManualClock, act: Behaviour): unknown {
  switch (act.kind) {
    case 'throws':
      throw new Error('thrown');
    case 'hangs':
      return new Promise(() => undefined);
    case 'yields':
      return { then: (done: () => void) => void clock.schedule(done, 0) };
    case 'rejects':
      return new Promise((_, reject) => {
        clock.schedule(() => {
          reject(new Error('rejected'));
        }, act.ms);
      });
    default:
      return new Promise<void>((resolve) => clock.schedule(resolve, act.ms));
  }
}

const goesWell = ({ kind }: Behaviour): boolean => kind === 'done' || kind === 'yields';

describe('a lifecycle, whatever its hooks do', () => {
  it('HLD-45 HLD-46 HLD-47 HLD-54 ends once, in time, in order, with the right code, and stops what it started', async () => {
    const scenario = fc.record({
      starts: fc.array(fc.oneof({ weight: 3, arbitrary: well }, behaviour), { maxLength: 4 }),
      parallel: fc.boolean(),
      stops: fc.array(fc.record({ phase: fc.constantFrom(...PHASES), act: behaviour }), { maxLength: 5 }),
      jobs: fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 3 }),
      stopAtMs: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined }),
      drainDelayMs: fc.constantFrom(0, 100),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ starts, parallel, stops, jobs, stopAtMs, drainDelayMs }) => {
        const budgetMs = 2_000;
        const made = setup({ budgetMs, drainDelayMs, hookTimeoutMs: 500, startTimeoutMs: 1_000 });
        const { lifecycle, clock, exits } = made;
        const phases: LifecyclePhase[] = [lifecycle.phase];
        lifecycle.on('phaseChange', ({ from, to }) => {
          expect(from).toBe(phases.at(-1));
          phases.push(to);
        });
        const begun = new Set<string>();
        const started = new Set<string>();
        const ran: string[] = [];
        starts.forEach((act, i) => {
          const name = `part ${String(i)}`;
          const start = async (): Promise<void> => {
            begun.add(name);
            await (acts(clock, act) as Promise<void>);
            started.add(name);
          };
          lifecycle.onStart(name, start, parallel ? { needs: [] } : {});
        });
        starts.forEach((_, i) => {
          const name = `part ${String(i)}`;
          lifecycle.onStop('resources', name, () => void ran.push(name));
        });
        stops.forEach(({ phase, act }, i) => {
          lifecycle.onStop(phase, `hook ${String(i)}`, () => {
            ran.push(`hook ${String(i)}`);
            return acts(clock, act);
          });
        });
        for (const ms of jobs) clock.schedule(lifecycle.track('job').done, ms);
        let beganMs: number | undefined;
        lifecycle.on('phaseChange', ({ to }) => {
          if (to === 'DRAINING') beganMs = clock.now();
        });
        let startedOk: boolean | undefined;
        void lifecycle.start().then(
          () => (startedOk = true),
          () => (startedOk = false),
        );
        if (stopAtMs !== undefined) clock.schedule(() => void lifecycle.stop('asked'), stopAtMs);
        for (let ms = 0; ms < 6_000 && exits.length === 0; ms += 50) {
          await clock.advanceAsync(50);
          await turns(4);
        }
        if (exits.length === 0) {
          expect([lifecycle.phase, startedOk]).toEqual(['READY', true]);
          void lifecycle.stop('asked');
          for (let ms = 0; ms < 4_000 && exits.length === 0; ms += 50) {
            await clock.advanceAsync(50);
            await turns(4);
          }
        }
        await turns();
        const { stop } = lifecycle.report();
        expect(exits).toHaveLength(1);
        expect(lifecycle.phase).toBe('STOPPED');
        expect(phases.at(-2)).toBe('DRAINING');
        expect(stop?.durationMs).toBeLessThanOrEqual(budgetMs + 500);
        expect(beganMs).toBeDefined();
        // Each hook once; those of parts only if the part was up.
        expect(new Set(ran).size).toBe(ran.length);
        const hooks = stops.map((one, i) => ({ ...one, name: `hook ${String(i)}` }));
        const expected = PHASES.flatMap((phase) => [
          ...hooks.filter((hook) => hook.phase === phase).reverse(),
          ...(phase === 'resources' ? starts.map((_, i) => ({ name: `part ${String(i)}` })).reverse() : []),
        ]).map(({ name }) => name);
        const skipped = stop?.steps.filter(({ status }) => status === 'SKIPPED').map(({ name }) => name.slice(5)) ?? [];
        expect(ran).toEqual(expected.filter((name) => !skipped.includes(name)));
        expect(skipped.every((name) => name.startsWith('part'))).toBe(true);
        for (const [i, act] of starts.entries()) {
          const name = `part ${String(i)}`;
          if (!begun.has(name) || !goesWell(act)) expect(skipped).toContain(name);
          else if (startedOk === true) expect(skipped).not.toContain(name);
        }
        const clean =
          stop?.reason === 'asked' && stop.steps.every(({ status }) => status === 'DONE' || status === 'SKIPPED');
        expect(exits).toEqual([clean ? 0 : 1]);
        if (hooks.some(({ act }) => !goesWell(act))) expect(exits).toEqual([1]);
      }),
      { numRuns: runs(300) },
    );
  });
});
