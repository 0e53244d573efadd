import { SharedDDoSProtection } from 'breakwater/ddos-protection';
import { createHardening } from 'breakwater/http';
import { SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import { createMemoryStore, type LimitStore, ManualClock } from 'breakwater/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type Act, FRAMEWORKS, type Running, serve } from './frameworks.js';

const ACTS: readonly Act[] = [
  { path: '/', run: () => 'hello' },
  {
    path: '/throws',
    run() {
      throw new Error('broken handler');
    },
  },
];

const refuse = () => Promise.reject(new Error('connection refused'));
const AWAY: LimitStore = { take: refuse, count: refuse, record: refuse, mark: refuse, changes: refuse, clear: refuse };

describe.each(FRAMEWORKS)('$name with limits that processes share', (framework) => {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  /** Two processes, as far as a store can tell. */
  async function two(store: LimitStore, more: { readonly onStoreError?: 'reject' } = {}) {
    const clock = new ManualClock();
    const lost = more.onStoreError === undefined ? { instances: 2 } : { onStoreError: 'reject' as const };
    const make = async () => {
      const ddos = new SharedDDoSProtection({ threshold: 6, store, clock, ...lost });
      const perUser = new SharedPerUserRateLimiter({ capacity: 4, refillPerSecond: 1, store, clock, ...lost });
      const hardening = createHardening({ clock, ddos, perUser, identify: 'x-user-id' });
      const server = await serve(framework.app(ACTS, hardening));
      running.push(server);
      return server;
    };
    return { clock, servers: [await make(), await make()] as const };
  }

  it('admits in both together what one would, and blocks in both', async () => {
    const { servers } = await two(createMemoryStore());
    const seen: number[] = [];
    for (let i = 0; i < 9; i++) {
      const answer = await servers[i % 2 === 0 ? 0 : 1].ask('/', { headers: { 'x-user-id': `user${String(i % 2)}` } });
      seen.push(answer.status);
    }
    expect(seen).toEqual([200, 200, 200, 200, 200, 200, 429, 429, 429]);
    const answer = await servers[0].ask('/');
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('x-frame-options')]).toEqual([
      429,
      '900',
      'DENY',
    ]);
    expect(await answer.json()).toMatchObject({ type: expect.stringMatching(/abnormal-usage-detected$/) as string });
    expect((await servers[1].ask('/health/live')).status).toBe(200);
  });

  it('limits each user in both together', async () => {
    const { servers } = await two(createMemoryStore());
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      seen.push((await servers[i % 2 === 0 ? 0 : 1].ask('/', { headers: { 'x-user-id': 'ann' } })).status);
    }
    expect(seen).toEqual([200, 200, 200, 200, 429]);
  });

  it('answers a handler that throws as ever', async () => {
    const { servers } = await two(createMemoryStore());
    const answer = await servers[0].ask('/throws');
    expect([answer.status, answer.headers.get('x-frame-options')]).toEqual([500, 'DENY']);
  });

  it('serves each share when the store is away, and says 503 beyond it', async () => {
    const { servers } = await two(AWAY);
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) seen.push((await servers[0].ask('/', { headers: { 'x-user-id': 'ann' } })).status);
    expect(seen).toEqual([200, 200, 503, 503]);
  });

  it('TRA-68 says 503 to everything when told to, with a time to come back', async () => {
    const { servers } = await two(AWAY, { onStoreError: 'reject' });
    const answer = await servers[0].ask('/');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ type: expect.stringMatching(/temporary-reduced-capacity$/) as string });
  });
});
