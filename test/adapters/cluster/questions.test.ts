import { beforeEach, describe, expect, it } from 'vitest';
import { BUCKET, FakeCluster, nowOf, settle } from './setup.js';

const UNAVAILABLE = 'BREAKWATER_STORE_UNAVAILABLE';

let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster();
});

const sizes = () => cluster.letters.map(({ ask }) => ask.length);
const ask = (store: ReturnType<FakeCluster['primary']>, subject = 0) =>
  store.take([{ ...BUCKET, subject: String(subject) }], { withinMs: 500 });

/** Keeps all messages from arriving until they are let go. */
function hold() {
  const held: (() => void)[] = [];
  cluster.there = () => new Promise((resolve) => held.push(resolve));
  return {
    held,
    async release(): Promise<void> {
      for (const go of held.splice(0)) go();
      await settle();
    },
  };
}

describe('what a worker asks', () => {
  it('TRA-40: goes in one message when it is asked in one tick, each with its own answer', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.letters.length = 0;
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(store, i)));
    expect(sizes()).toEqual([20]);
    expect(answers.map(([answer]) => answer?.remaining)).toEqual([8, ...Array.from({ length: 19 }, () => 9)]);
  });

  it('goes in messages of a bounded size, two of which are under way at a time', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.letters.length = 0;
    const { held, release } = hold();
    const answers = Promise.all(Array.from({ length: 1_050 }, (_, i) => ask(store, i)));
    await settle();
    expect(held).toHaveLength(2);
    while (held.length > 0) await release();
    expect(sizes()).toEqual([200, 200, 200, 200, 200, 50]);
    expect(await answers).toHaveLength(1_050);
  });

  it('counts several rules as several questions', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.letters.length = 0;
    const rules = Array.from({ length: 150 }, (_, i) => ({ ...BUCKET, subject: String(i) }));
    const answers = await Promise.all([store.take(rules), store.take(rules), store.take(rules)]);
    expect(sizes()).toEqual([2, 1]);
    expect(answers.map((all) => all[149]?.remaining)).toEqual([9, 8, 7]);
  });

  it('waits for company while two messages are under way', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.letters.length = 0;
    const { release } = hold();
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < 12; i++) {
      answers.push(ask(store, i));
      await settle();
    }
    expect(sizes()).toEqual([1, 1]);
    await release();
    expect(sizes()).toEqual([1, 1, 10]);
    await release();
    expect(await Promise.all(answers)).toHaveLength(12);
  });

  it('TRA-52: says until when it matters, by the clock of the primary, so that nothing counts later', async () => {
    const here = cluster.primary();
    const { store } = cluster.worker();
    // The first of all found out what time it is there, and counted nothing.
    const [first] = await ask(store);
    expect([cluster.letters.length, first?.remaining]).toEqual([2, 9]);
    const { release } = hold();
    const late = store.take([{ ...BUCKET, subject: '0' }], { withinMs: 50 });
    await settle();
    expect(cluster.letters.at(-1)?.ask[0]?.[0]).toBe(50_000);
    // The primary was stopped, and goes on only now.
    cluster.advance(51);
    await release();
    expect(await nowOf(late)).toMatchObject({
      code: UNAVAILABLE,
      message: expect.stringMatching(/too late/) as string,
    });
    expect((await here.take([{ ...BUCKET, subject: '0', cost: 0 }]))[0]?.remaining).toBe(9);
  });

  it('is done when it arrives in the last microsecond', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    const { release } = hold();
    const last = store.take([{ ...BUCKET, subject: '0' }], { withinMs: 50 });
    await settle();
    cluster.primaryClock.advance(50);
    await release();
    expect(await nowOf(last)).toEqual([expect.objectContaining({ remaining: 8 })]);
  });

  it('takes the smaller of its own time limit and that of whoever asks', async () => {
    cluster.primary();
    const { store } = cluster.worker({ timeoutMs: 400 });
    await ask(store);
    cluster.letters.length = 0;
    await Promise.all([undefined, 900, 100].map((withinMs) => store.take([BUCKET], { withinMs })));
    expect(cluster.letters[0]?.ask.map(([untilUs]) => untilUs)).toEqual([400_000, 400_000, 100_000]);
  });

  it.each([
    ['ahead', 3_600_000],
    ['back', -3_600_000],
  ])('TRA-29: goes on when the clock of the worker is %s of what it was', async (_, byMs) => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.clock.set(cluster.clock.now() + byMs);
    for (let i = 0; i < 3; i++) expect((await ask(store, i))[0]?.allowed).toBe(true);
  });

  it('is given up when the primary finds it too late again and again', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.letters.length = 0;
    cluster.there = () => {
      cluster.primaryClock.advance(10_000);
      return Promise.resolve();
    };
    await expect(ask(store)).rejects.toThrow('reached the primary too late');
    expect(sizes()).toEqual([1, 1, 1]);
  });

  it('TRA-50: is sent once when it cannot be sent', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.letters.length = 0;
    cluster.there = () => new Promise(() => undefined);
    cluster.written = (sent) => {
      sent(new Error('EPIPE'));
    };
    await expect(ask(store)).rejects.toMatchObject({ code: UNAVAILABLE });
    cluster.written = () => {
      throw new Error('not a message');
    };
    await expect(ask(store)).rejects.toMatchObject({ code: UNAVAILABLE });
    expect(sizes()).toEqual([1, 1]);
  });

  it('is refused before it is sent when it cannot be', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    const rules = Array.from({ length: 1_001 }, (_, i) => ({ ...BUCKET, subject: String(i) }));
    for (const wrong of [store.take(rules), store.take([]), store.changes('{', 0), store.clear({} as never)])
      await expect(wrong).rejects.toMatchObject({ code: 'BREAKWATER_INVALID_ARGUMENT' });
    for (const withinMs of [NaN, 0, -1, '5', null])
      await expect(store.clear({ group: 'g', subject: 's' }, { withinMs: withinMs as number })).rejects.toMatchObject({
        message: expect.stringMatching(/withinMs must be more than 0 ms, got/) as string,
      });
    expect(cluster.letters).toEqual([]);
    expect(await store.take(rules.slice(1))).toHaveLength(1_000);
  });

  it('leaves no timer behind that keeps the process', async () => {
    const armed = new Map<object, boolean>();
    const clock = {
      now: () => cluster.clock.now(),
      wallNow: () => 0,
      schedule: (fn: () => void, ms: number, options?: { readonly hold?: boolean }) => {
        const key = {};
        const stop = cluster.clock.schedule(() => {
          armed.delete(key);
          fn();
        }, ms);
        armed.set(key, options?.hold === true);
        const cancel = () => {
          armed.delete(key);
          stop();
        };
        return Object.assign(cancel, { hold: (held: boolean) => void armed.set(key, held) });
      },
    };
    cluster.primary();
    const { store } = cluster.worker({ clock });
    const answer = ask(store);
    expect([...armed.values()]).toEqual([true]);
    await answer;
    expect([...armed.values()]).toEqual([false]);
  });
});

describe('a worker whose primary does not answer', () => {
  it('TRA-51: hears so by its own time limit, to the millisecond', async () => {
    cluster.there = () => new Promise(() => undefined);
    cluster.primary();
    const { store } = cluster.worker({ timeoutMs: 400, onListenerError: () => undefined });
    const answers = [store.take([BUCKET]), store.take([BUCKET], { withinMs: 50 })];
    await settle();
    cluster.advance(399);
    expect(await Promise.all(answers.map(nowOf))).toEqual(['pending', 'pending']);
    cluster.advance(1);
    for (const answer of answers)
      expect(await nowOf(answer)).toMatchObject({
        code: UNAVAILABLE,
        message: expect.stringMatching(/400 ms/) as string,
      });
  });

  it('is told once that createClusterStore() is missing there, when it has never heard of it', async () => {
    const told: unknown[] = [];
    const { store } = cluster.worker({ onListenerError: (error) => told.push(error) });
    for (let i = 0; i < 3; i++) {
      const answer = store.take([BUCKET]);
      await settle();
      cluster.advance(1_000);
      expect(await nowOf(answer)).toMatchObject({ message: expect.stringMatching(/called in the primary/) as string });
    }
    await settle();
    expect(told).toEqual([expect.objectContaining({ code: 'BREAKWATER_W_CLUSTER_PRIMARY' })]);
  });

  it('is told nothing of the kind when it has heard of it before', async () => {
    cluster.primary();
    const told: unknown[] = [];
    const { store } = cluster.worker({ onListenerError: (error) => told.push(error) });
    await ask(store);
    cluster.there = () => new Promise(() => undefined);
    const answer = ask(store);
    await settle();
    cluster.advance(1_000);
    expect(await nowOf(answer)).toMatchObject({ message: 'createClusterStore: no answer within 1000 ms' });
    await settle();
    expect(told).toEqual([]);
  });

  it('is not held up by what nobody waits for any more', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.there = () => new Promise(() => undefined);
    for (let i = 0; i < 2; i++) {
      store.take([BUCKET], { withinMs: 50 }).catch(() => undefined);
      await settle();
    }
    const third = store.take([BUCKET], { withinMs: 90 });
    await settle();
    cluster.there = () => Promise.resolve();
    cluster.advance(49);
    const waits = ask(store, 7);
    expect([await nowOf(third), await nowOf(waits)]).toEqual(['pending', 'pending']);
    cluster.advance(1);
    expect((await ask(store, 8))[0]?.remaining).toBe(9);
    expect([(await third)[0]?.remaining, (await waits)[0]?.remaining]).toEqual([9, 9]);
  });

  it('sends nothing more when the channel takes nothing in', async () => {
    cluster.primary();
    const { store } = cluster.worker();
    await ask(store);
    cluster.letters.length = 0;
    cluster.there = () => new Promise(() => undefined);
    cluster.written = () => undefined;
    const told: unknown[] = [];
    for (let i = 0; i < 8; i++) {
      store.take([BUCKET], { withinMs: 10 }).catch((error: unknown) => told.push(error));
      await settle();
      cluster.advance(10);
    }
    expect(cluster.letters).toHaveLength(4);
    expect(told).toHaveLength(4);
    expect(told[0]).toMatchObject({
      code: UNAVAILABLE,
      message: expect.stringMatching(/takes no message in/) as string,
    });
  });

  it('bounds what is open', async () => {
    cluster.there = () => new Promise(() => undefined);
    cluster.primary();
    const { store } = cluster.worker({ onListenerError: () => undefined });
    const all = Array.from({ length: 50_001 }, () => store.clear({ group: 'g', subject: 's' }));
    const last = all.pop() as Promise<void>;
    const others = Promise.allSettled(all);
    expect(await nowOf(last)).toMatchObject({
      code: UNAVAILABLE,
      message: expect.stringMatching(/50000 questions/) as string,
    });
    cluster.advance(1_000);
    expect((await others).every(({ status }) => status === 'rejected')).toBe(true);
    cluster.there = () => Promise.resolve();
    expect(await ask(store)).toHaveLength(1);
  });

  it('hears at once when the way to it is closed, and asks nobody any more', async () => {
    cluster.primary();
    const worker = cluster.worker();
    await ask(worker.store);
    const { held } = hold();
    const answers = Array.from({ length: 300 }, (_, i) => ask(worker.store, i));
    const over = Promise.all(answers.map(nowOf));
    await settle();
    expect(held).toHaveLength(2);
    worker.disconnect();
    for (const error of await over) expect(error).toMatchObject({ code: UNAVAILABLE });
    await expect(ask(worker.store)).rejects.toMatchObject({ code: UNAVAILABLE });
    expect(held).toHaveLength(2);
  });

  it('hears at once that there is no store of that name', async () => {
    cluster.primary({ name: 'other' });
    const { store } = cluster.worker();
    await expect(ask(store)).rejects.toThrow("the primary has no store 'breakwater'");
  });
});
