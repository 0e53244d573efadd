/* global AbortController */
import {
  abortable,
  counted,
  down,
  expect,
  fine,
  follow,
  held,
  letsThrough,
  opened,
  probing,
  repeat,
  settled,
} from '../check.js';

/** The same shape with other leaves, as a broken store would give it back. */
function corrupt(value, leaf) {
  if (typeof value !== 'object' || value === null) return leaf;
  const entries = Object.entries(value).map(([key, item]) => [key, corrupt(item, leaf)]);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

export const guards = [
  {
    id: 'T01',
    text: 'A timeout aborts its own call only; those beside and after it have signals of their own.',
    needs: ['timeout-signal'],
    async run({ world, ...lab }) {
      const guard = lab.timeout(100);
      const [early, late] = [held(), held()];
      const timedOut = follow(guard.call(early));
      await world.advance(50);
      follow(guard.call(late));
      await world.advance(50);
      expect(timedOut.status === 'rejected', 'did not time out');
      expect(early.signals[0]?.aborted === true, 'the signal of the call that timed out is not aborted');
      expect(late.signals[0]?.aborted === false, 'aborts the signal of another call');
      late.resolve();
      await world.settle();
      const next = held();
      follow(guard.call(next));
      await world.settle();
      const aborted = next.signals[0]?.aborted;
      next.resolve();
      await world.settle();
      expect(aborted === false, 'a later call gets an aborted signal');
    },
  },
  {
    id: 'T02',
    text: 'An answer after the timeout changes nothing, and no rejection goes unhandled.',
    needs: ['timeout'],
    async run({ world, ...lab }) {
      const guard = lab.timeout(100);
      const op = held();
      const outcome = follow(guard.call(op));
      await world.advance(100);
      const { error } = outcome;
      expect(outcome.status === 'rejected', 'did not time out');
      op.reject(new Error('late'));
      await world.settle();
      expect(outcome.error === error, 'has two outcomes');
      expect(world.unhandled.length === 0, 'leaves the late rejection unhandled');
      expect(world.timers <= lab.timersAtRest, 'keeps its timer');
    },
  },
  {
    id: 'T04',
    text: "The caller's abort is not reported as a timeout, and its reason is kept.",
    needs: ['timeout', 'call-signal'],
    async run({ world, ...lab }) {
      for (const op of [abortable(), held()]) {
        const controller = new AbortController();
        const outcome = follow(lab.timeout(1_000).call(op, { signal: controller.signal }));
        await world.settle();
        controller.abort(new Error('the user left'));
        await world.settle();
        // Whether a call ends whose operation does not listen is left to the library.
        op.reject?.(controller.signal.reason);
        await world.settle();
        expect(outcome.error?.message === 'the user left', `reports: ${outcome.error?.message}`);
      }
    },
  },
  {
    id: 'F01',
    text: 'A fallback gets the error, runs once, and not for a caller who gave up.',
    needs: ['fallback'],
    async run({ world, can, ...lab }) {
      const errors = [];
      const guard = lab.fallback((error) => {
        errors.push(error);
        return 'instead';
      });
      const outcome = await settled(world, guard, down);
      expect(outcome.value === 'instead', 'does not answer instead');
      expect(errors.length === 1, `runs ${String(errors.length)} times`);
      expect(errors[0]?.message === 'down', 'does not get the error');
      if (!can('call-signal')) return;
      const controller = new AbortController();
      follow(guard.call(abortable(), { signal: controller.signal }));
      await world.settle();
      controller.abort();
      await world.settle();
      expect(errors.length === 1, 'runs for a caller who gave up');
    },
  },
];

export const state = [
  {
    id: 'P01',
    text: 'A break that is exported and restored elsewhere lasts as long as it would have lasted here.',
    needs: ['export'],
    async run({ world, ...lab }) {
      const breaker = await opened({ world, ...lab });
      await world.advance(200);
      const exported = breaker.export();
      await world.advance(300);
      const restored = lab.restore(exported, { opensAfter: 3, breakMs: 1_000 });
      expect(!(await letsThrough(world, restored)), 'forgets the break');
      await world.advance(499);
      expect(!(await letsThrough(world, restored)), 'ends the break early');
      await world.advance(2);
      expect(await letsThrough(world, restored), 'prolongs the break');
    },
  },
  {
    id: 'P02',
    text: 'An export is a copy; a corrupt or future-dated one restores a closed circuit.',
    needs: ['export'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3 });
      await repeat(world, breaker, down, 2);
      const exported = breaker.export();
      await settled(world, breaker, down);
      expect(JSON.stringify(exported) !== JSON.stringify(breaker.export()), 'the export does not show the opening');
      const openOne = breaker.export();
      for (const leaf of ['garbage', 8e15, null]) {
        let restored;
        try {
          restored = lab.restore(corrupt(openOne, leaf), { opensAfter: 3, breakMs: 1_000 });
        } catch (error) {
          expect(false, `a corrupt export makes the constructor throw: ${error.message}`);
        }
        const what = leaf === 8e15 ? 'future-dated' : 'corrupt';
        expect(await letsThrough(world, restored), `a ${what} export restores a breaker that refuses calls`);
        expect(restored.state() === 'closed', `a ${what} export restores a breaker that is ${restored.state()}`);
        await repeat(world, restored, down, 3);
        expect(restored.state() === 'open', `a ${what} export restores a breaker that never opens`);
      }
    },
  },
  {
    id: 'P03',
    text: 'Half-open is exported as open and ready for a probe.',
    needs: ['export'],
    async run({ world, ...lab }) {
      const breaker = await probing({ world, ...lab });
      const probe = held();
      follow(breaker.call(probe));
      await world.settle();
      const restored = lab.restore(breaker.export(), { opensAfter: 3, breakMs: 1_000 });
      const own = held();
      follow(restored.call(own));
      await world.settle();
      expect(own.runs === 1, 'the restored breaker lets no probe through');
      own.reject(new Error('down'));
      probe.resolve();
      await world.settle();
      expect(restored.state() === 'open', 'the restored breaker did not probe: a failure left it closed');
    },
  },
  {
    id: 'G01',
    text: 'A registry gives the same breaker for the same key.',
    needs: ['registry'],
    run(lab) {
      const registry = lab.registry({ maxEntries: 10 });
      expect(registry.for('a') === registry.for('a'), 'gives another breaker for the same key');
      expect(registry.for('a') !== registry.for('b'), 'gives one breaker for two keys');
    },
  },
  {
    id: 'G02',
    text: 'A full registry never forgets a breaker that is open, isolated or busy.',
    needs: ['registry'],
    async run({ world, ...lab }) {
      const registry = lab.registry({ maxEntries: 3 });
      const [broken, isolated, busy] = ['broken', 'isolated', 'busy'].map((key) => lab.adopt(registry.for(key)));
      await repeat(world, broken, down, 5);
      const lift = isolated.isolate();
      const running = held();
      follow(busy.call(running));
      await world.settle();
      for (let i = 0; i < 50; i++) await settled(world, lab.adopt(registry.for(`key ${String(i)}`)), fine);
      expect(lab.adopt(registry.for('broken')).state() === 'open', 'forgot an open breaker');
      expect(lab.adopt(registry.for('isolated')).state() === 'isolated', 'forgot an isolated breaker');
      const before = registry.for('busy');
      running.resolve();
      await world.settle();
      lift();
      expect(registry.for('busy') === before, 'forgot a busy breaker');
    },
  },
  {
    id: 'G03',
    text: 'What a registry removes leaves no timer and no series behind.',
    needs: ['registry'],
    async run({ world, ...lab }) {
      const registry = lab.registry({ maxEntries: 5 });
      for (let i = 0; i < 500; i++) await settled(world, lab.adopt(registry.for(`key ${String(i)}`)), fine);
      const series = registry.series();
      expect(series <= 200, `keeps ${String(series)} series for 5 breakers`);
      expect(world.timers === 0, 'keeps timers');
    },
  },
  {
    id: 'X01',
    text: 'A retry around an open breaker ends with the refusal, without waiting.',
    needs: ['retry', 'compose'],
    async run({ world, ...lab }) {
      const breaker = await opened({ world, ...lab }, { breakMs: 60_000 });
      const guard = lab.retryAround(breaker, { attempts: 3, baseMs: 100, maxMs: 1_000, factor: 2 });
      const { status } = await settled(world, guard, fine);
      await world.advance(30_000);
      expect(status === 'rejected', 'retries the refusal of an open breaker');
    },
  },
  {
    id: 'X02',
    text: 'A breaker around a retry counts one result a call.',
    needs: ['retry', 'compose'],
    async run({ world, ...lab }) {
      const guard = lab.breakerAroundRetry({ opensAfter: 2 }, { attempts: 3, baseMs: 10, maxMs: 10, factor: 1 });
      const op = counted(down);
      for (const [runs, expected] of [
        [3, 'closed'],
        [6, 'open'],
      ]) {
        follow(guard.call(op));
        await world.advance(1_000);
        expect(op.runs === runs, `ran the operation ${String(op.runs)} times where ${String(runs)} are due`);
        expect(
          guard.state() === expected,
          `is ${guard.state()} after ${String(runs / 3)} calls of three attempts each`,
        );
      }
    },
  },
  {
    id: 'X03',
    text: 'A failure that concurrent callers shared is not replayed to later ones.',
    needs: ['coalesce'],
    async run({ world, ...lab }) {
      const breaker = lab.coalescing();
      const op = counted(down);
      await settled(world, breaker, op);
      await settled(world, breaker, op);
      expect(op.runs === 2, 'a later caller gets the old failure');
    },
  },
];
