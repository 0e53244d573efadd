import { BreakwaterWarning, InvalidArgumentError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { Emitter } from '../../src/core/emitter.js';
import { Reporter } from '../../src/core/reporter.js';

interface Events {
  a: number;
  b: string;
}

function setup() {
  const clock = new ManualClock();
  const reported: unknown[] = [];
  const reporter = new Reporter('Test', clock, (error) => reported.push(error));
  return { clock, reported, reporter, emitter: new Emitter<Events>(reporter) };
}

describe('Emitter', () => {
  it('RES-M06 a listener that throws or rejects hurts nobody, and is reported later', async () => {
    const { emitter, reported, clock } = setup();
    const heard: number[] = [];
    emitter.on('a', () => {
      throw new Error('thrown');
    });
    emitter.on('a', (n) => heard.push(n));
    emitter.emit('a', 1);
    expect([heard, reported]).toEqual([[1], []]);
    await Promise.resolve();
    expect(reported).toEqual([new Error('thrown')]);
    clock.advance(1_000);
    emitter.on('b', () => Promise.reject(new Error('rejected')));
    emitter.emit('b', 'x');
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported[1]).toEqual(new Error('rejected'));
  });

  it('RES-M07 events that listeners cause reach everybody in the order of the emits', () => {
    const { emitter } = setup();
    const heard: string[] = [];
    emitter.on('a', (n) => {
      heard.push(`first ${String(n)}`);
      if (n < 3) emitter.emit('a', n + 1);
    });
    emitter.on('a', (n) => heard.push(`second ${String(n)}`));
    emitter.emit('a', 1);
    expect(heard).toEqual(['first 1', 'second 1', 'first 2', 'second 2', 'first 3', 'second 3']);
  });

  it('unsubscribes one subscription at a time, during an emit too', () => {
    const { emitter } = setup();
    let calls = 0;
    const listener = (): number => calls++;
    const stops = [emitter.on('a', listener), emitter.on('a', listener)];
    emitter.emit('a', 1);
    stops[0]?.();
    stops[0]?.();
    emitter.emit('a', 1);
    expect([calls, emitter.has('a'), emitter.has('b')]).toEqual([3, true, false]);
    stops[1]?.();
    expect(emitter.has('a')).toBe(false);
    emitter.on('b', () => {
      emitter.on('b', listener);
    });
    emitter.emit('b', 'x');
    expect(calls).toBe(3);
  });

  it('stops a listener that causes events without end, and says so once', async () => {
    const { emitter, reported } = setup();
    const heard: number[] = [];
    emitter.on('a', (n) => {
      heard.push(n);
      emitter.emit('a', n + 1);
    });
    emitter.emit('a', 0);
    expect(heard).toEqual(Array.from({ length: 1_001 }, (_, i) => i));
    emitter.emit('a', 5_000);
    expect(heard).toHaveLength(2_002);
    await Promise.resolve();
    expect(reported).toMatchObject([{ code: 'BREAKWATER_W_EVENT_LOOP' }]);
  });

  it('refuses what is no listener, and events that there are not', () => {
    const { emitter, reporter } = setup();
    expect(() => emitter.on('a', undefined as never)).toThrow(InvalidArgumentError);
    const strict = new Emitter<Events>(reporter, ['a', 'b']);
    strict.on('b', () => undefined);
    expect(() => strict.on('nope' as never, () => undefined)).toThrow('on: there is no such event; there is a, b');
    const named = new Emitter<{ rejected: number }>(reporter, ['rejected']);
    expect(() => named.on('rejectd' as never, () => undefined)).toThrow("did you mean 'rejected'?");
    expect(() => named.on(undefined as never, () => undefined)).toThrow(InvalidArgumentError);
  });
});

describe('Reporter', () => {
  it('passes on at most one listener error a second', async () => {
    const { reporter, reported, clock } = setup();
    for (const ms of [0, 999, 1]) {
      clock.advance(ms);
      reporter.listenerError(ms);
    }
    await Promise.resolve();
    expect(reported).toEqual([0, 1]);
  });

  it('says each warning once, with its code and its owner', async () => {
    const { reporter, reported } = setup();
    reporter.warn('BREAKWATER_W_ONE', 'first');
    reporter.warn('BREAKWATER_W_ONE', 'again');
    reporter.warn('BREAKWATER_W_TWO', 'second');
    await Promise.resolve();
    expect(reported).toEqual([expect.any(BreakwaterWarning), expect.any(BreakwaterWarning)]);
    expect(reported).toMatchObject([
      { code: 'BREAKWATER_W_ONE', name: 'BreakwaterWarning', message: 'Test: first' },
      { code: 'BREAKWATER_W_TWO' },
    ]);
  });

  it('survives a handler that throws', async () => {
    const reporter = new Reporter('Test', new ManualClock(), () => {
      throw new Error('handler');
    });
    reporter.listenerError(new Error('x'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('emits process warnings by default, without the secrets in what a listener threw', async () => {
    const heard: (Error & { code?: string; detail?: string })[] = [];
    const listen = (warning: Error): number => heard.push(warning);
    process.on('warning', listen);
    const reporter = new Reporter('Test', new ManualClock());
    reporter.warn('BREAKWATER_W_ONE', 'look');
    reporter.listenerError(new Error('mine, postgres://app:hunter2@db/x'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(heard.map(({ code }) => code)).toEqual(['BREAKWATER_W_ONE', 'BREAKWATER_W_LISTENER']);
    expect(heard[1]?.detail).toContain('mine, postgres://[secret]@db/x');
  });
});
