import { describe, expect, it } from 'vitest';
import { observe } from './observe.js';
import { ownPart, settle, setup } from './setup.js';

const boom = new Error('rejected');
const reject = (): Promise<never> => Promise.reject(boom);

describe('observe: promises by mistake', () => {
  it('OBS-B60 a snapshot or health that is a promise is reported, and nothing is shown of it', async () => {
    const one = setup({ snapshot: reject as never });
    expect(one.scrape()).toEqual([]);
    await settle();
    expect(String(one.reported[0])).toContain('snapshot() of worker must answer at once');
    const two = setup({ health: reject as never });
    two.scrape();
    await settle();
    expect(String(two.reported[0])).toContain('health() of worker must answer at once');
  });

  it('OBS-B60 subscribing, collecting and ending either may reject: reported', async () => {
    for (const way of ['subscribe', 'collect']) {
      for (const ends of [false, true]) {
        const reported: unknown[] = [];
        const answer = ends ? () => reject : reject;
        const { part } = ownPart(way === 'subscribe' ? { subscribe: answer as never } : {});
        const metrics = { collectFrom: (way === 'collect' ? answer : () => () => undefined) as never };
        const stop = observe(part, { metrics, onListenerError: (error) => reported.push(error) });
        stop();
        await settle();
        expect(reported, `${way} ${String(ends)}`).toEqual([boom]);
      }
    }
  });
});

describe('observe: what a snapshot names', () => {
  it('OBS-B61 neither secrets nor the names of people become metrics', () => {
    const snapshot = () => ({
      apiKey: 17,
      token: 4,
      authorization: { length: 3 },
      users: { alice: 3, bob_smith: 1 },
      counts: { done: 2, password: 5 },
      queued: 1,
    });
    const { scrape } = setup({ snapshot });
    expect(scrape().map(({ name }) => name)).toEqual(['breakwater_worker_counts_done', 'breakwater_worker_queued']);
  });

  it('OBS-B61 a label whose name is sensitive shows no value', () => {
    const labels = { apiKey: 'k-123', note: 'Bearer abcdefgh12345678', n: 'mail' };
    const { scrape } = setup({ metrics: () => [{ name: 'x', type: 'gauge', help: 'X.', value: 1, labels }] });
    expect(scrape()[0]?.labels).toEqual({ apiKey: '[secret]', note: 'Bearer [secret]', n: 'mail' });
  });
});

describe('observe: a scrape of a large part', () => {
  it('OBS-B62 reads samples one by one, as they are asked for', () => {
    let read = 0;
    const { sources } = setup({
      *metrics() {
        for (let i = 0; i < 1_000; i++) {
          read++;
          yield { name: 'x', type: 'gauge' as const, help: 'X.', value: i, labels: { i: String(i) } };
        }
        throw boom;
      },
      health: () => ({ status: 'HEALTHY' }),
    });
    const [source] = sources;
    const samples = (source?.() as Iterable<{ readonly name: string }>)[Symbol.iterator]();
    samples.next();
    expect(read).toBe(1);
    const rest: string[] = [];
    for (let next = samples.next(); next.done !== true; next = samples.next()) rest.push(next.value.name);
    expect(rest).toHaveLength(999 + 3);
  });
});
