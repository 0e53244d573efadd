/* global AbortController, AbortSignal */
import { abortable, counted, down, expect, fine, follow, held, repeat, seeded, settled } from '../check.js';

export const counting = [
  {
    id: 'C01',
    text: 'A success ends a run of failures: with 5 in a row allowed, 4 + success + 4 leaves the circuit closed.',
    needs: ['consecutive'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ consecutive: 5 });
      await repeat(world, breaker, down, 4);
      await settled(world, breaker, fine);
      await repeat(world, breaker, down, 4);
      expect(breaker.state() === 'closed', 'opened before five in a row');
      await settled(world, breaker, down);
      expect(breaker.state() === 'open', 'five in a row did not open it');
    },
  },
  {
    id: 'C02',
    text: 'A failure rate equal to the threshold opens the circuit.',
    needs: ['rate'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.5, minimum: 10 } });
      await repeat(world, breaker, fine, 5);
      await repeat(world, breaker, down, 5);
      expect(breaker.state() === 'open', 'needs more than its threshold: 5 failures of 10 at 50 % leave it closed');
    },
  },
  {
    id: 'C03',
    text: 'Fewer calls than the minimum never open the circuit, whatever their rate.',
    needs: ['rate'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.5, minimum: 10 } });
      await repeat(world, breaker, down, 9);
      expect(breaker.state() === 'closed', 'opened below the minimum');
      await settled(world, breaker, down);
      expect(breaker.state() === 'open', 'ten failures of ten did not open it');
    },
  },
  {
    id: 'C04',
    text: 'A count window of N knows the last N results only: it opens exactly where a naive recount does.',
    needs: ['count-window'],
    async run({ world, ...lab }) {
      for (let seed = 1; seed <= 40; seed++) {
        const random = seeded(seed);
        const breaker = lab.breaker({ rate: { ratio: 0.7, minimum: 7, last: 7 } });
        const results = [];
        for (let call = 1; call <= 40; call++) {
          const fails = random() < 0.55;
          results.push(fails);
          await settled(world, breaker, fails ? down : fine);
          const last = results.slice(-7);
          const naive = last.length === 7 && last.filter(Boolean).length >= 5;
          // Whether a success may open a circuit is left to the library.
          if (naive && !fails) break;
          expect((breaker.state() === 'open') === naive, `differs from the recount at call ${String(call)}`);
          if (naive) break;
        }
      }
    },
  },
  {
    id: 'C05',
    text: 'After an idle time longer than the window no old failure counts.',
    needs: ['time-window'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.5, minimum: 10, windowMs: 10_000 } });
      await repeat(world, breaker, down, 9);
      await world.advance(300_000);
      await settled(world, breaker, down);
      expect(breaker.state() === 'closed', 'nine failures from five minutes ago count in a window of ten seconds');
      await repeat(world, breaker, down, 9);
      expect(breaker.state() === 'open', 'ten failures within the window did not open it');
    },
  },
  {
    id: 'C06',
    text: 'A time window forgets what is older than itself, and nothing else.',
    needs: ['time-window'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.5, minimum: 10, windowMs: 10_000 } });
      await repeat(world, breaker, down, 4);
      await world.advance(5_000);
      await repeat(world, breaker, down, 4);
      await world.advance(7_000);
      await repeat(world, breaker, down, 5);
      expect(breaker.state() === 'closed', 'failures of 12 s ago count in a window of 10 s');
      await settled(world, breaker, down);
      expect(breaker.state() === 'open', 'failures of 7 s ago are lost from a window of 10 s');
    },
  },
  {
    id: 'C07',
    text: 'Calls in flight do not dilute the rate: 100 running, 50 of 50 completed failed, open.',
    needs: ['rate'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.5, minimum: 20 } });
      const slow = held();
      const running = Array.from({ length: 100 }, () => follow(breaker.call(slow)));
      await repeat(world, breaker, down, 50);
      const state = breaker.state();
      slow.resolve();
      await world.settle();
      expect(running.length === 100 && state === 'open', 'counts calls that have no result yet as healthy');
    },
  },
  {
    id: 'C08',
    text: 'Refused calls (and disabled ones, where there is such a mode) never enter the rate.',
    needs: ['rate'],
    async run({ world, can, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.5, minimum: 10, windowMs: 60_000 }, breakMs: 1_000 });
      await repeat(world, breaker, down, 10);
      await repeat(world, breaker, fine, 100);
      await world.advance(1_000);
      await settled(world, breaker, fine);
      expect(breaker.state() === 'closed', 'did not recover');
      if (can('disable')) {
        breaker.disable();
        await repeat(world, breaker, fine, 100);
        breaker.enable();
      }
      await repeat(world, breaker, down, 20);
      expect(breaker.state() === 'open', 'twenty failures of twenty do not open it: it counts calls that never ran');
    },
  },
  {
    id: 'C09',
    text: 'A full bulkhead is not a failure of the dependency.',
    needs: ['bulkhead'],
    async run({ world, ...lab }) {
      const breaker = lab.breakerWithBulkhead({ opensAfter: 5, limit: 1 });
      const slow = held();
      const running = follow(breaker.call(slow));
      await repeat(world, breaker, fine, 20);
      const state = breaker.state();
      slow.resolve('done');
      await world.settle();
      expect(running.value === 'done', 'the running call got no answer');
      expect(state === 'closed', 'opened though the dependency never failed');
    },
  },
  {
    id: 'C10',
    text: 'An ignored error is neither success nor failure, and its permit is returned.',
    needs: ['rate', 'ignore'],
    async run({ world, ...lab }) {
      const ignore = (error) => error.message === 'not yours';
      const notYours = () => Promise.reject(new Error('not yours'));
      const breaker = lab.breaker({ rate: { ratio: 0.8, minimum: 4 }, breakMs: 1_000, ignore });
      await repeat(world, breaker, notYours, 4);
      expect(breaker.state() === 'closed', 'counts an ignored error as a failure');
      await repeat(world, breaker, down, 4);
      expect(breaker.state() === 'open', 'counts an ignored error as a success');
      await world.advance(1_000);
      await settled(world, breaker, notYours);
      expect(breaker.state() !== 'closed', 'an ignored probe closes the circuit');
      expect(breaker.state() !== 'open', 'an ignored probe re-opens the circuit');
      const next = counted();
      await settled(world, breaker, next);
      expect(next.runs === 1, 'an ignored probe keeps its place');
    },
  },
  {
    id: 'C11',
    text: 'An error that an ignore rule and a record rule both match is treated by a documented precedence.',
    needs: ['ignore-and-record'],
    run() {
      expect(false, 'no contestant has two rules');
    },
  },
  {
    id: 'C13',
    text: 'A synchronous throw becomes a rejection, and counts once.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 2 });
      const thrower = () => {
        throw new Error('at once');
      };
      for (const state of ['closed', 'open']) {
        let outcome;
        try {
          outcome = await settled(world, breaker, thrower);
        } catch {
          expect(false, 'throws synchronously');
        }
        expect(outcome.error?.message === 'at once', 'does not reject with what was thrown');
        expect(breaker.state() === state, `is ${breaker.state()} where two failures open it`);
      }
    },
  },
  {
    id: 'C14',
    text: 'A plain function that returns undefined, null, 0 or an empty string succeeds with that value.',
    needs: ['plain-functions'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 2 });
      for (const value of [undefined, null, 0, '']) {
        const outcome = await settled(world, breaker, () => value);
        expect(outcome.status === 'fulfilled', `rejects for ${String(value)}: ${outcome.error?.message}`);
        expect(outcome.value === value, `turns ${String(value)} into ${String(outcome.value)}`);
      }
      expect(breaker.state() === 'closed', 'counts such a value as a failure');
    },
  },
  {
    id: 'C15',
    text: 'Rejecting with undefined, null or a string settles with the same value, as a failure.',
    needs: [],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 3 });
      for (const value of [undefined, null, 'text']) {
        const outcome = await settled(world, breaker, () => Promise.reject(value));
        expect(outcome.status === 'rejected', `does not reject for ${String(value)}: ${outcome.status}`);
        expect(outcome.error === value, `rejects with ${String(outcome.error)} in place of ${String(value)}`);
      }
      expect(breaker.state() === 'open', 'does not count such a failure');
    },
  },
  {
    id: 'C17',
    text: 'A result that is judged a failure counts, and is returned.',
    needs: ['judge-results'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 2, failedResult: (value) => value === 503 });
      for (let i = 0; i < 2; i++) {
        const outcome = await settled(world, breaker, () => Promise.resolve(503));
        expect(outcome.value === 503, 'does not return the result');
      }
      expect(breaker.state() === 'open', 'does not count it');
    },
  },
  {
    id: 'C18',
    text: 'Slow successes are returned, and open the circuit at their own rate.',
    needs: ['slow-calls'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ slow: { ratio: 0.5, afterMs: 100, minimum: 4, windowMs: 10_000 } });
      const run = async (ms) => {
        const call = held();
        const outcome = follow(breaker.call(call));
        await world.advance(ms);
        call.resolve('late');
        await world.settle();
        expect(outcome.value === 'late', 'does not return the slow result');
      };
      for (const ms of [10, 10, 200]) await run(ms);
      expect(breaker.state() === 'closed', 'opened below its threshold');
      await run(200);
      expect(breaker.state() === 'open', 'two slow calls of four at 50 % did not open it');
    },
  },
  {
    id: 'C19',
    text: 'Calls in flight beyond the slow threshold open the circuit before any of them completes.',
    needs: ['slow-calls'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ slow: { ratio: 0.5, afterMs: 100, minimum: 4, windowMs: 10_000 } });
      const never = held();
      for (let i = 0; i < 10; i++) follow(breaker.call(never));
      await world.advance(99);
      expect(breaker.state() === 'closed', 'opened before the threshold');
      await world.advance(2);
      const next = counted();
      await settled(world, breaker, next);
      never.resolve();
      await world.settle();
      expect(next.runs === 0, 'ten calls that hang do not open it');
    },
  },
  {
    id: 'C20',
    text: 'A call whose caller gave up counts neither as failure nor as success.',
    needs: ['rate'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ rate: { ratio: 0.8, minimum: 4 }, ignoreAborts: true });
      for (let i = 0; i < 4; i++) {
        const controller = new AbortController();
        follow(breaker.call(abortable(), { signal: controller.signal }));
        await world.settle();
        controller.abort();
        await world.settle();
      }
      expect(breaker.state() === 'closed', 'four callers who gave up opened it');
      await repeat(world, breaker, down, 4);
      expect(breaker.state() === 'open', 'counts a caller who gave up as a success');
    },
  },
  {
    id: 'C21',
    text: 'With a signal that is aborted already the operation is not run and nothing counts.',
    needs: ['call-signal'],
    async run({ world, ...lab }) {
      const breaker = lab.breaker({ opensAfter: 2 });
      const op = counted(down);
      for (let i = 0; i < 3; i++) {
        const outcome = await settled(world, breaker, op, { signal: AbortSignal.abort() });
        expect(outcome.status === 'rejected', 'does not reject');
      }
      expect(op.runs === 0, 'runs the operation all the same');
      expect(breaker.state() === 'closed', 'counts it');
    },
  },
];
