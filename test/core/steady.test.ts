import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { Reporter } from '../../src/core/reporter.js';
import { steady } from '../../src/core/steady.js';

describe('steady', () => {
  it('counts from its creation, and goes on from the last value when the clock is set back', () => {
    const clock = new ManualClock({ now: 3_600_000 });
    const now = steady(clock);
    expect(now()).toBe(0);
    clock.advance(500);
    expect(now()).toBe(500);
    clock.set(0);
    expect(now()).toBe(500);
    clock.advance(250.5);
    expect(now()).toBe(750.5);
    clock.set(-1e9);
    expect(now()).toBe(750.5);
    clock.advance(1);
    expect(now()).toBe(751.5);
  });

  it('moves no time when the clock steps back and returns', () => {
    const clock = new ManualClock({ now: 1_000 });
    const now = steady(clock);
    clock.set(-50_000);
    now();
    clock.set(-60_000);
    expect(now()).toBe(0);
    clock.set(1_000);
    expect(now()).toBe(0);
    clock.set(1_500);
    expect(now()).toBe(500);
    clock.set(0);
    now();
    clock.set(1_400);
    expect(now()).toBe(1_900);
    clock.set(1_700);
    expect(now()).toBe(2_100);
  });

  it('stands still while the clock is no number', () => {
    let ms = 10;
    const now = steady({ now: () => ms, wallNow: () => 0, schedule: () => () => undefined });
    ms = 15;
    expect(now()).toBe(5);
    ms = NaN;
    expect(now()).toBe(5);
    ms = 20;
    expect(now()).toBe(10);
  });
});

describe('Reporter', () => {
  it('goes on reporting after the clock was set back', async () => {
    const clock = new ManualClock({ now: 3_600_000 });
    const heard: unknown[] = [];
    const reporter = new Reporter('Test', clock, (error) => heard.push(error));
    reporter.listenerError(0);
    clock.set(0);
    reporter.listenerError(1);
    clock.advance(1_000);
    reporter.listenerError(2);
    await Promise.resolve();
    expect(heard).toEqual([0, 2]);
  });

  it('a clock that throws reaches nobody, and the error is reported all the same', async () => {
    const heard: unknown[] = [];
    const broken = {
      now: (): never => {
        throw new Error('clock');
      },
      wallNow: () => 0,
      schedule: () => () => undefined,
    };
    const reporter = new Reporter('Test', broken, (error) => heard.push(error));
    for (let i = 0; i < 3; i++) reporter.listenerError(i);
    await Promise.resolve();
    expect(heard).toEqual([0]);
  });

  it.each([
    [Object.assign(new Error('kept'), { stack: ['at'] }), 'kept'],
    [Object.create(null) as object, 'an object without a message'],
    [
      new Proxy(
        {},
        {
          get: (): never => {
            throw new Error('no');
          },
          getPrototypeOf: (): never => {
            throw new Error('no');
          },
        },
      ),
      'a value that cannot be read',
    ],
    [Symbol('mine'), 'Symbol(mine)'],
    [undefined, 'undefined'],
  ])('reports whatever was thrown, by default as a warning of the process (case %#)', async (thrown, detail) => {
    const heard: (Error & { detail?: string })[] = [];
    const listen = (warning: Error): number => heard.push(warning);
    process.on('warning', listen);
    new Reporter('Test', new ManualClock()).listenerError(thrown);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(heard).toMatchObject([{ code: 'BREAKWATER_W_LISTENER', detail }]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('clock');
      },
    ],
    ['answers NaN', () => NaN],
    ['answers Infinity', () => Infinity],
    ['answers -Infinity', () => -Infinity],
    ['answers a bigint', () => 5n as never],
    ['answers undefined', () => undefined as never],
  ])('stands still while the clock %s, and goes on afterwards', (_, fails) => {
    let read: () => number = () => 1_000;
    const now = steady({ now: () => read(), wallNow: () => 0, schedule: () => () => undefined });
    read = () => 1_100;
    expect(now()).toBe(100);
    read = fails;
    expect([now(), now()]).toEqual([100, 100]);
    read = () => 1_250;
    expect(now()).toBe(250);
  });
});
