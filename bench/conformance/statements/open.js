import { counted, down, expect, fine, follow, held, opened, repeat, settled } from '../check.js';

export const open = [
  {
    id: 'O01',
    text: 'A refusal says its name, code, state, the time left, and the error that opened the circuit.',
    needs: [],
    async run({ world, facts, ...lab }) {
      const breaker = await opened({ world, ...lab });
      await world.advance(400);
      const told = facts((await settled(world, breaker, fine)).error);
      const missing = [];
      if (told.name === undefined) missing.push('name');
      if (told.code === undefined) missing.push('code');
      if (told.state === undefined) missing.push('state');
      if (!(Math.abs(told.retryAfterMs - 600) < 1)) missing.push('time left');
      if (told.cause?.message !== 'down') missing.push('cause');
      expect(missing.length === 0, `does not tell: ${missing.join(', ')}`);
    },
  },
  {
    id: 'O02',
    text: 'A thousand refusals are a thousand errors, and their stacks do not grow.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = await opened({ world, ...lab });
      const errors = new Set();
      let first;
      let last;
      for (let i = 0; i < 1_000; i++) {
        last = (await settled(world, breaker, fine)).error;
        first ??= last;
        errors.add(last);
      }
      expect(errors.size === 1_000, 'gives callers one shared error');
      expect(last.stack.length <= first.stack.length + 10, 'the stacks grow');
    },
  },
  {
    id: 'O03',
    text: 'Concurrent failures across the threshold open the circuit once.',
    needs: ['events'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3 });
      let opens = 0;
      breaker.onOpen(() => opens++);
      const op = held();
      for (let i = 0; i < 10; i++) follow(breaker.call(op));
      await world.settle();
      op.reject(new Error('down'));
      await world.settle();
      expect(opens === 1, `tells of ${String(opens)} openings`);
    },
  },
  {
    id: 'O04',
    text: 'Answers that arrive while open neither extend nor end the break.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3, breakMs: 1_000 });
      const [failure, success] = [held(), held()];
      for (let i = 0; i < 4; i++) follow(breaker.call(failure));
      follow(breaker.call(success));
      await repeat(world, breaker, down, 3);
      await world.advance(500);
      success.resolve();
      await world.settle();
      expect(breaker.state() === 'open', 'a late success closed it');
      failure.reject(new Error('late'));
      await world.advance(500);
      const probe = counted();
      await settled(world, breaker, probe);
      expect(probe.runs === 1, 'late failures extended the break');
    },
  },
  {
    id: 'O05',
    text: 'A wall clock that is stepped by an hour, either way, changes neither break nor window.',
    needs: [],
    async run({ world, can, ...lab }) {
      for (const stepMs of [3_600_000, -3_600_000]) {
        const breaker = await opened({ world, ...lab });
        world.stepWall(stepMs);
        const early = counted();
        await settled(world, breaker, early);
        expect(early.runs === 0, 'a step forward ends the break');
        await world.advance(1_000);
        const probe = counted();
        await settled(world, breaker, probe);
        expect(probe.runs === 1, 'a step back prolongs the break');
        if (!can('time-window')) continue;
        const windowed = lab.breaker({ rate: { ratio: 0.5, minimum: 10, windowMs: 10_000 } });
        await repeat(world, windowed, down, 9);
        world.stepWall(stepMs);
        await settled(world, windowed, down);
        expect(windowed.state() === 'open', 'a step empties the window');
      }
    },
  },
  {
    id: 'O07',
    text: 'With a break of 0 the next call is a probe.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3, breakMs: 0 });
      await repeat(world, breaker, down, 3);
      // One turn of the event loop for those who need a timer.
      await world.advance(1);
      const probe = counted(down);
      await settled(world, breaker, probe);
      expect(probe.runs === 1, 'refuses the next call');
      expect(breaker.state() !== 'closed', 'the failed probe closed it');
    },
  },
  {
    id: 'O08',
    text: 'Reading the state after the deadline says half-open, without any timer or call.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = await opened({ world, ...lab });
      world.busy(1_001);
      expect(breaker.state() === 'half-open', `says ${breaker.state()} until a timer or a call comes`);
    },
  },
  {
    id: 'O09',
    text: 'An idle or open breaker owns no timer.',
    needs: [],
    async run({ world, can, ...lab }) {
      const idle = [lab.breaker({ opensAfter: 3 })];
      if (can('rate')) idle.push(lab.breaker({ rate: { ratio: 0.5, minimum: 10 } }));
      if (can('slow-calls'))
        idle.push(lab.breaker({ slow: { ratio: 0.5, afterMs: 100, minimum: 4, windowMs: 10_000 } }));
      expect(world.timers === 0, 'idle breakers run timers');
      await opened({ world, ...lab });
      expect(world.timers === 0, 'an open breaker runs a timer');
      expect(
        idle.every((breaker) => breaker.state() === 'closed'),
        'is not closed at the start',
      );
    },
  },
  {
    id: 'O10',
    text: 'The break grows from one failed probe to the next, is capped, and starts anew after a close.',
    needs: ['backoff'],
    async run({ world, ...lab }) {
      const breaker = await opened({ world, ...lab }, { backoff: { factor: 2, maxMs: 3_000 } });
      const lasts = async (breakMs, probe) => {
        await world.advance(breakMs - 1);
        const early = counted();
        await settled(world, breaker, early);
        expect(early.runs === 0, `a break of ${String(breakMs)} ms ended early`);
        await world.advance(1);
        const op = counted(probe);
        await settled(world, breaker, op);
        expect(op.runs === 1, `a break of ${String(breakMs)} ms lasts longer`);
      };
      await lasts(1_000, down);
      await lasts(2_000, down);
      await lasts(3_000, fine);
      await repeat(world, breaker, down, 3);
      await lasts(1_000, fine);
    },
  },
  {
    id: 'O11',
    text: 'An answer that asks to wait opens the circuit for that long, and is no failure.',
    needs: ['throttle'],
    async run({ world, ...lab }) {
      const throttledMs = (error) => error.waitMs;
      const breaker = lab.breaker({ opensAfter: 3, breakMs: 1_000, throttledMs });
      await settled(world, breaker, () => Promise.reject(Object.assign(new Error('429'), { waitMs: 5_000 })));
      expect(breaker.state() === 'open', 'stays closed');
      await world.advance(4_999);
      expect(breaker.state() === 'open', 'opens for less than was asked');
      await world.advance(1);
      const probe = counted();
      await settled(world, breaker, probe);
      expect(probe.runs === 1, 'opens for longer than was asked');
      await repeat(world, breaker, down, 2);
      expect(breaker.state() === 'closed', 'counted it as a failure');
    },
  },
];
