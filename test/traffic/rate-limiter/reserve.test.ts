import { RateLimiter, type RateLimiterOptions, type Reservation } from 'breakwater/rate-limiter';
import { InvalidArgumentError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Ten tokens a second: one each 100 ms. */
function setup(options: Partial<RateLimiterOptions> = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const limiter = new RateLimiter({ capacity: 4, refillPerSecond: 10, clock, ...options });
  const drain = (): void => {
    while (limiter.tryAcquire().allowed);
  };
  return { clock, limiter, drain };
}

describe('RateLimiter.reserve', () => {
  it('takes the tokens at once, also those to come, and says when the call may go', () => {
    const { clock, limiter } = setup();
    expect(limiter.reserve(3).delayMs).toBe(0);
    expect(limiter.tokens()).toBe(1);
    expect(limiter.reserve(3).delayMs).toBeCloseTo(200, 6);
    expect([limiter.tokens(), limiter.delayMs(1)]).toEqual([0, expect.closeTo(300, 6)]);
    expect(limiter.tryAcquire().allowed).toBe(false);
    clock.advance(300);
    expect(limiter.tryAcquire().allowed).toBe(true);
    expect(limiter.snapshot()).toMatchObject({ admitted: 3, rejected: 1 });
  });

  it('TRA-23 what was promised to later ones is not given back', () => {
    const { limiter } = setup();
    limiter.tryAcquire(4);
    const a = limiter.reserve(3);
    const b = limiter.reserve(1);
    const c = limiter.reserve(1);
    expect([a, b, c].map(({ delayMs }) => Math.round(delayMs))).toEqual([300, 400, 500]);
    c.cancel();
    a.cancel();
    // One of C, two of A, since B has the promise of the third.
    expect(limiter.reserve(1).delayMs).toBeCloseTo(300, 6);
  });

  it.each([
    [299, 0],
    [301, 3],
  ])('TRA-24 cancelled %i ms after it began to wait for 300 it has kept %i tokens', (ms, kept) => {
    const { clock, limiter } = setup();
    limiter.tryAcquire(4);
    const reservation = limiter.reserve(3);
    clock.advance(ms);
    reservation.cancel();
    reservation.cancel();
    expect(limiter.tokens()).toBeCloseTo(ms / 100 - kept, 6);
  });

  it.each([
    [1, 3],
    [0, 4],
    [undefined, 1],
    [4, 0],
  ])('a call of 3 that came to %s leaves %i tokens', (actual, left) => {
    const { limiter } = setup();
    const reservation = limiter.reserve(3);
    reservation.commit(actual);
    expect(limiter.tokens()).toBeCloseTo(left, 6);
    // What was said once is said.
    reservation.commit(0);
    reservation.cancel();
    expect(limiter.tokens()).toBeCloseTo(left, 6);
  });

  it('what a call took beyond its reservation is owed', () => {
    const { clock, limiter } = setup();
    limiter.reserve(4).commit(24);
    expect([limiter.tokens(), limiter.delayMs(1)]).toEqual([0, expect.closeTo(2_100, 6)]);
    clock.advance(2_100);
    expect(limiter.tokens()).toBeCloseTo(1, 6);
  });

  it('TRA-13 more than the bucket holds is never there, and takes nothing', () => {
    const { limiter } = setup();
    const reservation = limiter.reserve(5);
    expect([reservation.delayMs, limiter.tokens(), limiter.snapshot().rejected]).toEqual([Infinity, 4, 1]);
    reservation.commit(2);
    reservation.cancel();
    expect(limiter.tokens()).toBe(4);
    const once = setup({ refillPerSecond: 0 }).limiter;
    const first = once.reserve(3);
    expect([first.delayMs, once.reserve(2).delayMs, once.reserve(1).delayMs]).toEqual([0, Infinity, 0]);
    first.commit(1);
    expect(once.tokens()).toBe(2);
  });

  it('TRA-14 a reservation of nothing waits for nothing', () => {
    const { limiter, drain } = setup();
    drain();
    const reservation = limiter.reserve(0);
    expect(reservation.delayMs).toBe(0);
    reservation.commit(3);
    expect(limiter.delayMs(1)).toBeCloseTo(400, 6);
  });

  it.each([NaN, -1, 0.5, '2', null])('TRA-17 a cost of %s is refused, and leaves the reservation open', (cost) => {
    const { limiter } = setup();
    expect(() => limiter.reserve(cost as number)).toThrow(InvalidArgumentError);
    const reservation = limiter.reserve(3);
    expect(() => reservation.commit(cost as number)).toThrow(InvalidArgumentError);
    reservation.commit(0);
    expect(limiter.tokens()).toBe(4);
  });

  it('stands behind those who wait, and does not make them wait longer', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    const order: string[] = [];
    const wait = (name: string, cost: number): void =>
      void limiter.acquire({ cost }).then(() => order.push(`${name} ${String(clock.now() - 1_000)}`));
    wait('first', 2);
    expect(limiter.reserve(2).delayMs).toBeCloseTo(400, 6);
    wait('second', 1);
    await clock.advanceAsync(199);
    expect(order).toEqual([]);
    await clock.advanceAsync(1);
    expect(order).toEqual(['first 200']);
    await clock.advanceAsync(299);
    expect(order.length).toBe(1);
    await clock.advanceAsync(1);
    expect(order).toEqual(['first 200', 'second 500']);
    expect([clock.pending, limiter.snapshot().waiting]).toEqual([0, 0]);
  });

  it('cancelled or committed for less it lets those behind it go earlier, and those before it go as they would', async () => {
    for (const end of [(r: Reservation) => r.cancel(), (r: Reservation) => r.commit(0)]) {
      const { clock, limiter, drain } = setup();
      drain();
      const order: string[] = [];
      const wait = (name: string, cost: number): void =>
        void limiter.acquire({ cost }).then(() => order.push(`${name} ${String(Math.round(clock.now() - 1_000))}`));
      wait('first', 2);
      const reservation = limiter.reserve(3);
      wait('second', 1);
      await clock.advanceAsync(100);
      end(reservation);
      await clock.advanceAsync(10_000);
      expect(order).toEqual(['first 200', 'second 300']);
    }
  });

  it('what is kept for a reservation when somebody before it leaves makes nobody wait longer', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    const order: string[] = [];
    const controller = new AbortController();
    const wait = (name: string, cost: number, signal?: AbortSignal): void =>
      void limiter.acquire({ cost, signal }).then(
        () => order.push(`${name} ${String(Math.round(clock.now() - 1_000))}`),
        () => order.push(`${name} left`),
      );
    wait('first', 1);
    wait('second', 4, controller.signal);
    expect(limiter.reserve(4).delayMs).toBeCloseTo(900, 6);
    wait('third', 1);
    controller.abort();
    await clock.advanceAsync(10_000);
    expect(order).toEqual(['second left', 'first 100', 'third 1000']);
  });

  it('in shadow mode waits for nothing and takes only what is there', () => {
    const { limiter } = setup({ mode: 'shadow' });
    expect(limiter.reserve(3).delayMs).toBe(0);
    const late = limiter.reserve(3);
    expect([late.delayMs, limiter.tokens(), limiter.snapshot().rejected]).toEqual([0, 1, 1]);
    late.cancel();
    late.commit(0);
    expect(limiter.tokens()).toBe(1);
  });

  it('a bucket that was filled anew knows of no reservation', () => {
    const { limiter } = setup();
    const reservation = limiter.reserve(3);
    limiter.reset();
    limiter.tryAcquire(2);
    reservation.commit(0);
    expect(limiter.tokens()).toBe(2);
  });

  it('keeps to the rate whatever is reserved, cancelled, waited for and taken', async () => {
    const step = fc.record({
      do: fc.constantFrom('reserve', 'cancel', 'commit', 'acquire', 'abort', 'try', 'wait'),
      cost: fc.integer({ min: 1, max: 4 }),
      which: fc.nat(5),
      ms: fc.integer({ min: 1, max: 900 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, limiter } = setup();
        const acts: { atMs: number; cost: number }[] = [];
        const open: { reservation: Reservation; act: { atMs: number; cost: number } }[] = [];
        const controllers: AbortController[] = [];
        let waiting = 0;
        for (const { do: what, cost, which, ms } of steps) {
          if (what === 'try' && limiter.tryAcquire(cost).allowed) acts.push({ atMs: clock.now(), cost });
          if (what === 'reserve') {
            const reservation = limiter.reserve(cost);
            const act = { atMs: clock.now() + reservation.delayMs, cost };
            acts.push(act);
            open.push({ reservation, act });
          }
          const one = open[which % Math.max(1, open.length)];
          if (what === 'cancel' && one !== undefined && one.act.atMs > clock.now()) {
            one.reservation.cancel();
            one.act.cost = 0;
          }
          if (what === 'commit') one?.reservation.commit();
          if (what === 'abort') controllers[which % Math.max(1, controllers.length)]?.abort();
          if (what === 'acquire') {
            const controller = new AbortController();
            controllers.push(controller);
            waiting++;
            limiter
              .acquire({ cost, signal: controller.signal })
              .then(
                () => acts.push({ atMs: clock.now(), cost }),
                () => undefined,
              )
              .finally(() => waiting--);
          }
          await clock.advanceAsync(what === 'wait' ? ms : 0);
        }
        await clock.advanceAsync(60_000);
        expect([waiting, limiter.snapshot().waiting, clock.pending]).toEqual([0, 0, 0]);
        expect(limiter.tokens()).toBe(4);
        acts.sort((a, b) => a.atMs - b.atMs);
        // From each act to each later one: no more than a full bucket and what came in between.
        for (const [i, from] of acts.entries()) {
          let used = 0;
          for (const to of acts.slice(i)) {
            used += to.cost;
            expect(used).toBeLessThanOrEqual(4 + (to.atMs - from.atMs) / 100 + 1e-6);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('RateLimiter.reconfigure', () => {
  it.each([
    ['as-is', 3],
    ['proportional', 30],
    ['additive', 93],
    ['reset', 100],
  ] as const)('TRA-85 from 10 to 100 with 3 left, %s: %i', (inherit, tokens) => {
    const { limiter } = setup({ capacity: 10 });
    limiter.tryAcquire(7);
    limiter.reconfigure({ capacity: 100 }, inherit);
    expect(limiter.tokens()).toBeCloseTo(tokens, 6);
    expect(limiter.snapshot()).toMatchObject({ capacity: 100, refillPerSecond: 10 });
    expect(limiter.tryAcquire(0)).toMatchObject({ limit: 100, remaining: tokens });
  });

  it.each([
    ['as-is', 4],
    ['proportional', 2.8],
    ['additive', 1],
    ['reset', 4],
  ] as const)('TRA-85 from 10 to 4 with 7 left, %s: %d', (inherit, tokens) => {
    const { limiter } = setup({ capacity: 10 });
    limiter.tryAcquire(3);
    limiter.reconfigure({ capacity: 4 }, inherit);
    expect(limiter.tokens()).toBeCloseTo(tokens, 6);
  });

  it('never makes a debt, and keeps one as it is, but for a bucket that is filled anew', () => {
    const { limiter } = setup({ capacity: 10 });
    limiter.tryAcquire(9);
    limiter.reconfigure({ capacity: 2 }, 'additive');
    expect([limiter.tokens(), limiter.delayMs(1)]).toEqual([0, expect.closeTo(100, 6)]);
    for (const [inherit, delayMs] of [
      ['as-is', 1_100],
      ['additive', 1_100],
      ['proportional', 1_100],
      ['reset', 0],
    ] as const) {
      const { limiter: owing } = setup({ capacity: 10 });
      owing.reserve(10).commit(20);
      owing.reconfigure({ capacity: 20 }, inherit);
      expect([inherit, Math.round(owing.delayMs(1))]).toEqual([inherit, inherit === 'additive' ? 100 : delayMs]);
    }
  });

  it('changes the rate from now on', () => {
    const { clock, limiter } = setup({ capacity: 10 });
    limiter.tryAcquire(10);
    clock.advance(200);
    limiter.reconfigure({ refillPerSecond: 1 }, 'as-is');
    expect(limiter.tokens()).toBeCloseTo(2, 6);
    clock.advance(1_000);
    expect(limiter.tokens()).toBeCloseTo(3, 6);
    limiter.reconfigure({ refillPerSecond: 0 }, 'as-is');
    clock.advance(100_000);
    expect([limiter.tokens(), limiter.delayMs(4)]).toEqual([expect.closeTo(3, 6), Infinity]);
    limiter.reconfigure({ refillPerSecond: 10 }, 'as-is');
    clock.advance(100);
    expect(limiter.tokens()).toBeCloseTo(4, 6);
  });

  it('those who wait go by the new rate, in the same order, and those who can never go are told', async () => {
    const { clock, limiter, drain } = setup();
    drain();
    const outcomes: string[] = [];
    const wait = (name: string, cost: number): void =>
      void limiter.acquire({ cost }).then(
        () => outcomes.push(`${name} ${String(clock.now() - 1_000)}`),
        (error: unknown) => outcomes.push(`${name} ${String((error as { code?: string }).code)}`),
      );
    wait('a', 1);
    wait('b', 4);
    wait('c', 1);
    limiter.reconfigure({ capacity: 3, refillPerSecond: 1 }, 'as-is');
    await clock.advanceAsync(0);
    expect(outcomes).toEqual(['b BREAKWATER_RATE_LIMITED']);
    await clock.advanceAsync(2_000);
    expect(outcomes.slice(1)).toEqual(['a 1000', 'c 2000']);
    drain();
    wait('d', 1);
    limiter.reconfigure({ refillPerSecond: 0 }, 'as-is');
    await clock.advanceAsync(0);
    expect(outcomes.at(-1)).toBe('d BREAKWATER_RATE_LIMITED');
    expect([clock.pending, limiter.snapshot().waiting]).toEqual([0, 0]);
  });

  it.each([
    [{ capacity: 0 }, 'as-is', /capacity must be an integer/],
    [{ capcity: 5 }, 'as-is', /did you mean capacity/],
    [{ name: 'x' }, 'as-is', /name/],
    [{}, 'as-is', /capacity or refillPerSecond/],
    [undefined, 'as-is', /capacity or refillPerSecond|must be an object/],
    [{ capacity: 5 }, 'asis', /inherit must be one of .*as-is/],
    [{ capacity: 5 }, undefined, /inherit must be one of/],
    [{ capacity: 1e12, refillPerSecond: 1e-300 }, 'as-is', /too small to ever fill/],
  ])('refuses %j, %s, and changes nothing', (options, inherit, text) => {
    const { limiter } = setup();
    limiter.tryAcquire(3);
    expect(() => limiter.reconfigure(options as never, inherit as never)).toThrow(text);
    expect(limiter.snapshot()).toMatchObject({ capacity: 4, refillPerSecond: 10, tokens: 1 });
  });

  it.each([
    [false, 500],
    [true, 200],
  ])('who waits stands behind all that is reserved; given back %s it goes after %i ms', async (back, ms) => {
    const { clock, limiter, drain } = setup();
    drain();
    let wentMs = NaN;
    void limiter.acquire({ cost: 2 }).then(() => (wentMs = clock.now() - 1_000));
    const reservation = limiter.reserve(3);
    limiter.reconfigure({ capacity: 5 }, 'as-is');
    if (back) reservation.commit(0);
    await clock.advanceAsync(10_000);
    expect(wentMs).toBeCloseTo(ms, 6);
  });

  it('reservations from before still settle what they came to, but are not taken back', () => {
    const { limiter } = setup();
    limiter.tryAcquire(4);
    const [committed, cancelled] = [limiter.reserve(2), limiter.reserve(2)];
    limiter.reconfigure({ refillPerSecond: 1 }, 'as-is');
    expect(limiter.delayMs(1)).toBeCloseTo(5_000, 6);
    cancelled.cancel();
    expect(limiter.delayMs(1)).toBeCloseTo(5_000, 6);
    committed.commit(0);
    expect(limiter.delayMs(1)).toBeCloseTo(3_000, 6);
    const before = limiter.reserve(1);
    limiter.reconfigure({ capacity: 10 }, 'reset');
    limiter.tryAcquire(5);
    before.commit(0);
    expect(limiter.tokens()).toBe(5);
  });
});
