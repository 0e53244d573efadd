import {
  anyOf,
  CircuitBreaker,
  consecutiveFailures,
  failureRate,
  type Lease,
  slowCallRate,
  type TripRule,
} from 'breakwater/circuit-breaker';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runs } from '../../runs.js';
import { type Answer, type Call, Model, type Rate, type Setting } from './model.js';
import { held } from './setup.js';

const RUNS = 200_000;
const LONGEST = 30;

const rate = fc.record({
  ratio: fc.constantFrom(0.25, 0.5, 0.75, 1),
  minimum: fc.constantFrom(1, 2, 3, 4),
  windowMs: fc.constantFrom(undefined, 20, 100),
});

/** Numbers are small, so that everything happens within a few steps. */
const setting: fc.Arbitrary<Setting> = fc
  .record({
    threshold: fc.constantFrom(undefined, 1, 2, 3),
    failing: fc.option(rate, { nil: undefined }),
    slow: fc.option(rate, { nil: undefined }),
    slowAfterMs: fc.constantFrom(5, 20, 50),
    breakMs: fc.constantFrom(0, 10, 40),
    factor: fc.constantFrom(1, 2, 3),
    maxThrottleMs: fc.constantFrom(1, 50, 1_000),
    maxCalls: fc.integer({ min: 1, max: 3 }),
    toClose: fc.integer({ min: 1, max: 3 }),
    waitMs: fc.constantFrom(10, 50),
    ramp: fc.constantFrom(undefined, { fromRatio: 0.25, overMs: 100 }, { fromRatio: 0.5, overMs: 40 }),
    shadow: fc.constantFrom(false, false, false, true),
  })
  .map(({ slow, failing, slowAfterMs, breakMs, threshold, ...rest }) => ({
    ...rest,
    threshold: threshold ?? ((failing ?? slow) ? undefined : 2),
    failing: failing && windowOf(failing),
    slow: slow && { ...windowOf(slow), afterMs: slowAfterMs },
    breakMs,
    longestBreakMs: 4 * breakMs,
  }));

function windowOf(given: { ratio: number; minimum: number; windowMs: number | undefined }): Rate {
  return { ...given, last: given.windowMs === undefined ? given.minimum + 2 : undefined };
}

function rateOptions({ ratio, minimum, windowMs, last }: Rate) {
  return { ratio, minimumCalls: minimum, windowMs, lastCalls: last };
}

function breakerOf(o: Setting, clock: ManualClock): CircuitBreaker {
  const rules: TripRule[] = [];
  if (o.threshold !== undefined) rules.push(consecutiveFailures(o.threshold));
  if (o.failing !== undefined) rules.push(failureRate(rateOptions(o.failing)));
  if (o.slow !== undefined) rules.push(slowCallRate({ ...rateOptions(o.slow), slowAfterMs: o.slow.afterMs }));
  return new CircuitBreaker({
    clock,
    trip: anyOf(...rules),
    recoveryTimeoutMs: o.breakMs,
    recoveryBackoff: o.factor === 1 ? undefined : { factor: o.factor, maxMs: o.longestBreakMs },
    halfOpen: { maxCalls: o.maxCalls, successesToClose: o.toClose, maxWaitMs: o.waitMs },
    rampUp: o.ramp,
    maxThrottleMs: o.maxThrottleMs,
    mode: o.shadow ? 'shadow' : 'enforce',
  });
}

/** A breaker, its model, and what is done to both. */
class Run {
  readonly clock = new ManualClock();
  readonly breaker: CircuitBreaker;
  readonly model: Model;
  readonly leases: [Lease, Call][] = [];
  readonly calls: {
    gate: ReturnType<typeof held<string>>;
    running: Promise<unknown>;
    call: Call;
    abort: AbortController;
  }[] = [];
  readonly handles: [Disposable, object][] = [];
  told: string = 'CLOSED';

  constructor(o: Setting) {
    this.breaker = breakerOf(o, this.clock);
    this.model = new Model(o);
    // The breaker's time begins when it first reads the clock, and its buckets with it.
    this.breaker.snapshot();
    this.breaker.on('stateChange', ({ from, to }) => {
      same('from', from, this.told);
      same('a change', to !== from, true);
      this.told = to;
    });
  }

  /** One step: the number says which. */
  async step(number: number): Promise<void> {
    const [what, how] = [number % 16, number >>> 4];
    if (what < 4) this.acquire();
    else if (what < 8) this.settle(how);
    else if (what === 8) this.begin();
    else if (what === 9) await this.finish(how);
    else if (what === 10) this.calls.at(-1 - (how % 3))?.abort.abort();
    else if (what < 14) this.wait([0, 1, 5, 9, 10, 11, 20, 40, 100, 250][how % 10] ?? 0);
    else if (what === 14) this.byHand(how % 6);
    if (what === 10 && this.calls.length > 0) {
      const given = this.calls.at(-1 - (how % 3));
      if (given !== undefined) given.call.aborted = true;
    }
    // Not after each: what is due must be right however late somebody looks.
    if (what > 10 || how % 3 === 0) this.compare();
  }

  acquire(): void {
    const lease = this.breaker.tryAcquire();
    const call = this.model.begin();
    same('admitted', lease !== undefined, call !== undefined);
    if (lease !== undefined && call !== undefined) this.leases.push([lease, call]);
  }

  settle(how: number): void {
    // Counted from the latest one, so that both fresh and old ones are answered.
    const [entry] = this.leases.splice(-1 - (how % 6), 1);
    if (entry === undefined) return;
    const [lease, call] = entry;
    const answers: Answer[] = [
      'success',
      'success',
      'failure',
      'failure',
      'failure',
      'ignore',
      { throttledMs: how % 90 },
    ];
    const answer = answers[(how >>> 3) % 7] ?? 'ignore';
    const counted = typeof answer === 'object' ? lease.throttled(answer.throttledMs) : lease[answer]();
    same('counted', counted, this.model.end(call, answer));
    same('counted twice', lease.success(), false);
  }

  begin(): void {
    const abort = new AbortController();
    const gate = held();
    const running = this.breaker.attempt(() => gate.promise, { signal: abort.signal });
    const call = this.model.begin();
    if (call !== undefined) this.calls.push({ gate, running, call, abort });
  }

  async finish(how: number): Promise<void> {
    const [entry] = this.calls.splice(-1 - (how % 3), 1);
    if (entry === undefined) return;
    const failed = (how >>> 2) % 2 === 0;
    if (failed) entry.gate.reject(new Error('down'));
    else entry.gate.resolve('fine');
    await entry.running;
    this.model.end(entry.call, entry.call.aborted ? 'ignore' : failed ? 'failure' : 'success');
  }

  wait(ms: number): void {
    this.clock.advance(ms);
    this.model.nowMs += ms;
  }

  byHand(how: number): void {
    const { breaker, model } = this;
    if (how === 0) {
      const key = {};
      this.handles.push([breaker.isolate(), key]);
      model.isolate(key);
    } else if (how < 3) {
      const [handle, key] = this.handles.shift() ?? [];
      handle?.[Symbol.dispose]();
      if (key !== undefined) model.lift(key);
    } else if (how === 3) {
      breaker.reset();
      model.reset();
    } else if (how === 4) {
      breaker.disable();
      model.disable();
    } else {
      breaker.enable();
      model.enable();
    }
  }

  compare(): void {
    const { breaker, model } = this;
    model.look();
    const { state, breaks, counts, rates = [], remainingMs } = breaker.snapshot();
    same('state', state, model.state);
    same('told', this.told, model.state);
    same('breaks', breaks, model.breaks);
    same('timers', this.clock.pending, 0);
    same('running', counts.inFlight, model.running);
    same('probes', counts.probesInFlight, model.state === 'HALF_OPEN' ? model.probes() : 0);
    same('remaining', remainingMs, model.remainingMs());
    for (const [name, count] of Object.entries(model.counts)) same(name, counts[name as 'stale'], count);
    if (state !== 'CLOSED') return;
    same('in a row', counts.consecutiveFailures, model.inARow);
    const windows = [
      ...(model.o.failing === undefined ? [] : [model.window(model.failing, model.o.failing, model.nowMs)]),
      ...(model.o.slow === undefined ? [] : [model.window(model.slow, model.o.slow, model.nowMs)]),
    ];
    windows.forEach(({ calls, hits }, i) => {
      same('calls in the window', rates[i]?.calls, calls);
      same('ratio', rates[i]?.ratio, calls === 0 ? 0 : hits / calls);
    });
  }
}

function same(what: string, is: unknown, wanted: unknown): void {
  if (!Object.is(is, wanted)) throw new Error(`${what}: it is ${String(is)}, and should be ${String(wanted)}`);
}

describe('CircuitBreaker against its model', () => {
  it('RES-C01 RES-C04 RES-C05 RES-C19 RES-C20 RES-O10 RES-O11 RES-H01 RES-H03 RES-H05 RES-H06 RES-H07 RES-H08 RES-H09 RES-M01 agrees in random interleavings', async () => {
    const steps = fc.uint32Array({ minLength: 1, maxLength: LONGEST, size: 'max' });
    await fc.assert(
      fc.asyncProperty(setting, steps, async (o, numbers) => {
        const run = new Run(o);
        for (const number of numbers) await run.step(number);
        run.compare();
      }),
      { numRuns: runs(RUNS) },
    );
  });
});
