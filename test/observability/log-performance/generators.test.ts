import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { setup, timed } from './setup.js';

const messages = (told: readonly (readonly [string, string, ...unknown[]])[]) => told.map(([, message]) => message);

describe('a generator that is timed', () => {
  it('OBS-L16 is told of at its end, with the time of the whole iteration', () => {
    const { clock, told, durations, options } = setup();
    const count = timed(function* count(to: number): Generator<number, string, undefined> {
      for (let i = 1; i <= to; i++) {
        clock.advance(10);
        yield i;
      }
      return 'end';
    }, options);
    expectTypeOf(count(1)).toEqualTypeOf<Generator<number, string, undefined>>();
    const generator = count(3);
    // What lies between the call and the first step is nobody's time.
    clock.advance(1_000);
    expect(generator.next()).toEqual({ done: false, value: 1 });
    clock.advance(5);
    expect([generator.next().value, generator.next().value, told]).toEqual([2, 3, []]);
    expect(generator.next()).toEqual({ done: true, value: 'end' });
    generator.next();
    generator.return('again');
    expect(messages(told)).toEqual(['count took 35.0 ms']);
    expect(durations).toEqual([['count', 35]]);
  });

  it('OBS-L16 is of the same kind: an instance of its function, iterable, with this and what is sent to it', () => {
    const { options } = setup();
    const plain = function* (this: { base: number }): Generator<number, void, number> {
      const sent = yield this.base;
      yield sent;
    };
    const wrapped = timed(plain, options);
    const generator = wrapped.call({ base: 4 });
    expect([generator instanceof wrapped, generator instanceof plain]).toEqual([true, true]);
    expect(Object.prototype.toString.call(generator)).toBe('[object Generator]');
    expect(generator[Symbol.iterator]()).toBe(generator);
    expect([generator.next().value, generator.next(9).value]).toEqual([4, 9]);
    expect(wrapped.call({ base: 1 }).next().done).toBe(false);
  });

  it('OBS-L16 that is left early, by break, return or throw, ends there, once', () => {
    const { clock, told, options } = setup({ name: 'g' });
    let cleaned = 0;
    const endless = timed(function* () {
      try {
        for (let i = 0; ; i++) {
          clock.advance(1);
          yield i;
        }
      } finally {
        cleaned++;
      }
    }, options);
    for (const i of endless()) if (i === 2) break;
    const returned = endless();
    returned.next();
    expect(returned.return(undefined as never)).toEqual({ done: true, value: undefined });
    const thrown = endless();
    thrown.next();
    const error = new Error('stop');
    expect(() => thrown.throw(error)).toThrow(error);
    const unused = endless();
    unused.return(undefined as never);
    expect(messages(told)).toEqual(['g took 3.0 ms', 'g took 1.0 ms', 'g failed after 1.0 ms', 'g took 0.0 ms']);
    expect([told[2]?.[2].err, cleaned]).toEqual([error, 3]);
  });

  it('OBS-L16 that goes on after a return or a throw has not ended', () => {
    const { told, options } = setup({ name: 'g' });
    const stubborn = timed(function* () {
      try {
        yield 1;
      } catch {
        yield 2;
      } finally {
        yield 3;
      }
    }, options);
    const generator = stubborn();
    generator.next();
    expect([generator.throw(new Error('x')).value, generator.return(undefined).value, told]).toEqual([2, 3, []]);
    expect(generator.next().done).toBe(true);
    expect(messages(told)).toEqual(['g took 0.0 ms']);
  });

  it('OBS-L16 that throws is an ERROR_EVENT, once', () => {
    const { clock, told, options } = setup({ name: 'g' });
    const bad = timed(function* () {
      yield 1;
      clock.advance(4);
      throw undefined;
    }, options);
    const generator = bad();
    generator.next();
    let caught: unknown = 'nothing';
    try {
      generator.next();
    } catch (error) {
      caught = error;
    }
    generator.next();
    expect([caught, told.length, told[0]?.[0], told[0]?.[1]]).toEqual([
      undefined,
      1,
      'ERROR_EVENT',
      'g failed after 4.0 ms',
    ]);
  });

  it('OBS-L16 that is abandoned tells nothing, and nothing remembers it', async () => {
    const { told, options } = setup();
    const endless = timed(function* () {
      for (;;) yield 1;
    }, options);
    const left = new WeakRef(endless());
    left.deref()?.next();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // What a WeakRef was asked for stays until the turn ends.
    for (let i = 0; i < 5 && left.deref() !== undefined; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    expect([left.deref(), told]).toEqual([undefined, []]);
  });

  it('OBS-L16 asynchronous ones are told of likewise, with rejections once', async () => {
    const { clock, told, options } = setup({ name: 'g' });
    const pages = timed(async function* pages(fails: boolean): AsyncGenerator<number, void, undefined> {
      for (let i = 0; i < 3; i++) {
        await Promise.resolve();
        clock.advance(10);
        yield i;
      }
      if (fails) throw new Error('page');
    }, options);
    expectTypeOf(pages(true)).toEqualTypeOf<AsyncGenerator<number, void, undefined>>();
    const seen: number[] = [];
    for await (const page of pages(false)) seen.push(page);
    for await (const page of pages(false)) if (page === 1) break;
    const failing = pages(true);
    await expect(
      (async () => {
        for await (const page of failing) seen.push(page);
      })(),
    ).rejects.toThrow('page');
    await failing.next();
    expect(seen).toEqual([0, 1, 2, 0, 1, 2]);
    expect(messages(told)).toEqual(['g took 30.0 ms', 'g took 20.0 ms', 'g failed after 30.0 ms']);
    // Steps that are asked for all at once.
    const eager = pages(false);
    expect(eager[Symbol.asyncIterator]()).toBe(eager);
    const steps = await Promise.all([eager.next(), eager.next(), eager.next(), eager.next(), eager.next()]);
    expect(steps.map(({ done }) => done)).toEqual([false, false, false, true, true]);
    expect(told.length).toBe(4);
  });
});
