import { InvalidOptionsError } from 'breakwater/core';
import { eventLoopCheck, type EventLoopCheckOptions, type EventLoopReading } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run } from './run.js';

/** A loop in virtual time: idle while time is advanced, blocked while it is set. */
function setup(options: EventLoopCheckOptions = {}) {
  const clock = new ManualClock({ now: 5_000 });
  let busyMs = 4_000;
  const read = () => ({ active: busyMs, idle: clock.now() - busyMs });
  const check = eventLoopCheck({ read, clock, ...options });
  return {
    clock,
    check,
    ask: () => run(check) as Promise<{ status: string; message?: string; details: Record<string, number> }>,
    idle: (ms: number) => {
      clock.advance(ms);
    },
    /** No timer fires meanwhile; those that are due do so afterwards. */
    block: (ms: number) => {
      busyMs += ms;
      clock.set(clock.now() + ms);
    },
    /** Works, but lets timers fire in between. */
    work: (ms: number, share = 1) => {
      for (let left = ms; left > 0; left -= 10) {
        busyMs += 10 * share;
        clock.advance(10);
      }
    },
  };
}

describe('eventLoopCheck', () => {
  it('HLD-29 3 s idle and then 1.4 s busy is more than 0.9, asked for the first time', async () => {
    const { idle, block, ask } = setup();
    idle(3_000);
    block(1_400);
    const { status, message, details } = await ask();
    expect([status, details['utilization']]).toEqual(['DEGRADED', expect.closeTo(1_400 / 1_400, 1)]);
    expect(details['utilization']).toBeGreaterThan(0.9);
    expect(message).toMatch(
      /^the event loop was busy for [\d.]+ %, above 90 %; a timer was late by [\d.]+ ms, above 500 ms/,
    );
  });

  it('HLD-29 whenever it was asked before, and wherever in a step the work begins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 200 }), async (offset, asked) => {
        const { idle, block, ask } = setup();
        idle(1_000 + asked);
        await ask();
        idle(3_000 - asked + offset);
        block(1_400);
        idle(0);
        expect((await ask()).details['utilization']).toBeGreaterThan(0.9);
      }),
    );
  });

  it('HLD-29 forgets it again: a window of rest afterwards is HEALTHY', async () => {
    const { idle, block, ask } = setup();
    idle(3_000);
    block(1_400);
    expect((await ask()).status).toBe('DEGRADED');
    idle(1_100);
    expect(await ask()).toEqual({ status: 'HEALTHY', details: { utilization: 0, delayMs: 0, windowMs: 1_000 } });
  });

  it.each([
    [0.9, 'HEALTHY'],
    [0.91, 'DEGRADED'],
  ])('a share of %d in a window is %s', async (share, status) => {
    const { work, ask } = setup();
    work(2_000, share);
    expect(await ask()).toMatchObject({ status, details: { utilization: share, delayMs: 0 } });
  });

  it.each([
    [600, 'HEALTHY'],
    [601, 'DEGRADED'],
  ])('a block of %d ms, 100 ms of which nobody waited, is %s', async (ms, status) => {
    const { idle, block, ask } = setup();
    idle(2_000);
    block(ms);
    idle(300);
    expect(await ask()).toMatchObject({ status, details: { delayMs: ms - 100 } });
  });

  it('is UNHEALTHY only where a limit says so', async () => {
    const { idle, block, ask } = setup({ unhealthyAboveDelayMs: 2_000 });
    idle(2_000);
    block(1_500);
    expect(await ask()).toMatchObject({ status: 'DEGRADED' });
    idle(2_000);
    block(5_000);
    expect(await ask()).toMatchObject({ status: 'UNHEALTHY' });
    const loaded = setup({ unhealthyAboveUtilization: 0.95 });
    loaded.work(2_000, 0.95);
    expect(await loaded.ask()).toMatchObject({ status: 'DEGRADED' });
    loaded.work(2_000, 0.96);
    expect(await loaded.ask()).toMatchObject({ status: 'UNHEALTHY' });
    const bare = setup();
    bare.idle(2_000);
    bare.block(60_000);
    expect(await bare.ask()).toMatchObject({ status: 'DEGRADED' });
  });

  it('judges nothing before a whole window was seen', async () => {
    const { block, ask, idle } = setup();
    block(999);
    expect(await ask()).toMatchObject({ status: 'HEALTHY', message: 'not watched for a whole window yet' });
    block(1);
    idle(0);
    expect(await ask()).toMatchObject({ status: 'DEGRADED' });
  });

  it('takes a window of another length', async () => {
    const { work, ask, idle } = setup({ windowMs: 200 });
    idle(1_000);
    work(200);
    expect(await ask()).toMatchObject({ status: 'DEGRADED', details: { utilization: 1, windowMs: 200 } });
  });

  it('HLD-34 holds one timer, and none when nobody has asked for ten minutes', async () => {
    const { clock, idle, ask, work } = setup();
    expect(clock.pending).toBe(1);
    for (let i = 0; i < 9; i++) {
      idle(60_000);
      await ask();
      expect(clock.pending).toBe(1);
    }
    idle(599_000);
    expect(clock.pending).toBe(1);
    idle(1_500);
    expect(clock.pending).toBe(0);
    // The next question sees what has been since, and wakes it.
    work(100_000, 0.5);
    const { details } = await ask();
    expect(details['utilization']).toBeCloseTo(0.5, 1);
    expect(clock.pending).toBe(1);
    work(1_500);
    expect((await ask()).details).toMatchObject({ utilization: 1, windowMs: 1_000 });
  });

  it('HLD-7 a reading that fails is a check that failed; a timer in between survives it', async () => {
    const clock = new ManualClock();
    let reading: () => EventLoopReading = () => ({ idle: clock.now(), active: 0 });
    const check = eventLoopCheck({ clock, read: () => reading() });
    clock.advance(2_000);
    reading = () => {
      throw new Error('no figures');
    };
    clock.advance(500);
    await expect(run(check)).rejects.toThrow('no figures');
    reading = () => ({ idle: clock.now(), active: 0 });
    clock.advance(2_000);
    expect(await run(check)).toMatchObject({ status: 'HEALTHY', details: { utilization: 0 } });
  });

  it.each([[{ idle: NaN, active: 0 }], [{}], [{ idle: -5, active: -5 }], [{ idle: Infinity, active: 1 }]])(
    'HLD-9 %o is no reading',
    async (reading) => {
      const clock = new ManualClock();
      let now: unknown = { idle: 0, active: 0 };
      const check = eventLoopCheck({ clock, read: () => now as EventLoopReading });
      clock.advance(2_000);
      now = reading;
      expect(await run(check)).toMatchObject({
        status: 'DEGRADED',
        message: 'invalid result: the readings must be numbers that grow, got NaN',
      });
    },
  );

  it.each([
    [{ degradedAboveUtilization: 1.1 }, /degradedAboveUtilization must be a ratio from 0 to 1, got 1.1/],
    [
      { unhealthyAboveUtilization: 0.9 },
      /unhealthyAboveUtilization must be above degradedAboveUtilization, which is 0.9/,
    ],
    [{ unhealthyAboveDelayMs: 500 }, /unhealthyAboveDelayMs must be above degradedAboveDelayMs, which is 500, got 500/],
    [{ windowMs: 99 }, /windowMs/],
    [{ read: 1 }, /read must be a function/],
    [{ degradedAboveDelay: 5 }, /did you mean degradedAboveDelayMs/],
  ])('refuses %o', (options, problem) => {
    expect(() => eventLoopCheck(options as never)).toThrow(InvalidOptionsError);
    expect(() => eventLoopCheck(options as never)).toThrow(problem);
  });
});
