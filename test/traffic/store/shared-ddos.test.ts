import { isBreakwaterError } from 'breakwater/core';
import {
  type AddressBlocked,
  DDoSProtection,
  SharedDDoSProtection,
  type SharedDDoSProtectionOptions,
} from 'breakwater/ddos-protection';
import { seededRandom } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { nth, sharedSetup } from './setup.js';

type Options = Partial<SharedDDoSProtectionOptions>;

function setup() {
  const made = sharedSetup();
  const make = (options: Options = {}) =>
    new SharedDDoSProtection({
      threshold: 10,
      store: made.store,
      instances: 2,
      clock: made.clock,
      ...options,
    } as SharedDDoSProtectionOptions);
  const lose = async (ddos: SharedDDoSProtection, mode: 'hangs' | 'rejects' = 'rejects') => {
    made.state.mode = mode;
    for (let i = 0; i < 3; i++) await made.within(50, ddos.check('203.0.113.99'));
  };
  /** Makes so many requests in turn of all. */
  const flood = async (all: readonly SharedDDoSProtection[], address: string, times: number) => {
    const decisions = [];
    for (let i = 0; i < times; i++) decisions.push(await nth(all, i % all.length).check(address));
    return decisions;
  };
  return { ...made, make, lose, flood };
}

describe('SharedDDoSProtection with a store that answers', () => {
  it('counts for all processes together: request 11 is refused, and blocks everywhere', async () => {
    const { make, flood, clock } = setup();
    const all = [make(), make(), make()];
    const told: unknown[] = [];
    for (const [i, ddos] of all.entries()) ddos.on('blocked', ({ address, by }) => told.push([i, address, by]));
    const decisions = await flood(all, '203.0.113.7', 12);
    expect(decisions.map(({ allowed }) => allowed)).toEqual([...Array<boolean>(10).fill(true), false, false]);
    expect(decisions[0]).toMatchObject({ limit: 10, remaining: 9, source: 'store', resetAfterMs: 60_000 });
    expect(decisions[10]).toEqual({
      allowed: false,
      limit: 10,
      remaining: 0,
      retryAfterMs: 900_000,
      resetAfterMs: 900_000,
      cost: 1,
      policy: 'ddos',
      violated: ['ddos'],
      source: 'ban',
      degraded: false,
      shadow: false,
    });
    expect(decisions[11]).toMatchObject({ source: 'ban', retryAfterMs: 900_000 });
    expect(told).toEqual([[1, '203.0.113.7', 'threshold']]);
    clock.advance(899_999);
    expect(await nth(all, 0).check('203.0.113.7')).toMatchObject({ allowed: false, retryAfterMs: 1 });
    clock.advance(1);
    expect(await nth(all, 0).check('203.0.113.7')).toMatchObject({ allowed: true, remaining: 9 });
    expect(await nth(all, 0).check('203.0.113.8')).toMatchObject({ allowed: true, remaining: 9 });
  });

  it('blocks once, however many requests are one too many at the same time', async () => {
    const { make } = setup();
    const all = [make(), make(), make(), make()];
    const told: unknown[] = [];
    for (const ddos of all) ddos.on('blocked', (event) => told.push(event.address));
    const decisions = await Promise.all(
      all.flatMap((ddos) => Array.from({ length: 50 }, () => ddos.check('203.0.113.7'))),
    );
    expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect(told).toEqual(['203.0.113.7']);
  });

  it('decides as the protection of one process does, over a random trace', async () => {
    const { make, clock } = setup();
    const options = { threshold: 5, windowMs: 12_000, blockDurationMs: 30_000, escalate: { jitter: 0 } };
    const shared = make(options);
    const single = new DDoSProtection({ ...options, clock });
    const random = seededRandom(11);
    for (let i = 0; i < 2_000; i++) {
      clock.advance(Math.floor(random.next() * 3) * 500);
      const address = `203.0.113.${String(Math.floor(random.next() * 4))}`;
      const [theirs, ours] = [single.check(address), await shared.check(address)];
      expect({ ...ours, source: theirs.source }).toEqual(theirs);
      await clock.advanceAsync(0);
    }
    expect(shared.stats().blocks).toBeGreaterThan(5);
  });

  it('TRA-79 blocks grow alike, whoever makes them', async () => {
    const { make, flood, clock } = setup();
    const all = [make({ escalate: { jitter: 0 } }), make({ escalate: { jitter: 0 } })];
    const durations: number[] = [];
    for (const ddos of all) ddos.on('blocked', ({ durationMs }) => durations.push(durationMs));
    for (let i = 0; i < 3; i++) {
      await flood(i % 2 === 0 ? all : [nth(all, 1), nth(all, 0)], '203.0.113.7', 11);
      clock.advance(nth(durations, -1));
      await clock.advanceAsync(0);
    }
    expect(durations).toEqual([900_000, 1_800_000, 3_600_000]);
    await nth(all, 0).unblock('203.0.113.7');
    await flood(all, '203.0.113.7', 11);
    expect(durations.at(-1)).toBe(900_000);
    clock.advance(900_000 + 86_400_000);
    await flood(all, '203.0.113.7', 11);
    expect(durations.at(-1), 'forgotten after a day').toBe(900_000);
  });

  it('blocks for whatever reason, halves of characters included', async () => {
    const ddos = setup().make();
    await ddos.block('203.0.113.7', 60_000, `\ud83d ${'😀'.repeat(150)}`);
    expect(ddos.isBlocked('203.0.113.7')).toBe(true);
  });

  it('a block by hand neither counts among those that make the next one longer, nor makes them forgotten', async () => {
    const { make, flood, clock } = setup();
    const options = { blockDurationMs: 1_000, escalate: { jitter: 0, memoryMs: 3_600_000 } };
    const shared = make(options);
    const single = new DDoSProtection({ threshold: 10, ...options, clock });
    const durations: Readonly<Record<'shared' | 'single', number[]>> = { shared: [], single: [] };
    const noteIn = (list: number[]) => (event: AddressBlocked) => {
      if (event.by === 'threshold') list.push(event.durationMs);
    };
    shared.on('blocked', noteIn(durations.shared));
    single.on('blocked', noteIn(durations.single));
    for (let i = 0; i < 4; i++) {
      await flood([shared], '192.0.2.1', 11);
      for (let n = 0; n < 11; n++) single.check('192.0.2.1');
      clock.advance(61_000);
      await clock.advanceAsync(0);
      if (i === 1) {
        await shared.block('192.0.2.1', 500, 'by hand');
        single.block('192.0.2.1', 500, 'by hand');
        clock.advance(500);
      }
    }
    const doubling = [1_000, 2_000, 4_000, 8_000];
    expect(durations).toEqual({ shared: doubling, single: doubling });
  });

  it('TRA-80 blocks and frees by hand in all processes, within a second', async () => {
    const { make, clock, asked } = setup();
    const [here, there] = [make(), make()];
    await here.block('203.0.113.7', 60_000, 'token=abc123 in its query');
    await here.block('198.51.100.0/24', 60_000, 'a range');
    clock.advance(1_000);
    expect(there.isBlocked('203.0.113.7')).toBe(false);
    await clock.advanceAsync(0);
    expect([there.isBlocked('203.0.113.7'), there.isBlocked('198.51.100.200'), there.isBlocked('192.0.2.1')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(there.bans().bans).toEqual([
      { address: '203.0.113.7', reason: 'token=[secret] in its query', remainingMs: 59_000 },
      { address: '198.51.100.0/24', reason: 'a range', remainingMs: 59_000 },
    ]);
    expect(there.exportBans('nginx')).toContain('198.51.100.0/24 1;');
    const before = asked('count');
    expect(await there.check('198.51.100.200')).toMatchObject({ allowed: false, source: 'ban', retryAfterMs: 59_000 });
    expect(await there.check('::ffff:203.0.113.7')).toMatchObject({ allowed: false, source: 'ban' });
    expect(asked('count'), 'who is known to be blocked costs no question').toBe(before);
    expect([await here.unblock('203.0.113.7'), await here.unblock('198.51.100.0/24')]).toEqual([true, true]);
    expect(await here.unblock('203.0.113.7')).toBe(false);
    clock.advance(1_000);
    expect(await there.check('203.0.113.7')).toMatchObject({ allowed: true });
    await clock.advanceAsync(0);
    expect(await there.check('198.51.100.200')).toMatchObject({ allowed: true });
    expect(there.bans().bans).toEqual([]);
  });

  it('TRA-81 an address that is allowed is free, whoever blocked it', async () => {
    const { make, clock } = setup();
    const here = make();
    const there = make({ allow: ['203.0.113.7'] });
    await here.block('203.0.113.7', 60_000, 'x');
    clock.advance(1_000);
    await there.check('192.0.2.1');
    await clock.advanceAsync(0);
    expect(await there.check('203.0.113.7')).toMatchObject({ allowed: true, remaining: 10 });
    expect([there.isBlocked('203.0.113.7'), there.bans().bans]).toEqual([false, []]);
    expect(await make({ deny: ['203.0.113.0/24'] }).check('203.0.113.9')).toMatchObject({
      allowed: false,
      retryAfterMs: Infinity,
      source: 'ban',
    });
  });

  it('lets a lifting win over a block that was decided before it', async () => {
    const { make, flood, store } = setup();
    const [here, there] = [make(), make()];
    await flood([here], '203.0.113.7', 10);
    const mark = store.mark.bind(store);
    // Between the decision to block and the block somebody lifts it.
    store.mark = async (change) => {
      store.mark = mark;
      await there.unblock('203.0.113.7');
      return mark(change);
    };
    expect(await here.check('203.0.113.7')).toMatchObject({ allowed: false, source: 'store' });
    expect(await here.check('203.0.113.7')).toMatchObject({ allowed: true });
  });

  it('does not block a fifth of all addresses at once', async () => {
    const { make, flood } = setup();
    const ddos = make();
    const told: unknown[] = [];
    ddos.on('pressure', ({ reason }) => told.push(reason));
    for (let i = 0; i < 60; i++) await ddos.check(`192.0.2.${String(i)}`);
    const last: unknown[] = [];
    for (let i = 0; i < 20; i++) last.push(nth(await flood([ddos], `192.0.2.${String(i)}`, 12), -1).source);
    expect(last.filter((source) => source === 'ban')).toHaveLength(12);
    expect(last.filter((source) => source === 'store')).toHaveLength(8);
    expect(told).toEqual(['brake']);
    expect([...ddos.metrics()].filter(({ name }) => name === 'breakwater_ddos_pressure_total')).toMatchObject([
      { type: 'counter', value: 1, labels: { protection: 'ddos', reason: 'brake' } },
    ]);
  });

  it('refuses without blocking when asked to', async () => {
    const { make } = setup();
    const ddos = make();
    for (let i = 0; i < 12; i++) await ddos.check('10.0.0.1', { block: false });
    expect(await ddos.check('10.0.0.1', { block: false })).toMatchObject({ allowed: false, source: 'store' });
    expect(ddos.stats()).toMatchObject({ blocks: 0, admitted: 10, rejected: 3 });
  });

  it('admits everybody in shadow mode, counted apart from what is enforced', async () => {
    const { make, flood } = setup();
    const [shadow, enforced] = [make({ mode: 'shadow' }), make()];
    const decisions = await flood([shadow], '203.0.113.7', 12);
    expect(decisions.slice(10)).toMatchObject([
      { allowed: true, shadow: true, source: 'ban' },
      { allowed: true, shadow: true, source: 'ban' },
    ]);
    expect([shadow.isBlocked('203.0.113.7'), shadow.bans().bans.length]).toEqual([false, 1]);
    expect(await enforced.check('203.0.113.7')).toMatchObject({ allowed: true, remaining: 9 });
  });

  it('TRA-76 admits what has no address, counted apart', async () => {
    const { make, asked } = setup();
    const ddos = make({ onListenerError: () => undefined });
    for (const address of [undefined, '', 'unknown', 'x'.repeat(1_000)]) {
      expect(await ddos.check(address)).toMatchObject({ allowed: true, source: 'local' });
    }
    expect([ddos.stats().unaddressed, asked('count')]).toEqual([4, 0]);
  });

  it.each([
    ['an endless block', (ddos: SharedDDoSProtection) => ddos.block('192.0.2.1', Infinity, 'x')],
    ['what is no address', (ddos: SharedDDoSProtection) => ddos.block('everybody', 1_000, 'x')],
    ['no reason', (ddos: SharedDDoSProtection) => ddos.block('192.0.2.1', 1_000, undefined as never)],
    ['to free what is no address', (ddos: SharedDDoSProtection) => ddos.unblock('everybody')],
    ['options that are none', (ddos: SharedDDoSProtection) => ddos.check('192.0.2.1', 1 as never)],
  ])('refuses %s', async (_, call) => {
    const { make, asked } = setup();
    await expect(call(make())).rejects.toSatisfy((error) => isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT'));
    expect(asked('mark') + asked('count')).toBe(0);
  });

  it.each([
    [{ threshold: 1 }, /threshold must be at least instances, 2/],
    [{ windowMs: 4e11 }, /windowMs is more than ten years/],
    [{ escalate: { maxDurationMs: 1 } }, /escalate.maxDurationMs must be at least blockDurationMs/],
    [{ store: {} }, /store must have the method take/],
    [{ instances: 0 }, /instances must be an integer of at least 1/],
  ])('refuses %o', (wrong, message) => {
    expect(() => setup().make(wrong as Options)).toThrow(message);
  });
});

describe('SharedDDoSProtection without its store', () => {
  it.each(['hangs', 'rejects', 'throws', 'lies'] as const)(
    'TRA-51 decides within the deadline when the store %s',
    async (mode) => {
      const { make, state, within } = setup();
      const ddos = make();
      await ddos.check('192.0.2.1');
      state.mode = mode;
      expect(await within(50, ddos.check('192.0.2.1'))).toMatchObject({
        allowed: true,
        limit: 5,
        source: 'fallback',
        degraded: true,
      });
    },
  );

  it('refuses beyond its share, but blocks nobody, and goes on from what it admitted', async () => {
    const { make, flood, lose, clock } = setup();
    const ddos = make();
    await flood([ddos], '192.0.2.1', 3);
    await lose(ddos);
    const decisions = await flood([ddos], '192.0.2.1', 4);
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true, false, false]);
    expect(decisions[2]).toMatchObject({ source: 'fallback', degraded: true });
    expect(nth(decisions, 2).retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(ddos.bans().bans).toEqual([]);
    clock.advance(60_000);
    expect(await ddos.check('192.0.2.1')).toMatchObject({ allowed: true });
  });

  it('goes on refusing whom it knows to be blocked', async () => {
    const { make, lose } = setup();
    const ddos = make({ onStoreError: 'allow' });
    await ddos.block('192.0.2.1', 60_000, 'x');
    await ddos.block('198.51.100.0/24', 60_000, 'x');
    await lose(ddos);
    expect(await ddos.check('192.0.2.1')).toMatchObject({ allowed: false, source: 'ban', degraded: true });
    expect(await ddos.check('198.51.100.1')).toMatchObject({ allowed: false, source: 'ban', degraded: true });
    expect(await ddos.check('192.0.2.2')).toMatchObject({ allowed: true, source: 'fallback' });
    expect(ddos.health().status).toBe('DEGRADED');
    expect(ddos.stats()).toMatchObject({ storeAvailable: false, degraded: 6 });
  });

  it('does not hang when the store dies between the count and the block', async () => {
    const { make, flood, state, within } = setup();
    const ddos = make();
    await flood([ddos], '192.0.2.1', 10);
    const pending = ddos.check('192.0.2.1');
    state.mode = 'hangs';
    expect(await within(50, pending)).toMatchObject({ allowed: false });
  });

  it('refuses everything when told to', async () => {
    const { make, lose } = setup();
    const ddos = make({ onStoreError: 'reject', instances: undefined } as Options);
    await lose(ddos);
    expect(await ddos.check('192.0.2.1')).toMatchObject({ allowed: false, retryAfterMs: 1_000, source: 'fallback' });
    await expect(ddos.block('192.0.2.1', 1, 'x')).rejects.toThrow(
      /ddos-protection 'ddos': block: the store did not answer/,
    );
  });
});
