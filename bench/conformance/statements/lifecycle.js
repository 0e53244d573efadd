/* global AbortController */
import { counted, down, expect, fine, follow, held, letsThrough, opened, repeat, settled } from '../check.js';

export const lifecycle = [
  {
    id: 'M01',
    text: 'Isolation is counted, a handle works once, and running calls change nothing.',
    needs: ['isolate'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3 });
      const running = held();
      follow(breaker.call(running));
      const [first, second] = [breaker.isolate(), breaker.isolate()];
      first();
      first();
      running.resolve();
      await world.settle();
      expect(!(await letsThrough(world, breaker)), 'disposing one handle twice lifted both isolations');
      second();
      expect(breaker.state() === 'closed', 'the last handle did not lift it');
      expect(await letsThrough(world, breaker), 'refuses after the last handle');
    },
  },
  {
    id: 'M03',
    text: 'Disabled lets everything through, uncounted and silent; enabling starts afresh.',
    needs: ['disable', 'events'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3 });
      let events = 0;
      await repeat(world, breaker, down, 2);
      breaker.disable();
      breaker.onOpen(() => events++);
      const op = counted(down);
      await repeat(world, breaker, op, 10);
      expect(op.runs === 10, 'refuses calls while disabled');
      expect(events === 0, 'opens while disabled');
      breaker.enable();
      await repeat(world, breaker, down, 2);
      expect(breaker.state() === 'closed', 'failures from before count after it was enabled again');
      await settled(world, breaker, down);
      expect(breaker.state() === 'open', 'does not count after it was enabled again');
    },
  },
  {
    id: 'M04',
    text: 'Disposing stops everything, twice is harmless, and nothing revives the breaker.',
    needs: ['dispose'],
    async run({ world, ...lab }) {
      const breaker = await opened({ world, ...lab });
      breaker.watch?.(() => Promise.reject(new Error('down')));
      await world.settle();
      breaker.dispose();
      breaker.dispose();
      const state = breaker.state();
      const { timers } = world;
      await world.advance(60_000);
      expect(breaker.state() === state, `moves to ${breaker.state()} after it was disposed`);
      expect(timers === 0, 'keeps timers after it was disposed');
    },
  },
  {
    id: 'M05',
    text: 'Going where it already is emits nothing.',
    needs: ['events'],
    async run({ world, can, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3 });
      const seen = [];
      breaker.onChange((to) => seen.push(to));
      if (can('reset')) breaker.reset();
      await world.settle();
      expect(seen.length === 0, 'closing a closed circuit tells of a change');
      if (can('isolate')) {
        breaker.isolate();
        breaker.isolate();
        expect(seen.length === 1, `isolating twice tells of ${String(seen.length)} changes`);
      } else {
        await repeat(world, breaker, down, 5);
        expect(seen.length === 1, `opening once tells of ${String(seen.length)} changes`);
      }
    },
  },
  {
    id: 'M06',
    text: 'A listener that throws changes no outcome, and later listeners run.',
    needs: ['events'],
    async run({ world, can, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 2 });
      let heard = 0;
      const bad = () => {
        throw new Error('bad listener');
      };
      if (can('success-event')) {
        breaker.onSuccess(bad);
        breaker.onSuccess(() => heard++);
        const outcome = await settled(world, breaker, fine);
        expect(outcome.value === 'fine', `turned a success into: ${outcome.error?.message ?? outcome.status}`);
        expect(heard === 1, 'later listeners did not hear of it');
      }
      breaker.onOpen(bad);
      heard = 0;
      breaker.onOpen(() => heard++);
      await settled(world, breaker, down);
      const outcome = await settled(world, breaker, down);
      expect(outcome.error?.message === 'down', `gave the caller: ${outcome.error?.message ?? outcome.status}`);
      expect(heard === 1, 'later listeners did not hear of the opening');
    },
  },
  {
    id: 'M07',
    text: 'A listener may use the breaker, sees the new state, and hears changes in their order.',
    needs: ['events'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 2, breakMs: 1_000 });
      const seen = [];
      let inner;
      breaker.onChange((to) => {
        seen.push(to);
        expect(breaker.state() === to, 'the state is not yet the one that is told');
        if (to === 'open') inner ??= follow(breaker.call(fine));
      });
      await repeat(world, breaker, down, 2);
      expect(inner?.status === 'rejected', 'a call made by the listener is not refused');
      await world.advance(1_000);
      await settled(world, breaker, fine);
      await world.settle();
      expect(seen.join() === 'open,half-open,closed', `tells ${seen.join(', ')}`);
    },
  },
  {
    id: 'M08',
    text: 'A thousand calls on one signal leave no listener on it.',
    needs: ['call-signal'],
    async run({ world, listenersOn, ...lab }) {
      const { signal } = new AbortController();
      const breaker = lab.breaker({ opensAfter: 3 });
      for (let i = 0; i < 1_000; i++)
        await settled(world, breaker, (call) => Promise.resolve(call?.signal), { signal });
      expect(listenersOn(signal) === 0, `leaves ${String(listenersOn(signal))} listeners`);
    },
  },
  {
    id: 'M09',
    text: 'The options object is not changed, and two breakers may share it.',
    needs: [],
    async run({ world, ...lab }) {
      const { options, make } = lab.sharedOptions({ opensAfter: 3 });
      const before = Object.keys(options).length;
      const [one, other] = [make(), make()];
      const added = Object.keys(options).length - before;
      expect(added === 0, `adds ${String(added)} keys to it`);
      await repeat(world, one, down, 2);
      await repeat(world, other, down, 2);
      expect(other.state() === 'closed', 'two breakers with the same options share their counts');
    },
  },
];
