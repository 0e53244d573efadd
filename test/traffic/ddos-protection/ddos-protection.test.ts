import { DDoSProtection, type DDoSProtectionOptions } from 'breakwater/ddos-protection';
import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function setup(options: DDoSProtectionOptions = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const reported: unknown[] = [];
  const ddos = new DDoSProtection({ clock, onListenerError: (error) => reported.push(error), ...options });
  const admitted = (address: string, times: number): number =>
    Array.from({ length: times }, () => ddos.check(address)).filter(({ allowed }) => allowed).length;
  return { clock, ddos, reported, admitted };
}
const nth = (i: number): string => `198.${String(18 + (i >> 16))}.${String((i >> 8) & 255)}.${String(i & 255)}`;

describe('DDoSProtection', () => {
  it('TRA-12 admits 100 requests in a minute; request 101 is refused and blocks the address for 15 minutes', () => {
    const { clock, ddos, admitted } = setup();
    for (let i = 0; i < 100; i++) {
      expect(ddos.check('203.0.113.5')).toMatchObject({ allowed: true, remaining: 99 - i, retryAfterMs: 0 });
      clock.advance(599);
    }
    expect(ddos.check('203.0.113.5')).toMatchObject({
      allowed: false,
      source: 'ban',
      retryAfterMs: 900_000,
      remaining: 0,
      limit: 100,
      violated: ['ddos'],
    });
    expect(ddos.isBlocked('203.0.113.5')).toBe(true);
    clock.advance(899_999);
    expect(ddos.check('203.0.113.5')).toMatchObject({ allowed: false, retryAfterMs: 1 });
    clock.advance(1);
    expect([ddos.isBlocked('203.0.113.5'), admitted('203.0.113.5', 101)]).toEqual([false, 100]);
  });

  it('TRA-12 who keeps to 100 a minute is never blocked, in bursts or evenly', () => {
    const { clock, admitted } = setup();
    for (let minute = 0; minute < 10; minute++) {
      expect(admitted('203.0.113.5', 100)).toBe(100);
      clock.advance(60_000);
    }
    for (let i = 0; i < 2_000; i++) {
      expect(admitted('203.0.113.6', 1)).toBe(1);
      clock.advance(600);
    }
  });

  it('TRA-36 a burst across the edge of a minute counts in full', () => {
    const { clock, admitted } = setup();
    admitted('203.0.113.5', 1);
    clock.advance(59_000);
    expect(admitted('203.0.113.5', 99)).toBe(99);
    clock.advance(2_000);
    expect(admitted('203.0.113.5', 5)).toBe(1);
  });

  it('TRA-12 never blocks within the limit, and always beyond it in eleven twelfths of the window', () => {
    const gaps = fc.array(fc.oneof(fc.nat(50), fc.nat(2_000), fc.constantFrom(0, 99, 100, 1_199, 1_200)), {
      minLength: 1,
      maxLength: 120,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), gaps, (threshold, waits) => {
        const { clock, ddos } = setup({ threshold, windowMs: 1_200, blockDurationMs: 1 });
        let times: number[] = [];
        for (const waitMs of waits) {
          clock.advance(waitMs);
          const now = clock.now();
          const { allowed } = ddos.check('203.0.113.5', { block: false });
          const within = (ms: number): number => times.filter((time) => now - time < ms).length;
          if (within(1_200) < threshold) expect(allowed).toBe(true);
          if (within(1_100) >= threshold) expect(allowed).toBe(false);
          if (allowed) times = [...times, now];
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('says when a refusal without a block ends', () => {
    const { clock, ddos, admitted } = setup({ threshold: 3, windowMs: 1_200 });
    admitted('203.0.113.5', 2);
    clock.advance(500);
    admitted('203.0.113.5', 1);
    const { allowed, retryAfterMs, source } = ddos.check('203.0.113.5', { block: false });
    expect([allowed, retryAfterMs, source]).toEqual([false, 700, 'local']);
    clock.advance(699);
    expect(ddos.check('203.0.113.5', { block: false }).allowed).toBe(false);
    clock.advance(1);
    expect(ddos.check('203.0.113.5', { block: false }).allowed).toBe(true);
    expect(ddos.isBlocked('203.0.113.5')).toBe(false);
  });

  it('requests while blocked do not extend the block', () => {
    const { clock, ddos, admitted } = setup({ threshold: 1 });
    admitted('203.0.113.5', 2);
    clock.advance(800_000);
    expect(ddos.check('203.0.113.5').retryAfterMs).toBe(100_000);
  });

  it('TRA-69 TRA-70 TRA-71 counts a client once, however its address is written', () => {
    const { ddos, admitted } = setup({ threshold: 2 });
    expect(admitted('::ffff:1.2.3.4', 1) + admitted('::ffff:102:304', 1) + admitted('1.2.3.4', 1)).toBe(2);
    expect(admitted('2001:db8:0:1::1', 1) + admitted('2001:db8:0:1:aaaa::2', 1) + admitted('2001:db8:0:1::3', 1)).toBe(
      2,
    );
    expect(ddos.isBlocked('2001:db8:0:1:ffff::9')).toBe(true);
    expect(admitted('2001:db8:0:2::1', 1)).toBe(1);
  });

  it.each([undefined, '', 'unknown', 'not an ip'])(
    'TRA-76 a request from %j is admitted uncounted, and said once',
    async (address) => {
      const { ddos, reported } = setup({ threshold: 1 });
      for (let i = 0; i < 500; i++) expect(ddos.check(address)).toMatchObject({ allowed: true });
      await Promise.resolve();
      expect(ddos.stats()).toMatchObject({ unaddressed: 500, addresses: 0 });
      expect(reported).toMatchObject([{ code: 'BREAKWATER_W_NO_ADDRESS' }]);
    },
  );

  it('never counts nor blocks what is allowed, and always refuses what is denied', () => {
    const { ddos, admitted } = setup({
      threshold: 1,
      allow: ['192.0.2.0/24', '203.0.113.9'],
      deny: ['203.0.113.0/24'],
    });
    expect([admitted('192.0.2.7', 50), admitted('203.0.113.9', 50)]).toEqual([50, 50]);
    expect(ddos.check('203.0.113.5')).toMatchObject({ allowed: false, retryAfterMs: Infinity, source: 'ban' });
    expect([ddos.isBlocked('203.0.113.5'), ddos.isBlocked('203.0.113.9')]).toEqual([true, false]);
    expect(admitted('127.0.0.1', 2)).toBe(1);
  });

  it('TRA-29 a clock that steps back neither opens a window nor prolongs a block', () => {
    const { clock, ddos, admitted } = setup({ threshold: 2 });
    admitted('203.0.113.5', 2);
    clock.set(-1e9);
    expect(ddos.check('203.0.113.5')).toMatchObject({ allowed: false, retryAfterMs: 900_000 });
    clock.set(901_000);
    expect(ddos.check('203.0.113.5').allowed).toBe(true);
  });

  it('the brake stops new blocks when over a fifth of fifty addresses would be hit, and still refuses', () => {
    const { clock, ddos } = setup({ threshold: 1 });
    const told: unknown[] = [];
    ddos.on('pressure', (event) => told.push(event));
    for (let i = 0; i < 50; i++) ddos.check(nth(i));
    for (let i = 0; i < 50; i++) expect(ddos.check(nth(i)).allowed).toBe(false);
    expect(ddos.stats().blockedNow).toBe(10);
    expect(told).toEqual([{ protection: 'ddos', reason: 'brake' }]);
    const pressure = [...ddos.metrics()].filter(({ name }) => name === 'breakwater_ddos_pressure_total');
    expect(pressure.map(({ labels, value }) => [labels?.['reason'], value])).toEqual([
      ['brake', 1],
      ['memory', 0],
    ]);
    expect(ddos.check(nth(49))).toMatchObject({ allowed: false, source: 'local', retryAfterMs: 60_000 });
    clock.advance(60_000);
    expect(ddos.check(nth(49)).allowed).toBe(true);
    expect(ddos.check(nth(49))).toMatchObject({ allowed: false, source: 'ban' });
  });

  it('below fifty addresses the brake does not act', () => {
    const { ddos } = setup({ threshold: 1 });
    for (let i = 0; i < 49; i++) ddos.check(nth(i));
    for (let i = 0; i < 49; i++) ddos.check(nth(i));
    expect(ddos.stats().blockedNow).toBe(49);
  });

  it('TRA-77 rotating addresses fill no more than maxAddresses, and a heavy one stays counted', () => {
    const { ddos, admitted } = setup({ maxAddresses: 200 });
    const told: unknown[] = [];
    ddos.on('pressure', (event) => told.push(event));
    admitted('203.0.113.5', 60);
    for (let i = 0; i < 20_000; i++) ddos.check(nth(i));
    expect(ddos.stats()).toMatchObject({ addresses: 200, evictedAddresses: 20_001 - 200 });
    expect(told).toEqual([{ protection: 'ddos', reason: 'memory' }]);
    const pressure = [...ddos.metrics()].filter(({ name }) => name === 'breakwater_ddos_pressure_total');
    expect(pressure.map(({ labels, value }) => [labels?.['reason'], value])).toEqual([
      ['brake', 0],
      ['memory', 1],
    ]);
    expect(admitted('203.0.113.5', 41)).toBe(40);
  });

  it('blocks and unblocks by hand: addresses, clients of IPv6 and ranges', () => {
    const { clock, ddos, admitted } = setup();
    const told: unknown[] = [];
    ddos.on('blocked', (event) => told.push(event));
    ddos.on('unblocked', (event) => told.push(event));
    ddos.block('203.0.113.5', 1_000, 'password=hunter22');
    ddos.block('2001:db8:0:1::5', Infinity, 'scan');
    ddos.block('198.51.100.0/24', 2_000, 'range');
    expect(['203.0.113.5', '2001:db8:0:1::6', '198.51.100.77', '198.51.101.1'].map((ip) => ddos.isBlocked(ip))).toEqual(
      [true, true, true, false],
    );
    expect(ddos.check('198.51.100.77')).toMatchObject({ allowed: false, source: 'ban', retryAfterMs: 2_000 });
    expect(ddos.bans()).toEqual({
      bans: [
        { address: '203.0.113.5', reason: 'password=[secret]', remainingMs: 1_000 },
        { address: '2001:db8:0:1::/64', reason: 'scan', remainingMs: Infinity },
        { address: '198.51.100.0/24', reason: 'range', remainingMs: 2_000 },
      ],
    });
    expect([ddos.unblock('2001:db8:0:1::/64'), ddos.unblock('198.51.100.0/24'), ddos.unblock('192.0.2.1')]).toEqual([
      true,
      true,
      false,
    ]);
    clock.advance(1_000);
    expect(ddos.bans()).toEqual({ bans: [] });
    expect(admitted('203.0.113.5', 1)).toBe(1);
    expect(told).toMatchObject([
      { address: '203.0.113.5', by: 'hand', durationMs: 1_000 },
      { address: '2001:db8:0:1::/64', durationMs: Infinity },
      { address: '198.51.100.0/24' },
      { address: '2001:db8:0:1::/64' },
      { address: '198.51.100.0/24' },
    ]);
  });

  it('TRA-82 unblock of a range clears the counts of all its addresses, and of no other', () => {
    const ddos = new DDoSProtection({ threshold: 1, clock: new ManualClock() });
    for (const address of ['203.0.113.5', '203.0.113.77', '198.51.100.5']) ddos.check(address);
    ddos.unblock('203.0.113.0/24');
    expect(
      ['203.0.113.5', '203.0.113.77', '198.51.100.5'].map((address) => ddos.check(address, { block: false }).allowed),
    ).toEqual([true, true, false]);
  });

  it('TRA-82 unblock clears the count too', () => {
    const { ddos, admitted } = setup({ threshold: 3 });
    admitted('203.0.113.5', 4);
    ddos.unblock('203.0.113.5');
    expect(admitted('203.0.113.5', 4)).toBe(3);
  });

  it.each(['enforce', 'shadow'] as const)('%s: there is nothing to lift of a block that is over', (mode) => {
    const { clock, ddos } = setup({ mode });
    const told: unknown[] = [];
    ddos.on('unblocked', (event) => told.push(event));
    const names = ['203.0.113.5', '2001:db8:0:1::/64', '198.51.100.0/24'];
    for (const name of names) ddos.block(name, 1_000, 'x');
    clock.advance(999);
    expect(ddos.unblock('203.0.113.5')).toBe(true);
    ddos.block('203.0.113.5', 1, 'x');
    clock.advance(1);
    expect(names.map((name) => ddos.unblock(name))).toEqual([false, false, false]);
    expect(told).toEqual([{ protection: 'ddos', address: '203.0.113.5' }]);
    expect(ddos.stats().blockedNow).toBe(0);
  });

  it('refuses wrong arguments', () => {
    const { ddos } = setup();
    expect(() => {
      ddos.block('nonsense', 1, 'x');
    }).toThrow(InvalidArgumentError);
    expect(() => {
      ddos.block('203.0.113.5', 0, 'x');
    }).toThrow(InvalidArgumentError);
    expect(() => ddos.unblock('203.0.113.5/24')).toThrow("did you mean '203.0.113.0/24'?");
    expect(() => ddos.bans(-1)).toThrow(InvalidArgumentError);
  });

  it('holds a bounded number of ranges, and pages through blocks', () => {
    const { ddos } = setup();
    for (let i = 0; i < 1_000; i++) ddos.block(`10.${String(i >> 8)}.${String(i & 255)}.0/24`, 1_000, 'x');
    expect(() => {
      ddos.block('11.0.0.0/24', 1_000, 'x');
    }).toThrow('1000 ranges');
    let seen = 0;
    for (let cursor: number | undefined = 0; cursor !== undefined;) {
      const page = ddos.bans(cursor);
      seen += page.bans.length;
      cursor = page.next;
    }
    expect(seen).toBe(1_000);
  });

  it('TRA-78 holds forty thousand blocks', () => {
    const { ddos } = setup({ maxAddresses: 50_000 });
    for (let i = 0; i < 40_000; i++) ddos.block(nth(i), 1_000, 'x');
    expect(ddos.stats().blockedNow).toBe(40_000);
    expect(ddos.isBlocked(nth(39_999))).toBe(true);
  });

  it('in shadow mode admits everything and marks it', () => {
    const { ddos } = setup({ threshold: 1, mode: 'shadow' });
    ddos.check('203.0.113.5');
    expect(ddos.check('203.0.113.5')).toMatchObject({ allowed: true, shadow: true, violated: ['ddos'] });
    expect(ddos.check('203.0.113.5')).toMatchObject({ allowed: true, shadow: true, source: 'ban' });
    expect([ddos.isBlocked('203.0.113.5'), ddos.bans().bans.length]).toEqual([false, 1]);
  });

  it('tells blocks and totals; no address is in what is not authorised to hold one', () => {
    const { ddos, admitted } = setup({ threshold: 1 });
    const told: { type: string; level: string }[] = [];
    const stop = ddos.subscribe((event) => told.push(event));
    admitted('203.0.113.5', 3);
    ddos.block('203.0.113.6', Infinity, 'x');
    expect(told).toMatchObject([
      { type: 'blocked', level: 'warn', data: { address: '203.0.113.5', by: 'threshold', durationMs: 900_000 } },
      { type: 'blocked', data: { durationMs: null } },
    ]);
    stop();
    ddos.unblock('203.0.113.6');
    expect(told).toHaveLength(2);
    expect(ddos.snapshot()).toMatchObject({ admitted: 1, rejected: 2, blocks: 2, blockedNow: 1 });
    expect(JSON.stringify([ddos.snapshot(), [...ddos.metrics()]])).not.toContain('203.0.113');
  });

  it('names every wrong option', () => {
    expect(
      () => new DDoSProtection({ treshold: 5, windowMs: 1, allow: ['nope'], deny: '10.0.0.0/8' } as never),
    ).toThrow(InvalidOptionsError);
    expect(() => new DDoSProtection({ allow: ['10.0.0.1/8'] })).toThrow(
      "allow[0] '10.0.0.1/8' has bits beyond its prefix",
    );
    expect(() => new DDoSProtection({ escalation: {} } as never)).toThrow('escalation is not an option');
  });
});
