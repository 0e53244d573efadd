import { EventEmitter } from 'node:events';
import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { InvalidArgumentError } from 'breakwater/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { setup } from './setup.js';

type Callback = (error: Error | null, rows?: string[]) => void;

/** Shaped like a database pool: private state, promises and callbacks, events, a nested class. */
class Pool extends EventEmitter {
  static readonly Client = class {};
  readonly Client = Pool.Client;
  #open = 1;
  failing = false;

  query(sql: string): Promise<string[]>;
  query(sql: string, callback: Callback): undefined;
  query(sql: string, callback?: Callback): Promise<string[]> | undefined {
    const error = this.failing ? new Error('down') : null;
    if (callback === undefined)
      return error === null ? Promise.resolve([sql, String(this.#open)]) : Promise.reject(error);
    queueMicrotask(() => {
      if (error === null) callback(null, [sql]);
      else callback(error);
    });
    return undefined;
  }

  cursor(sql: string): Promise<string> {
    return { sql } as unknown as Promise<string>;
  }

  transaction<T>(work: (tx: { id: number }) => Promise<T>): Promise<T> {
    return work({ id: this.#open });
  }

  now(callback: Callback): void {
    callback(this.failing ? new Error('down') : null, ['now']);
  }

  get total(): number {
    return this.#open;
  }

  set total(value: number) {
    this.#open = value;
  }

  chain(): this {
    this.#open++;
    return this;
  }
}

function guarded(options: Parameters<typeof setup>[0] = { failureThreshold: 1 }) {
  const all = setup(options);
  const pool = new Pool();
  const db = all.breaker.protect(pool, { only: ['query', 'cursor', 'now'] });
  return { ...all, pool, db };
}

function called(run: (callback: Callback) => unknown): Promise<{ error: unknown; rows: unknown }> {
  return new Promise((resolve) => {
    run((error, rows) => {
      resolve({ error, rows });
    });
  });
}

describe('CircuitBreaker.protect', () => {
  it('counts promises and refuses with a rejection', async () => {
    const { breaker, pool, db } = guarded();
    await expect(db.query('select 1')).resolves.toEqual(['select 1', '1']);
    pool.failing = true;
    await expect(db.query('select 1')).rejects.toThrow('down');
    expect(breaker.state).toBe('OPEN');
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
    expect(breaker.snapshot().counts).toMatchObject({ successes: 1, failures: 1, rejected: 1 });
  });

  it('counts callbacks once and refuses through the callback, never within the call', async () => {
    const { breaker, pool, db } = guarded();
    expect(await called((cb) => db.query('select 1', cb))).toEqual({ error: null, rows: ['select 1'] });
    pool.failing = true;
    expect(await called((cb) => db.query('select 1', cb))).toMatchObject({ error: new Error('down') });
    expect(breaker.snapshot().counts).toMatchObject({ successes: 1, failures: 1 });
    let within = true;
    const refusal = called((cb) => {
      db.query('select 1', (error) => {
        expect(within).toBe(false);
        cb(error);
      });
      within = false;
    });
    expect(await refusal).toMatchObject({ error: { code: 'BREAKWATER_CIRCUIT_OPEN', state: 'OPEN' } });
  });

  it('counts a callback that is called within the call', () => {
    const { breaker, pool, db } = guarded({ failureThreshold: 2 });
    const heard: unknown[] = [];
    db.now((error) => heard.push(error));
    pool.failing = true;
    db.now((error) => heard.push(error));
    expect(heard).toEqual([null, new Error('down')]);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 1, failures: 1 });
  });

  it('goes by the promise of a method whose last argument is a function but no callback', async () => {
    const { breaker, fail } = setup({ failureThreshold: 1 });
    const db = breaker.protect(new Pool(), { only: ['transaction' as never] });
    await expect(db.transaction(({ id }) => Promise.resolve(id))).resolves.toBe(1);
    expect(breaker.snapshot().counts).toMatchObject({ successes: 1, failures: 0 });
    await fail();
    let ran = false;
    const refused = db.transaction(() => {
      ran = true;
      return Promise.resolve(0);
    });
    await expect(refused).rejects.toMatchObject({ code: 'BREAKWATER_CIRCUIT_OPEN' });
    expect(ran).toBe(false);
  });

  it('passes a result that is no promise through and counts it neither way', () => {
    const { breaker, db } = guarded();
    expect(db.cursor('select 1')).toEqual({ sql: 'select 1' });
    expect(breaker.snapshot().counts).toMatchObject({ successes: 0, failures: 0, ignored: 1 });
  });

  it('turns a synchronous throw into a rejection and counts it', async () => {
    const { breaker } = setup({ failureThreshold: 1 });
    const target = {
      run: (): Promise<void> => {
        throw new Error('sync');
      },
    };
    await expect(breaker.protect(target, { only: ['run'] }).run()).rejects.toThrow('sync');
    expect(breaker.state).toBe('OPEN');
  });

  it('leaves everything else as it was: private state, accessors, events, chains, classes', () => {
    const { breaker, pool, db } = guarded();
    breaker.isolate();
    expect(db.total).toBe(1);
    db.total = 5;
    expect(pool.total).toBe(5);
    expect(db.chain()).toBe(db);
    expect(db.chain).toBe(db.chain);
    expect(db.on('error', () => undefined)).toBe(db);
    expect(pool.listenerCount('error')).toBe(1);
    expect(db.Client).toBeTypeOf('function');
    expect(new db.Client()).toBeInstanceOf(Pool.Client);
    expect(db).toBeInstanceOf(Pool);
    expect(db.constructor).toBe(Pool);
    expect('query' in db).toBe(true);
  });

  it('calls the method that the target has at that moment', async () => {
    const { pool, db } = guarded();
    pool.query = (() => Promise.resolve(['replaced'])) as never;
    await expect(db.query('x')).resolves.toEqual(['replaced']);
  });

  it('has methods with the names and lengths of those they stand for', () => {
    const { breaker } = setup();
    const target = { send: (a: number, b: number): Promise<number> => Promise.resolve(a + b) };
    const { send } = breaker.protect(target, { only: ['send'] });
    expect([send.name, send.length]).toEqual(['send', 2]);
    expect(Object.getOwnPropertyDescriptor(send, 'name')).toMatchObject({ configurable: true, writable: false });
  });

  it.each([false, true])(
    'says so when the target has the method no more, and counts nothing (open: %s)',
    async (open) => {
      const { breaker, pool, db } = guarded();
      pool.query = undefined as never;
      if (open) breaker.isolate();
      const gone = {
        code: 'BREAKWATER_INVALID_ARGUMENT',
        message: "protect: 'query' is no longer a method of the target",
      };
      await expect(db.query('select 1')).rejects.toMatchObject(gone);
      expect(await called((cb) => db.query('select 1', cb))).toMatchObject({ error: gone });
      const { inFlight, successes, failures, ignored, rejected } = breaker.snapshot().counts;
      expect([inFlight, successes, failures, ignored, rejected]).toEqual([0, 0, 0, 0, 0]);
    },
  );

  it.each([
    ['then', 'value'],
    ['constructor', 'get'],
  ])('gives the place back of a promise whose %s throws', async (property, kind) => {
    const { breaker } = setup();
    const fail = (): never => {
      throw new Error('no waiting');
    };
    const target = {
      get: (_?: unknown): Promise<number> => Object.defineProperty(Promise.resolve(1), property, { [kind]: fail }),
    };
    const db = breaker.protect(target, { only: ['get'] });
    await Promise.allSettled([db.get(), db.get(() => undefined)]);
    const { inFlight, successes, failures } = breaker.snapshot().counts;
    expect([inFlight, successes + failures]).toEqual([0, 2]);
  });

  it('asks classify with the result and tells durations', async () => {
    const { breaker, clock } = setup({
      failureThreshold: 1,
      classify: ({ result }) => (result === 'bad' ? 'failure' : 'success'),
    });
    const told: unknown[] = [];
    breaker.on('failure', (event) => told.push(event));
    const target = {
      get: () => {
        clock.advance(3);
        return Promise.resolve('bad');
      },
    };
    await expect(breaker.protect(target, { only: ['get'] }).get()).resolves.toBe('bad');
    expect(told).toEqual([{ error: undefined, durationMs: 3 }]);
  });

  it.each([
    [{ only: [] }, 'at least one method'],
    [{}, 'at least one method'],
    [{ only: ['qurey'] }, "'qurey' is not a method of the target; did you mean 'query'?"],
    [{ only: ['size'] }, "'size' is not a method of the target"],
    [{ only: ['failing'] }, "'failing' is not a method"],
  ])('refuses %j at once', (options, message) => {
    const { breaker } = setup();
    const protect = (): unknown => breaker.protect(new Pool(), options as never);
    expect(protect).toThrow(InvalidArgumentError);
    expect(protect).toThrow(message);
  });

  it('refuses a method that a proxy cannot replace, and shows other fixed ones as they are', async () => {
    const { breaker } = setup();
    const get = (): Promise<number> => Promise.resolve(1);
    const fixed = Object.freeze({ get, put: get });
    expect(() => breaker.protect(fixed, { only: ['get'] })).toThrow('read-only');
    const half: { get: typeof get; put: typeof get } = Object.defineProperty({ get, put: get }, 'put', {
      writable: false,
      configurable: false,
    });
    const proxy = breaker.protect(half, { only: ['get'] });
    expect(proxy.put).toBe(get);
    await expect(proxy.get()).resolves.toBe(1);
  });

  it('has types that name promise and callback methods only', () => {
    const breaker = new CircuitBreaker();
    const pool = new Pool();
    expectTypeOf(breaker.protect(pool, { only: ['query'] })).toEqualTypeOf<Pool>();
    // @ts-expect-error a plain method cannot be guarded
    breaker.protect(pool, { only: ['listenerCount'] });
    expectTypeOf(breaker.wrap((n: number) => Promise.resolve(String(n)))).toEqualTypeOf<
      (n: number) => Promise<string>
    >();
    expectTypeOf(breaker.execute(() => 1)).toEqualTypeOf<Promise<number>>();
  });
});
