import { type DeploymentCheck, DeploymentChecker } from 'breakwater/deployment';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';

const sleep = (clock: ManualClock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.schedule(resolve, ms));

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

const TIMEOUT_MS = 1_000;

interface Behaviour {
  readonly kind: 'pass' | 'warn' | 'fail' | 'throw' | 'reject' | 'hang' | 'garbage' | 'unreadable' | 'evil thenable';
  readonly afterMs: number;
  readonly timeoutMs: number | undefined;
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  kind: fc.constantFrom('pass', 'warn', 'fail', 'throw', 'reject', 'hang', 'garbage', 'unreadable', 'evil thenable'),
  afterMs: fc.integer({ min: 0, max: 3_000 }),
  timeoutMs: fc.option(fc.integer({ min: 1, max: 2_500 }), { nil: undefined }),
});

function checkOf({ kind, afterMs, timeoutMs }: Behaviour, i: number, clock: ManualClock): DeploymentCheck {
  const run = (): never => {
    if (kind === 'throw') throw new Error('sync');
    if (kind === 'evil thenable')
      return {
        then() {
          throw new Error('thenable');
        },
      } as never;
    const end = (): unknown => {
      if (kind === 'reject') throw new Error('late');
      if (kind === 'garbage') return { status: 'GREAT', message: 3 };
      if (kind === 'unreadable')
        return new Proxy(
          {},
          {
            get(_, key) {
              if (key === 'then') return undefined;
              throw new Error('proxy');
            },
          },
        );
      return { status: kind.toUpperCase(), message: kind };
    };
    if (kind === 'hang') return new Promise(() => undefined) as never;
    return sleep(clock, afterMs).then(end) as never;
  };
  return { id: `c${String(i)}`, name: 'c', run, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

function expected({ kind, afterMs, timeoutMs = TIMEOUT_MS }: Behaviour): string {
  if (kind === 'throw' || kind === 'evil thenable') return 'FAIL crashed';
  if (kind === 'hang' || afterMs > timeoutMs) return 'FAIL crashed timed out';
  // Due at the same instant: whichever timer was set first.
  if (afterMs === timeoutMs) return 'either';
  if (kind === 'reject' || kind === 'garbage' || kind === 'unreadable') return 'FAIL crashed';
  return kind.toUpperCase();
}

describe('HLD-57 HLD-58 whatever checks do', () => {
  it('the report comes in time, nothing passes that did not, and no promise is left alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 8 }), async (behaviours) => {
        const clock = new ManualClock();
        const checks = behaviours.map((one, i) => checkOf(one, i, clock));
        const checker = new DeploymentChecker({ env: false, clock, timeoutMs: TIMEOUT_MS, checks });
        const longest = Math.max(...behaviours.map((one) => one.timeoutMs ?? TIMEOUT_MS));
        let done = false;
        const run = checker.runAllChecks().finally(() => (done = true));
        await clock.advanceAsync(longest);
        expect(done).toBe(true);
        const { allPass, results } = await run;
        const words = results.map(({ status, crashed, timedOut }) =>
          [status, crashed === true ? 'crashed' : '', timedOut === true ? 'timed out' : ''].filter(Boolean).join(' '),
        );
        for (const [i, one] of behaviours.entries())
          if (expected(one) !== 'either') expect(words[i]).toBe(expected(one));
        expect(allPass).toBe(results.every(({ status }) => status !== 'FAIL'));
        // What is late comes now, and must not be noticed.
        await clock.advanceAsync(5_000);
        expect(checker.snapshot().results).toEqual(results);
      }),
      { numRuns: runs(2_000) },
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  }, 60_000);
});

describe('HLD-57 a check that blocks the process', () => {
  it('for longer than it may is late, whatever it answers, and nobody else is', async () => {
    const timers = new ManualClock();
    let passedMs = 0;
    const clock = {
      now: () => timers.now() + passedMs,
      wallNow: () => timers.wallNow(),
      schedule: (fn: () => void, ms: number) => timers.schedule(fn, ms),
    };
    const blocking = (id: string, ms: number): DeploymentCheck => ({
      id,
      name: id,
      run: () => {
        passedMs += ms;
        return { status: 'PASS', message: 'fine' };
      },
    });
    const checks = [blocking('first', 0), blocking('long', 101), blocking('just', 100), blocking('last', 0)];
    const { results } = await new DeploymentChecker({ env: false, clock, timeoutMs: 100, checks }).runAllChecks();
    expect(results.map(({ id, status, message }) => [id, status, message])).toEqual([
      ['first', 'PASS', 'fine'],
      ['long', 'FAIL', 'blocked the event loop for longer than 100 ms'],
      ['just', 'PASS', 'fine'],
      ['last', 'PASS', 'fine'],
    ]);
    expect(results[1]).toMatchObject({ crashed: true, timedOut: true });
  });

  it('after it has waited for something is late as well, and who waits for a timer beside it is not', async () => {
    const timers = new ManualClock();
    let passedMs = 0;
    const clock = {
      now: () => timers.now() + passedMs,
      wallNow: () => timers.wallNow(),
      schedule: (fn: () => void, ms: number) => timers.schedule(fn, ms),
    };
    const fine = { status: 'PASS', message: 'fine' } as const;
    const blocking: DeploymentCheck = {
      id: 'blocking',
      name: 'blocking',
      run: async () => {
        await Promise.resolve();
        passedMs += 400;
        return fine;
      },
    };
    const waiting: DeploymentCheck = {
      id: 'waiting',
      name: 'waiting',
      run: () =>
        new Promise(
          (resolve) =>
            void timers.schedule(() => {
              resolve(fine);
            }, 50),
        ),
    };
    const hanging: DeploymentCheck = { id: 'hanging', name: 'hanging', run: () => new Promise(() => undefined) };
    const quick: DeploymentCheck = { id: 'quick', name: 'quick', run: () => Promise.resolve(fine) };
    const checks = [quick, waiting, hanging, blocking];
    const run = new DeploymentChecker({ env: false, clock, timeoutMs: 100, checks }).runAllChecks();
    await timers.advanceAsync(1_000);
    expect((await run).results.map(({ id, status, message }) => [id, status, message])).toEqual([
      ['quick', 'PASS', 'fine'],
      ['waiting', 'PASS', 'fine'],
      ['hanging', 'FAIL', 'timed out after 100 ms'],
      ['blocking', 'FAIL', 'blocked the event loop for longer than 100 ms'],
    ]);
  });
});
