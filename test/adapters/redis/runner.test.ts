import { StoreUnavailableError } from 'breakwater';
import { createRedisStore } from 'breakwater/redis';
import { beforeEach, describe, expect, it } from 'vitest';
import { ALLOWED, BUCKET, FakeServer, settle } from './setup.js';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
});

function commandOf({ send }: FakeServer) {
  return (...args: string[]) => send(args);
}

/** What came of a promise, without waiting for one that is not over. */
async function nowOf(promise: Promise<unknown>): Promise<unknown> {
  const pending = Symbol('pending');
  await settle();
  const result = await Promise.race([promise.catch((error: unknown) => error), settle().then(() => pending)]);
  return result === pending ? 'pending' : result;
}

describe('what a Redis store sends', () => {
  it('TRA-49: is a digest first, and the script only to a server that does not know it', async () => {
    server.knowsScripts = false;
    const store = server.store();
    await store.take([BUCKET]);
    await store.take([BUCKET]);
    server.knowsScripts = false;
    const [answer] = await store.take([BUCKET]);
    expect(answer).toEqual({ allowed: true, remaining: 9, retryAfterUs: 0, resetAfterUs: 100_000 });
    expect(server.seen.filter(({ late }) => !late).map(({ command }) => command)).toEqual([
      'EVALSHA',
      'EVALSHA',
      'EVAL',
    ]);
  });

  it('TRA-50: is sent once, whatever else goes wrong', async () => {
    const store = server.store();
    await store.take([BUCKET]);
    server.seen.length = 0;
    for (const message of [
      'ECONNRESET',
      'READONLY You can not write',
      'OOM command not allowed',
      'LOADING',
      'ERR NOSCRIPT',
    ]) {
      let asked = 0;
      server.way = () => {
        asked++;
        return Promise.reject(new Error(message));
      };
      await expect(store.take([BUCKET])).rejects.toThrow(message);
      expect(asked).toBe(1);
    }
    expect(server.seen).toEqual([]);
  });

  it('TRA-52: says until when it matters, by the clock of the server, so that nothing counts later', async () => {
    const store = server.store({ timeoutMs: 400 });
    await store.take([BUCKET], { withinMs: 50 });
    // The first of all found out what time it is there, and did nothing.
    expect(server.seen.map(({ late }) => late)).toEqual([true, false]);
    let arrive: () => void = () => undefined;
    server.way = () => new Promise((resolve) => (arrive = resolve));
    const answer = store.take([BUCKET], { withinMs: 50 });
    const sentUs = server.nowUs;
    await settle();
    // The client was not connected, kept the command, and sends it now.
    server.clock.advance(51);
    arrive();
    expect(await nowOf(answer)).toBeInstanceOf(StoreUnavailableError);
    expect(server.seen.at(-1)).toEqual({ command: 'EVALSHA', untilUs: sentUs + 50_000, late: true });
  });

  it('TRA-50: is done once, though the client sends it again on a new connection in time', async () => {
    let sent: string[] = [];
    const io = { status: 'ready', call: (...args: string[]) => server.send((sent = args)) };
    const store = createRedisStore(io, { clock: server.clock });
    for (let i = 0; i < 2; i++) await store.take([BUCKET]);
    // The first answer is lost.
    server.way = async () => {
      server.way = () => Promise.resolve();
      await server.send(sent);
    };
    await expect(store.take([BUCKET])).rejects.toThrow('sent before');
    await store.take([BUCKET]);
    expect(server.known.size).toBe(server.together.length);
  });

  it('TRA-49: is done though its script was unknown, and the command behind it was done before its text came', async () => {
    let known = false;
    const late: (() => void)[] = [];
    const call = async (...args: string[]): Promise<unknown> => {
      if (args[0] === 'EVAL') await new Promise<void>((resolve) => late.push(resolve));
      else if (!known) {
        // Another process has it read, right after.
        known = true;
        throw new Error('NOSCRIPT No matching script. Please use EVAL.');
      }
      return server.send(args);
    };
    server.knowsScripts = true;
    const store = createRedisStore({ status: 'ready', call }, { clock: server.clock });
    const first = store.take([BUCKET]);
    await settle();
    expect(await store.take([BUCKET])).toMatchObject([{ allowed: true }]);
    expect(late).toHaveLength(1);
    for (const come of late) come();
    expect(await first).toMatchObject([{ allowed: true }]);
  });

  it('needs no such care with a client that sends nothing again', async () => {
    const io = { status: 'ready', options: { autoResendUnfulfilledCommands: false }, call: commandOf(server) };
    const store = createRedisStore(io, { clock: server.clock });
    for (let i = 0; i < 2; i++) await store.take([BUCKET]);
    expect(server.together.length).toBeGreaterThan(1);
    expect(server.known.size).toBe(0);
  });

  it('takes the smaller of its own time limit and that of whoever asks', async () => {
    const store = server.store({ timeoutMs: 400 });
    await store.take([BUCKET]);
    await store.take([BUCKET], { withinMs: 900 });
    await store.take([BUCKET], { withinMs: 100 });
    const inTime = server.seen.filter(({ late }) => !late);
    expect(inTime.map(({ untilUs }) => (untilUs - server.nowUs) / 1_000)).toEqual([400, 400, 100]);
  });

  it('answers by its own time limit when nobody answers it', async () => {
    server.way = () => new Promise(() => undefined);
    const answer = server.store({ timeoutMs: 400 }).take([BUCKET]);
    server.clock.advance(399);
    expect(await nowOf(answer)).toBe('pending');
    server.clock.advance(1);
    expect(await nowOf(answer)).toMatchObject({ code: 'BREAKWATER_STORE_UNAVAILABLE', message: /within 400 ms/ });
  });

  it.each([
    ['ahead', 3_600_000_000],
    ['back', -3_600_000_000],
  ])('TRA-29: goes on when the clock of the server is set %s, or another server takes over', async (_, byUs) => {
    const store = server.store();
    await store.take([BUCKET]);
    server.aheadUs += byUs;
    for (let i = 0; i < 3; i++) expect((await store.take([BUCKET]))[0]?.allowed).toBe(true);
    const { untilUs } = server.seen.at(-1) ?? { untilUs: NaN };
    expect(untilUs - server.nowUs).toBe(1_000_000);
  });

  it('gives up on a server that finds everything too late', async () => {
    server.send.bind(server);
    const store = server.store();
    await store.take([BUCKET]);
    server.seen.length = 0;
    server.way = () => {
      server.aheadUs += 10_000_000;
      return Promise.resolve();
    };
    await expect(store.take([BUCKET])).rejects.toThrow('reached the server too late');
    expect(server.seen).toHaveLength(3);
  });

  it.each([[null], ['OK'], [[]], [['x', []]], [[null, []]], [{}], [[NaN, []]], [[1]], [[1, 1]], [[1, [1], [1]]]])(
    'takes %j for no answer',
    async (reply) => {
      const { createRedisStore } = await import('breakwater/redis');
      const store = createRedisStore({ send: () => Promise.resolve(reply) }, { clock: server.clock });
      await expect(store.take([BUCKET])).rejects.toMatchObject({ code: 'BREAKWATER_STORE_UNAVAILABLE' });
    },
  );

  it('TRA-52: gives less and less to a client that says nothing, which keeps it all, and goes on when it speaks', async () => {
    const store = server.store();
    let sent = 0;
    let speak: (() => void)[] = [];
    server.way = () => {
      sent++;
      return new Promise<void>((resolve) => speak.push(resolve));
    };
    const ask = async (): Promise<unknown> => {
      const asked = store.take([BUCKET]).catch((error: unknown) => String(error));
      await settle();
      server.clock.advance(1_000);
      return asked;
    };
    for (let second = 0; second < 3_600; second++) await ask();
    expect(sent).toBeGreaterThan(32 + 50);
    expect(sent).toBeLessThan(32 + 70);
    expect(await ask()).toMatch(/has not answered \d+ commands|no answer within/);
    server.way = () => Promise.resolve();
    for (const one of speak) one();
    speak = [];
    await settle();
    expect(await ask()).toHaveLength(1);
    expect(await ask()).toHaveLength(1);
  });

  it('TRA-55: goes on with a client that lost answers for good', async () => {
    const store = server.store();
    const ask = async (): Promise<unknown> => {
      const asked = store.take([BUCKET]).catch(() => undefined);
      await settle();
      server.clock.advance(1_000);
      return asked;
    };
    let sent = 0;
    server.way = () => (sent++ % 10 === 0 ? new Promise(() => undefined) : Promise.resolve());
    let answered = 0;
    for (let i = 0; i < 1_000; i++) if ((await ask()) !== undefined) answered++;
    expect(answered).toBeGreaterThan(890);
    server.way = () => new Promise(() => undefined);
    for (let i = 0; i < 36; i++) await ask();
    server.way = () => Promise.resolve();
    for (let i = 0; i < 17; i++) await ask();
    expect(await ask()).toHaveLength(1);
    expect(await ask()).toHaveLength(1);
  });

  it('reads numbers and texts however a client gives them', async () => {
    server.answer = ['9', '5', 100_000n, '1', '1', '5', '1', '7', Buffer.from('é')];
    const [answer] = await server.store().take([BUCKET]);
    const mark = { held: true, leftUs: 5, times: 1, version: 7, text: 'é' };
    expect(answer).toEqual({ allowed: false, remaining: 9, retryAfterUs: 5, resetAfterUs: 100_000, mark });
    server.answer = ALLOWED;
  });

  it('leaves no timer behind', async () => {
    const armed = new Set<() => void>();
    const clock = {
      now: () => server.clock.now(),
      wallNow: () => server.clock.wallNow(),
      schedule: (fn: () => void, ms: number) => {
        const cancel = server.clock.schedule(fn, ms);
        const stop = () => {
          armed.delete(stop);
          cancel();
        };
        armed.add(stop);
        return stop;
      },
    };
    const store = server.store({ clock, timeoutMs: 100 });
    await store.take([BUCKET]);
    server.clock.advance(200);
    server.way = () => Promise.reject(new Error('gone'));
    await store.take([BUCKET]).catch(() => undefined);
    server.clock.advance(200);
    await settle();
    expect(armed.size).toBeLessThanOrEqual(1);
  });
});

describe('what is asked at the same time', () => {
  /** Keeps all commands from arriving until they are let go. */
  function hold() {
    const held: (() => void)[] = [];
    server.way = () => new Promise((resolve) => held.push(resolve));
    return {
      held,
      async release(): Promise<void> {
        for (const go of held.splice(0)) go();
        await settle();
      },
    };
  }
  const ask = (store: ReturnType<FakeServer['store']>, subject: number) =>
    store.take([{ ...BUCKET, subject: String(subject) }], { withinMs: 500 });

  it('TRA-40: goes together in the next command while two are under way, each with its own answer', async () => {
    const store = server.store();
    await ask(store, 0);
    server.together.length = 0;
    const { held, release } = hold();
    const answers = Array.from({ length: 20 }, (_, i) => ask(store, i));
    expect(held).toHaveLength(2);
    await release();
    expect(held).toHaveLength(1);
    await release();
    expect(server.together).toEqual([1, 1, 18]);
    for (const answer of await Promise.all(answers)) expect(answer).toHaveLength(1);
  });

  it('does not wait for company when it is enough already', async () => {
    const store = server.store();
    await ask(store, 0);
    const { held, release } = hold();
    const answers = Array.from({ length: 200 }, (_, i) => ask(store, i));
    expect(held).toHaveLength(2 + Math.floor(198 / 48));
    await release();
    await release();
    expect(Math.max(...server.together)).toBe(48);
    expect(await Promise.all(answers)).toHaveLength(200);
  });

  it('fails together, and what waits is sent all the same', async () => {
    const store = server.store();
    await ask(store, 0);
    const fail: ((error: Error) => void)[] = [];
    server.way = () => new Promise((_, reject) => fail.push(reject));
    const results = Promise.allSettled(Array.from({ length: 5 }, (_, i) => ask(store, i)));
    server.way = () => Promise.resolve();
    for (const reject of fail) reject(new Error('ECONNRESET'));
    expect((await results).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it('has an answer of its own for what cannot be done', async () => {
    const store = server.store();
    server.answer = ['!', 'WRONGTYPE Operation against a key holding the wrong kind of value'];
    await expect(ask(store, 1)).rejects.toThrow('WRONGTYPE');
  });

  it('TRA-51: is not held up for good by commands that nobody answers', async () => {
    const store = server.store({ timeoutMs: 100 });
    await ask(store, 0);
    server.way = () => new Promise(() => undefined);
    const lost = Promise.allSettled(Array.from({ length: 5 }, (_, i) => ask(store, i)));
    await settle();
    server.clock.advance(100);
    expect((await lost).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
    server.way = () => Promise.resolve();
    expect(await ask(store, 9)).toHaveLength(1);
  });
});
