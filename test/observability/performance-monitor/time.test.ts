import { InvalidArgumentError } from 'breakwater/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { setup } from './setup.js';

class Special<T> extends Promise<T> {
  extra = 1;
}

/** A query as builders make them: it begins when it is awaited. */
class Query {
  #started = 0;
  readonly table: string;
  constructor(
    table: string,
    readonly run: () => Promise<number>,
  ) {
    this.table = table;
  }
  where(): this {
    return this;
  }
  get started(): number {
    return this.#started;
  }
  then<A, B>(done?: (value: number) => A, failed?: (error: unknown) => B): Promise<A | B> {
    this.#started++;
    return this.run().then(done, failed);
  }
}

describe('PerformanceMonitor.time', () => {
  it('is synchronous for what is synchronous, and returns the very value', () => {
    const { clock, monitor } = setup();
    const value = { a: 1 };
    const got = monitor.time('m', () => {
      clock.advance(12);
      return value;
    });
    expectTypeOf(got).toEqualTypeOf<{ a: number }>();
    expect(got).toBe(value);
    expect(monitor.stats('m')).toMatchObject({ count: 1, last: 12 });
  });

  it.each([new Error('x'), 'text', undefined, null, 0])(
    'remembers the time of what throws %o, and throws it',
    (thrown) => {
      const { clock, monitor } = setup();
      let caught: unknown = 'nothing';
      try {
        monitor.time('m', () => {
          clock.advance(3);
          throw thrown;
        });
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
      expect(monitor.stats('m')).toMatchObject({ count: 1, last: 3 });
    },
  );

  it('waits for a promise, which fails with the same value', async () => {
    const { clock, monitor } = setup();
    const good = monitor.time('m', async () => {
      await Promise.resolve();
      clock.advance(5);
      return 7;
    });
    expectTypeOf(good).toEqualTypeOf<Promise<number>>();
    expect(monitor.stats('m')).toBeNull();
    await expect(good).resolves.toBe(7);
    expect(monitor.stats('m')).toMatchObject({ count: 1, last: 5 });
    const failure = { reason: 1 };
    const bad = monitor.time('m', () => Promise.reject(failure));
    clock.advance(2);
    await expect(bad).rejects.toBe(failure);
    expect(monitor.stats('m')).toMatchObject({ count: 2, last: 2 });
  });

  it('returns a promise of the same class, with the fields that it has', async () => {
    const { clock, monitor } = setup();
    class Plain<T> extends Promise<T> {}
    expect(monitor.time('m', () => Plain.resolve(1))).toBeInstanceOf(Plain);
    const special = monitor.time('m', () => new Special<number>((resolve) => resolve(2)));
    expect([special instanceof Special, special.extra]).toEqual([true, 1]);
    clock.advance(4);
    await expect(special.then((value) => value + 1)).resolves.toBe(3);
    expect(monitor.stats('m')?.lifetimeCount).toBe(2);
    const process = Object.assign(Promise.resolve(3), { pid: 17 });
    const timed = monitor.time('m', () => process);
    expect([timed.pid, await timed, await timed, monitor.stats('m')?.lifetimeCount]).toEqual([17, 3, 3, 3]);
  });

  it('never awaits what is no promise: it is timed when the caller awaits it, however it was built on', async () => {
    const { clock, monitor } = setup();
    const query = new Query('users', async () => {
      clock.advance(8);
      return 3;
    });
    const stand = monitor.time('m', () => query);
    clock.advance(1);
    expect([stand instanceof Query, stand.table, query.started, monitor.stats('m')]).toEqual([true, 'users', 0, null]);
    expect(await stand.where().where()).toBe(3);
    expect([query.started, stand.started]).toEqual([1, 1]);
    expect(monitor.stats('m')).toMatchObject({ count: 1, last: 9 });
    await stand;
    expect(monitor.stats('m')?.count).toBe(1);
    const failing = monitor.time('m', () => new Query('x', () => Promise.reject(new Error('down'))));
    await expect(failing.where()).rejects.toThrow('down');
    expect(monitor.stats('m')?.count).toBe(2);
  });

  it('does not fail with a monitor that cannot remember', () => {
    const { monitor } = setup();
    expect(monitor.time(undefined as never, () => 5)).toBe(5);
    expect(monitor.snapshot().ignored).toBe(1);
  });

  it('refuses what is no function', () => {
    const { monitor } = setup();
    expect(() => monitor.time('m', 5 as never)).toThrow(InvalidArgumentError);
  });
});
