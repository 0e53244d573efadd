/* global AbortController */
import { abortable, counted, down, expect, fine, follow, held, settled } from '../check.js';

const BASIC = { attempts: 3, baseMs: 100, maxMs: 1_000, factor: 2 };

/** The waits between the attempts of one call that always fails. */
async function waits({ world, ...lab }, spec) {
  const at = [];
  const outcome = follow(
    lab.retry(spec).call(() => {
      at.push(world.now());
      return down();
    }),
  );
  for (let i = 0; i < 100 && outcome.status === 'pending'; i++) await world.advance(spec.maxMs + 1);
  return at.slice(1).map((ms, i) => ms - at[i]);
}

export const retry = [
  {
    id: 'R01',
    text: "An abort during a wait rejects at once with the signal's reason, and nothing runs again.",
    needs: ['retry', 'call-signal'],
    async run({ world, listenersOn, ...lab }) {
      const controller = new AbortController();
      const op = counted(down);
      const outcome = follow(lab.retry({ ...BASIC, baseMs: 1_000 }).call(op, { signal: controller.signal }));
      await world.settle();
      controller.abort(new Error('gone'));
      await world.settle();
      const { status, error } = outcome;
      await world.advance(10_000);
      expect(op.runs === 1, `ran the operation again, ${String(op.runs)} times in all`);
      expect(status === 'rejected', 'sleeps on');
      expect(error?.message === 'gone', `rejects with: ${error?.message}`);
      expect(listenersOn(controller.signal) === 0, 'leaves a listener on the signal');
    },
  },
  {
    id: 'R02',
    text: 'An abort during an attempt is told to no retry listener, and is not retried.',
    needs: ['retry', 'call-signal', 'retry-events'],
    async run({ world, ...lab }) {
      const controller = new AbortController();
      const guard = lab.retry(BASIC);
      let events = 0;
      guard.onRetry(() => events++);
      const op = abortable();
      const outcome = follow(guard.call(op, { signal: controller.signal }));
      await world.settle();
      controller.abort();
      await world.advance(10_000);
      expect(outcome.status === 'rejected', 'does not end the call');
      expect(op.runs === 1 && events === 0, 'retries a call whose caller gave up');
    },
  },
  {
    id: 'R04',
    text: 'A wait beyond the longest platform timer does not become a millisecond.',
    needs: ['retry'],
    async run({ world, ...lab }) {
      const op = counted(down);
      follow(lab.retry({ attempts: 20, baseMs: 1e12, maxMs: 1e13, factor: 2 }).call(op));
      await world.advance(60_000);
      expect(op.runs === 1, `ran ${String(op.runs)} times within a minute where 31 years lie between`);
    },
  },
  {
    id: 'R05',
    text: 'Waits are still spread at their cap.',
    needs: ['retry', 'retry-jitter'],
    async run(lab) {
      for (const jitter of lab.jitters) {
        const seen = await waits(lab, { attempts: 30, baseMs: 100, maxMs: 1_000, factor: 2, jitter });
        const distinct = new Set(seen.slice(10)).size;
        expect(distinct > 5, `${jitter}: waits at the cap are all alike`);
      }
    },
  },
  {
    id: 'R06',
    text: 'A wait is never negative and never above its cap.',
    needs: ['retry'],
    async run(lab) {
      for (const jitter of [undefined, ...lab.jitters]) {
        const seen = await waits(lab, { attempts: 30, baseMs: 400, maxMs: 1_000, factor: 3, jitter });
        expect(seen.length === 29, `makes ${String(seen.length + 1)} attempts of 30`);
        expect(
          Math.max(...seen) < 1_000.001,
          `${jitter ?? 'no jitter'}: waited ${String(Math.max(...seen))} ms of 1,000`,
        );
        expect(Math.min(...seen) >= 0, 'waited less than nothing');
      }
    },
  },
  {
    id: 'R07',
    text: 'The growth factor is honoured by every kind of jitter.',
    needs: ['retry', 'retry-factor'],
    async run(lab) {
      const thirdWait = async (factor, jitter) => {
        let sum = 0;
        for (let i = 0; i < 30; i++)
          sum += (await waits(lab, { attempts: 4, baseMs: 100, maxMs: 1e6, factor, jitter }))[2];
        return sum;
      };
      for (const jitter of [undefined, ...lab.jitters]) {
        const ratio = (await thirdWait(10, jitter)) / (await thirdWait(2, jitter));
        expect(ratio > 3, `${jitter ?? 'no jitter'}: a factor of 10 waits like one of 2`);
      }
    },
  },
  {
    id: 'R08',
    text: 'The option that counts attempts includes the first.',
    needs: ['retry'],
    async run({ world, ...lab }) {
      const op = counted(down);
      follow(lab.retryByItsOwnCount(3).call(op));
      await world.advance(60_000);
      expect(op.runs === 3, `3 runs the operation ${String(op.runs)} times`);
    },
  },
  {
    id: 'R09',
    text: 'A retry without end holds a bounded amount of memory.',
    needs: ['retry'],
    async run({ world, collectGarbage, ...lab }) {
      let runs = 0;
      let stop = false;
      const call = () => {
        runs++;
        if (stop) return fine();
        return Promise.reject(Object.assign(new Error('down'), { ballast: new Array(2_500).fill(runs) }));
      };
      follow(lab.retry({ attempts: Infinity, baseMs: 1, maxMs: 1, factor: 1 }).call(call));
      await world.advance(100);
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      await world.advance(1_500);
      collectGarbage();
      const grownMb = (process.memoryUsage().heapUsed - before) / 1e6;
      const made = runs;
      stop = true;
      await world.advance(10);
      expect(made > 500, `made ${String(made)} attempts only`);
      expect(grownMb < 8, `holds ${grownMb.toFixed(0)} MB of errors`);
    },
  },
  {
    id: 'R10',
    text: 'Retry-After is honoured (seconds, fractions, date, ms); a longer one than allowed ends the call and is told.',
    needs: ['retry', 'retry-after'],
    async run({ world, facts, ...lab }) {
      const date = new Date(world.wallMs() + 3_000).toUTCString();
      for (const [headers, waitMs] of [
        [{ 'retry-after': '2' }, 2_000],
        [{ 'retry-after': '1.5' }, 1_500],
        [{ 'x-amz-retry-after': '700' }, 700],
        [{ 'retry-after': '-5' }, 0],
        [{ 'retry-after': date }, undefined],
      ]) {
        const dueMs = waitMs ?? Date.parse(date) - world.wallMs();
        const answer = () => Promise.reject(Object.assign(new Error('busy'), { headers }));
        const op = counted(answer);
        follow(lab.retry({ attempts: 2, baseMs: 1, maxMs: 1, factor: 1, retryAfterMaxMs: 10_000 }).call(op));
        await world.advance(Math.max(0, dueMs - 1));
        expect(dueMs === 0 || op.runs === 1, `${JSON.stringify(headers)}: came back early`);
        await world.advance(dueMs === 0 ? 2 : 1);
        expect(op.runs === 2, `${JSON.stringify(headers)}: did not come back in time`);
      }
      const op = counted(() => Promise.reject(Object.assign(new Error('busy'), { headers: { 'retry-after': '60' } })));
      const outcome = await settled(world, lab.retry({ ...BASIC, retryAfterMaxMs: 10_000 }), op);
      expect(outcome.status === 'rejected' && op.runs === 1, 'does not end with a wait that is too long');
      expect(facts(outcome.error).retryAfterMs === 60_000, 'does not tell the wait');
    },
  },
  {
    id: 'R11',
    text: 'The last error is thrown, and the earlier ones are reachable from it.',
    needs: ['retry'],
    async run({ world, earlierErrors, ...lab }) {
      let attempt = 0;
      const outcome = follow(lab.retry(BASIC).call(() => Promise.reject(new Error(attempt++ < 2 ? 'early' : 'last'))));
      await world.advance(10_000);
      expect(outcome.error?.message === 'last', `throws: ${outcome.error?.message}`);
      expect(earlierErrors(outcome.error)?.length === 2, 'the earlier errors are not reachable from it');
    },
  },
  {
    id: 'R12',
    text: 'An error that is marked as final ends the call, and arrives as it was.',
    needs: ['retry', 'final-mark'],
    async run({ world, markFinal, ...lab }) {
      class Refused extends Error {}
      const original = new Refused('no');
      const op = counted(() => Promise.reject(markFinal(original)));
      const outcome = follow(lab.retry(BASIC).call(op));
      await world.advance(10_000);
      expect(op.runs === 1, 'retries it');
      expect(outcome.error === original, 'does not give back the original error');
    },
  },
  {
    id: 'R13',
    text: 'Without any filter, mistakes of the program are not retried, and network failures are found by their cause.',
    needs: ['retry', 'default-filter'],
    async run({ world, ...lab }) {
      const runsOf = async (error) => {
        const op = counted(() => Promise.reject(error));
        follow(lab.retry(BASIC).call(op));
        await world.advance(10_000);
        return op.runs;
      };
      expect((await runsOf(new TypeError('x is undefined'))) === 1, 'retries a mistake of the program');
      let error = Object.assign(new Error('connect'), { code: 'ECONNRESET' });
      expect((await runsOf(new TypeError('fetch failed', { cause: error }))) === 3, 'does not retry a failed fetch');
      for (let depth = 0; depth < 8; depth++) error = new Error(`wrapped ${String(depth)}`, { cause: error });
      expect((await runsOf(new TypeError('fetch failed', { cause: error }))) === 3, 'does not look deep enough');
    },
  },
  {
    id: 'R14',
    text: 'What is not idempotent is retried only when it certainly did not arrive.',
    needs: ['retry', 'non-idempotent'],
    async run({ world, ...lab }) {
      const runsOf = async (code) => {
        const op = counted(() => Promise.reject(Object.assign(new Error(code), { code })));
        follow(lab.retry({ ...BASIC, idempotent: false }).call(op));
        await world.advance(10_000);
        return op.runs;
      };
      expect((await runsOf('ECONNRESET')) === 1, 'retries what may have arrived');
      expect((await runsOf('ECONNREFUSED')) === 3, 'does not retry what cannot have arrived');
      expect((await runsOf('ENOTFOUND')) === 3, 'does not retry what cannot have arrived');
    },
  },
  {
    id: 'R15',
    text: 'An empty budget ends the call at once with its own error and says so; successes earn retries again.',
    needs: ['retry', 'retry-budget'],
    async run({ world, budgetExhausted, ...lab }) {
      const guard = lab.retry({ ...BASIC, budget: { ratio: 0.5, burst: 2 } });
      const op = counted(down);
      follow(guard.call(op));
      await world.advance(10_000);
      expect(op.runs === 3, 'does not spend its burst');
      const outcome = await settled(world, guard, op);
      expect(outcome.status === 'rejected' && op.runs === 4, 'waits though the budget is empty');
      expect(
        outcome.error?.message === 'down' && budgetExhausted(outcome.error),
        'does not say that the budget is empty',
      );
      for (let i = 0; i < 2; i++) await settled(world, guard, fine);
      follow(guard.call(op));
      await world.advance(10_000);
      expect(op.runs === 6, 'successes earn nothing');
    },
  },
  {
    id: 'R16',
    text: 'No retry is scheduled that would start after the deadline.',
    needs: ['retry', 'deadline'],
    async run({ world, ...lab }) {
      const guard = lab.deadlineAroundRetry(1_000, { attempts: 5, baseMs: 700, maxMs: 700, factor: 1 });
      const op = counted(down);
      const outcome = follow(guard.call(op));
      await world.advance(700);
      expect(op.runs === 2, `ran ${String(op.runs)} times where 2 fit`);
      const { status, error } = outcome;
      await world.advance(10_000);
      expect(op.runs === 2, 'ran after the deadline');
      expect(status === 'rejected', 'waits for a retry that cannot start');
      expect(error?.message === 'down', `rejects with: ${error?.message}`);
    },
  },
  {
    id: 'R17',
    text: 'Once the promise has settled no further attempt runs.',
    needs: ['retry', 'timeout', 'compose'],
    async run({ world, ...lab }) {
      const guard = lab.timeoutAroundRetry(250, { attempts: 20, baseMs: 100, maxMs: 100, factor: 1 });
      const op = counted(down);
      const outcome = follow(guard.call(op));
      await world.advance(250);
      await world.settle();
      const { runs } = op;
      await world.advance(10_000);
      expect(outcome.status === 'rejected', 'does not time out');
      expect(op.runs === runs, `ran ${String(op.runs - runs)} times more after the caller got the answer`);
    },
  },
  {
    id: 'R18',
    text: 'Time spent in hooks counts toward the longest time for all attempts.',
    needs: ['retry', 'max-elapsed', 'retry-events'],
    async run({ world, ...lab }) {
      const guard = lab.retry({ attempts: 10, baseMs: 100, maxMs: 100, factor: 1, maxElapsedMs: 500 });
      guard.onRetry(() => world.busy(300));
      const starts = [];
      const outcome = follow(
        guard.call(() => {
          starts.push(world.now());
          return down();
        }),
      );
      await world.advance(10_000);
      expect(outcome.status === 'rejected', 'does not end');
      expect(starts.length >= 2, 'makes no retry');
      expect(starts.at(-1) - starts[0] <= 500, `began an attempt after ${String(starts.at(-1) - starts[0])} ms of 500`);
    },
  },
  {
    id: 'R19',
    text: 'Each attempt has a signal of its own, and success does not abort it.',
    needs: ['retry', 'attempt-signal'],
    async run({ world, ...lab }) {
      const signals = [];
      const guard = lab.retry({ ...BASIC, attemptTimeoutMs: 1_000 });
      const outcome = follow(
        guard.call(({ signal }) => {
          signals.push(signal);
          return signals.length < 3 ? down() : fine();
        }),
      );
      await world.advance(10_000);
      expect(outcome.value === 'fine', 'does not succeed');
      expect(new Set(signals).size === 3, 'attempts share a signal');
      expect(signals[2].aborted === false, 'success aborts the signal');
      const stuck = held();
      const late = follow(guard.call(stuck));
      await world.advance(1_001);
      const aborted = stuck.signals[0]?.aborted;
      stuck.resolve();
      await world.advance(10_000);
      expect(late.status !== 'pending' && aborted === true, "an attempt's timeout does not abort its signal");
    },
  },
  {
    id: 'R20',
    text: 'An answer for which nobody waits any more is disposed of, once.',
    needs: ['timeout', 'discard'],
    async run({ world, ...lab }) {
      let disposed = 0;
      const answer = { [Symbol.dispose]: () => disposed++ };
      const guard = lab.timeout(100);
      const inTime = follow(guard.call(() => Promise.resolve(answer)));
      await world.settle();
      expect(inTime.value === answer && disposed === 0, 'disposes of an answer in time');
      const op = held();
      const outcome = follow(guard.call(op));
      await world.advance(100);
      expect(outcome.status === 'rejected', 'does not time out');
      op.resolve(answer);
      await world.advance(1_000);
      expect(disposed === 1, `disposed of it ${String(disposed)} times`);
    },
  },
];
