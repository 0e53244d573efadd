import { runInNewContext } from 'node:vm';
import type { CircuitBreaker } from 'breakwater/circuit-breaker';
import { describe, expect, it } from 'vitest';
import { setup } from './setup.js';

type Work = (tx: { id: string }) => unknown;
type Callback = (error: unknown, value?: unknown) => unknown;

const REFUSED = { code: 'BREAKWATER_CIRCUIT_OPEN' };
const DOWN = new Error('down');
const far = Promise.resolve('far');

/** Shaped like the clients whose methods take a function last and mean different things by it. */
class Client {
  down = false;

  async tx(work: Work): Promise<unknown> {
    await Promise.resolve();
    if (this.down) throw DOWN;
    return work({ id: 'trx' });
  }

  /** Not an `async` function itself, which no one can tell from outside. */
  plainTx(work: Work): Promise<unknown> {
    return this.tx(work);
  }

  /** Promise and callback, as ioredis does it: the promise it returns is handled. */
  get(callback: Callback): Promise<unknown> {
    const answer = this.down ? Promise.reject(DOWN) : Promise.resolve('value');
    answer.then((value) => callback(null, value), callback);
    return answer;
  }

  /** The same, but the callback runs after everything that waits for the promise. */
  getLate(callback: Callback): Promise<unknown> {
    const answer = this.down ? Promise.reject(DOWN) : Promise.resolve('value');
    const later = (...outcome: Parameters<Callback>): void => process.nextTick(callback, ...outcome);
    answer.then((value) => setImmediate(later, null, value), later);
    return answer;
  }

  /** A callback, and an object that must not be waited for, as mysql2 does it. */
  query(callback: Callback): Query {
    setImmediate(() => (this.down ? callback(DOWN) : callback(null, 'rows')));
    return new Query();
  }

  find(callback: Callback): undefined {
    queueMicrotask(() => (this.down ? callback(DOWN) : callback(null, 'rows')));
    return undefined;
  }
}

class Query {
  asked = 0;
  then(): never {
    this.asked++;
    throw new Error('You have tried to call .then()');
  }
  catch(): never {
    return this.then();
  }
}

function guarded(options: Parameters<typeof setup>[0] = { failureThreshold: 1 }) {
  const all = setup(options);
  const client = new Client();
  const db = all.breaker.protect(client, { only: ['tx', 'plainTx', 'get', 'getLate', 'query', 'find'] });
  return { ...all, client, db };
}

/** Lets everything that is under way come to its end. */
async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** The rejections of `run` that nobody handled, kept from whoever else listens for such. */
async function unhandled(run: () => unknown): Promise<unknown[]> {
  const found: unknown[] = [];
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => found.push(error));
  try {
    await run();
    await settled();
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  }
  return found;
}

function counted(breaker: CircuitBreaker): object {
  const { counts } = breaker.snapshot();
  return {
    inFlight: counts.inFlight,
    successes: counts.successes,
    failures: counts.failures,
    rejected: counts.rejected,
  };
}

describe('a function last that is no callback', () => {
  it.each(['tx', 'plainTx'] as const)('%s: the promise is the truth from the first call on', async (name) => {
    const { breaker, client, db } = guarded({ failureThreshold: 2 });
    await expect(db[name](({ id }) => id)).resolves.toBe('trx');
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 1, failures: 0, rejected: 0 });
    await expect(db[name](() => Promise.reject(DOWN))).rejects.toBe(DOWN);
    client.down = true;
    await expect(db[name](({ id }) => id)).rejects.toBe(DOWN);
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 1, failures: 2, rejected: 0 });
    expect(breaker.state).toBe('OPEN');
  });

  it('counts no call of the function: within the method, before the promise settles or after it', async () => {
    const { breaker } = setup({ failureThreshold: 1 });
    const target = {
      async each(fn: (item: unknown) => void): Promise<string> {
        fn('within');
        await Promise.resolve();
        fn('before');
        setImmediate(fn, 'after');
        return 'done';
      },
    };
    const seen: unknown[] = [];
    const running = breaker.protect(target, { only: ['each'] }).each((item) => seen.push(item));
    expect(breaker.snapshot().counts.inFlight).toBe(1);
    await expect(running).resolves.toBe('done');
    await settled();
    expect(seen).toEqual(['within', 'before', 'after']);
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 1, failures: 0, rejected: 0 });
  });

  it('hands the function on with its name, its length and its properties, and lets classes be made', async () => {
    const { breaker } = setup();
    const marked = Object.assign(
      function both(a: unknown, b: unknown) {
        return [a, b];
      },
      { mark: 1 },
    );
    class Row {
      readonly made = true;
    }
    const target = { load: (fn: unknown) => Promise.resolve(fn) };
    const db = breaker.protect(target, { only: ['load'] });
    const seen = (await db.load(marked)) as typeof marked;
    expect([seen.name, seen.length, seen.mark]).toEqual([marked.name, 2, 1]);
    const Given = (await db.load(Row)) as typeof Row;
    expect(new Given()).toBeInstanceOf(Row);
    expect(new Given().made).toBe(true);
  });

  it('is never called by a refusal of an async method, though it was never called before', async () => {
    const { breaker, fail, db } = guarded();
    await fail();
    let ran = 0;
    await expect(db.tx(() => ran++)).rejects.toMatchObject(REFUSED);
    await settled();
    expect(ran).toBe(0);
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 0, failures: 1, rejected: 1 });
  });

  it('is never called by a refusal when it is an async function', async () => {
    const { fail, db } = guarded();
    await fail();
    let ran = 0;
    await expect(db.plainTx(async () => ran++)).rejects.toMatchObject(REFUSED);
    const foreign = runInNewContext('async () => { throw new Error("ran"); }') as Work;
    expect(await unhandled(() => expect(db.plainTx(foreign)).rejects.toMatchObject(REFUSED))).toEqual([]);
    expect(ran).toBe(0);
  });

  it.each([
    ['succeeded', false],
    ['failed before it called the function', true],
  ])('is never called by a refusal after a call that %s', async (_, down) => {
    const { breaker, client, db } = guarded();
    client.down = down;
    await db.plainTx(() => 1).catch(() => undefined);
    breaker.isolate();
    let ran = 0;
    await expect(db.plainTx(() => ran++)).rejects.toMatchObject(REFUSED);
    await settled();
    expect(ran).toBe(0);
  });

  it('is never called by a refusal while the first call still waits for its function', async () => {
    const { breaker, db } = guarded();
    let finish!: () => void;
    const first = db.plainTx(() => new Promise<void>((resolve) => (finish = resolve)));
    await settled();
    breaker.isolate();
    let ran = 0;
    await expect(db.plainTx(() => ran++)).rejects.toMatchObject(REFUSED);
    finish();
    await first;
    expect(ran).toBe(0);
    expect(breaker.snapshot().counts.inFlight).toBe(0);
  });

  it('is not taken for a callback because it was called with nothing and nothing came back', async () => {
    const { breaker } = setup();
    const target = {
      locked: async (fn: () => unknown): Promise<void> => {
        await fn();
      },
    };
    const db = breaker.protect(target, { only: ['locked'] });
    let ran = 0;
    await db.locked(() => ran++);
    breaker.isolate();
    await expect(db.locked(() => ran++)).rejects.toMatchObject(REFUSED);
    await settled();
    expect(ran).toBe(1);
  });

  it('turns a throw into a rejection once the method is known to answer with promises', async () => {
    const { breaker, client, db } = guarded({ failureThreshold: 5 });
    await db.plainTx(() => 1);
    client.plainTx = () => {
      throw DOWN;
    };
    await expect(db.plainTx(() => 1)).rejects.toBe(DOWN);
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 1, failures: 1, rejected: 0 });
  });
});

describe('a method that both calls back and returns a promise', () => {
  it.each(['get', 'getLate'] as const)('%s: a failure reaches the callback and is counted once', async (name) => {
    const { breaker, client, db } = guarded();
    client.down = true;
    const heard: unknown[] = [];
    let answer: unknown;
    const run = (): void => {
      answer = db[name]((error) => heard.push(error));
    };
    expect(await unhandled(run)).toEqual([]);
    expect(heard).toEqual([DOWN]);
    await expect(answer).rejects.toBe(DOWN);
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 0, failures: 1, rejected: 0 });
  });

  it.each([
    ['get', false],
    ['get', true],
    ['getLate', false],
    ['getLate', true],
  ] as const)('%s: a refusal reaches callback and promise after a call (down: %s)', async (name, down) => {
    const { breaker, client, db } = guarded({ failureThreshold: 2 });
    client.down = down;
    expect(await unhandled(() => void db[name](() => undefined))).toEqual([]);
    breaker.isolate();
    const heard: unknown[] = [];
    let answer: unknown;
    const run = (): void => {
      answer = db[name]((error) => heard.push(error));
      expect(heard).toEqual([]);
    };
    expect(await unhandled(run)).toEqual([]);
    expect(heard).toMatchObject([REFUSED]);
    await expect(answer).rejects.toBe(heard[0]);
    expect(counted(breaker)).toMatchObject({ inFlight: 0, rejected: 1 });
  });

  it('refuses a call that is made within the first callback through its own callback', async () => {
    const { breaker, client, db } = guarded();
    client.down = true;
    const heard: unknown[] = [];
    const run = (): void => {
      void db.get((error) => {
        heard.push(error);
        breaker.isolate();
        void db.get((refusal) => heard.push(refusal));
      });
    };
    expect(await unhandled(run)).toEqual([]);
    expect(heard).toMatchObject([DOWN, REFUSED]);
    expect(breaker.snapshot().counts.inFlight).toBe(0);
  });

  it('is another than one whose failure reaches no callback: that one stays for somebody to handle', async () => {
    const { client, db } = guarded();
    client.down = true;
    expect(await unhandled(() => void db.plainTx(() => 1))).toEqual([DOWN]);
  });
});

describe('a method that takes a callback and returns no promise', () => {
  it('goes by the callback, and returns what only looks like a promise untouched', async () => {
    const { breaker, client, db } = guarded({ failureThreshold: 5 });
    const heard: unknown[][] = [];
    let query!: Query;
    const run = (): void => {
      query = db.query((...outcome) => heard.push(outcome));
    };
    expect(await unhandled(run)).toEqual([]);
    expect(query).toBeInstanceOf(Query);
    client.down = true;
    expect(await unhandled(run)).toEqual([]);
    expect(query.asked).toBe(0);
    expect(heard).toEqual([[null, 'rows'], [DOWN]]);
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 1, failures: 1, rejected: 0 });
  });

  it('does not even read then where there is no finally, and takes what cannot be read for no promise', async () => {
    const { breaker } = setup();
    const lazy = Object.defineProperty({}, 'then', {
      get: () => {
        throw new Error('read');
      },
    });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const results: unknown[] = [lazy, proxy];
    const target = {
      next: (callback: Callback): unknown => {
        callback(null, 1);
        return results.shift();
      },
    };
    const db = breaker.protect(target, { only: ['next'] });
    expect(db.next(() => undefined) === lazy).toBe(true);
    expect(db.next(() => undefined) === proxy).toBe(true);
    await settled();
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 2, failures: 0, rejected: 0 });
  });

  it.each([
    ['of another realm', runInNewContext('Promise.resolve("far")') as Promise<string>],
    ['of a library', { then: far.then.bind(far), catch: far.catch.bind(far), finally: far.finally.bind(far) }],
  ])('takes a promise %s for a promise', async (_, promise) => {
    const { breaker } = setup({ failureThreshold: 1 });
    const target = {
      tx: (work: Work): PromiseLike<string> => {
        work({ id: 'trx' });
        return promise;
      },
    };
    await expect(breaker.protect(target, { only: ['tx'] }).tx(() => 1)).resolves.toBe('far');
    expect(counted(breaker)).toEqual({ inFlight: 0, successes: 1, failures: 0, rejected: 0 });
  });

  it.each(['find', 'query', 'get', 'plainTx'] as const)(
    '%s, of which nothing is known: the callback gets the refusal, and so does who waits',
    async (name) => {
      const { breaker, fail, db } = guarded();
      await fail();
      const heard: unknown[] = [];
      let answer: unknown;
      const run = (): void => {
        answer = db[name]((error: unknown) => heard.push(error));
        expect(heard).toEqual([]);
      };
      expect(await unhandled(run)).toEqual([]);
      expect(heard).toMatchObject([REFUSED]);
      await expect(answer).rejects.toBe(heard[0]);
      expect(counted(breaker)).toEqual({ inFlight: 0, successes: 0, failures: 1, rejected: 1 });
    },
  );

  it.each(['find', 'get'] as const)(
    '%s: refuses an async callback through it, once it is known for one',
    async (name) => {
      const { breaker, db } = guarded();
      const call: (callback: Callback) => unknown = db[name];
      await new Promise((resolve) => call(resolve));
      await settled();
      breaker.isolate();
      const heard: unknown[] = [];
      expect(await unhandled(() => void call(async (error) => heard.push(error)))).toEqual([]);
      expect(heard).toMatchObject([REFUSED]);
    },
  );
});

describe('slots', () => {
  it.each(['tx', 'plainTx', 'get', 'getLate', 'query', 'find'] as const)(
    '%s gives the place of its probe back, and closes the circuit',
    async (name) => {
      const { breaker, client, clock, db, toHalfOpen } = guarded();
      await toHalfOpen();
      client.down = true;
      const call = (): unknown => db[name](() => undefined);
      await unhandled(() => {
        call();
        expect(breaker.snapshot().counts.inFlight).toBe(1);
      });
      expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', counts: { inFlight: 0 } });
      clock.advance(60_000);
      client.down = false;
      call();
      await settled();
      expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', counts: { inFlight: 0 } });
    },
  );
});
