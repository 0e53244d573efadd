import { CidrSet, createAddressResolver } from 'breakwater/client-address';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

describe('DDoSProtection over a long time', () => {
  it('the brake holds: a flood from everybody blocks a fifth, not a fifth of the rest each minute', () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock });
    const blocks: number[] = [];
    for (let minute = 0; minute < 5; minute++) {
      for (let round = 0; round < 300; round++) {
        for (let i = 0; i < 200; i++) ddos.check(`10.0.0.${String(i)}`);
        clock.advance(200);
      }
      blocks.push(ddos.stats().blocks);
    }
    expect(blocks).toEqual([40, 40, 40, 40, 40]);
  });

  it('forgetting addresses that count no more is no pressure', () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock, maxAddresses: 100 });
    let told = 0;
    ddos.on('pressure', () => told++);
    for (let i = 0; i < 100; i++) ddos.check(`10.0.0.${String(i)}`);
    clock.advance(60_000);
    for (let i = 0; i < 100; i++) ddos.check(`10.0.1.${String(i)}`);
    expect([told, ddos.stats().evictedAddresses]).toEqual([0, 0]);
    ddos.check('10.0.2.1');
    expect([told, ddos.stats().evictedAddresses]).toEqual([1, 1]);
  });

  it('a block in force that must make room is told', () => {
    const ddos = new DDoSProtection({ clock: new ManualClock(), maxAddresses: 2 });
    const told: unknown[] = [];
    ddos.on('pressure', (event) => told.push(event));
    for (let i = 0; i < 3; i++) ddos.block(`192.0.2.${String(i)}`, 1_000, 'by hand');
    expect(told).toEqual([{ protection: 'ddos', reason: 'memory' }]);
  });

  it.each([
    ['2001:DB8::/32', '2001:db8::/32', '2001:db8::1'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8', '10.1.1.1'],
  ])('TRA-69 the range %s is lifted as %s', (blocked, lifted, member) => {
    const ddos = new DDoSProtection({ clock: new ManualClock() });
    ddos.block(blocked, 1_000, 'by hand');
    expect(ddos.isBlocked(member)).toBe(true);
    expect(ddos.unblock(lifted)).toBe(true);
    expect(ddos.isBlocked(member)).toBe(false);
  });

  it('a range counts for its members only, until it ends', () => {
    const clock = new ManualClock();
    const ddos = new DDoSProtection({ clock });
    ddos.block('10.0.0.0/8', 1_000, 'by hand');
    ddos.block('10.1.0.0/16', 2_000, 'by hand');
    ddos.block('2001:db8::/32', 1_000, 'by hand');
    expect(ddos.check('10.1.2.3').retryAfterMs).toBe(2_000);
    expect(ddos.check('10.2.2.3').retryAfterMs).toBe(1_000);
    expect(ddos.check('2001:db8:1::1').retryAfterMs).toBe(1_000);
    expect([ddos.isBlocked('11.0.0.1'), ddos.isBlocked('2001:db9::1')]).toEqual([false, false]);
    clock.advance(1_000);
    expect(['10.1.2.3', '10.2.2.3', '2001:db8:1::1'].map((address) => ddos.isBlocked(address))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each(['0.0.0.0/1', '128.0.0.0/1', '2000::/3', '::/0'])('TRA-74 trusting %s is refused', (range) => {
    expect(() => createAddressResolver([range])).toThrow(/nearly every address/);
    expect(() => createAddressResolver(['10.0.0.0/8', 'fc00::/7'])).not.toThrow();
  });

  it('a range of IPv6 that stands for all of IPv4 must be written as that', () => {
    expect(() => new CidrSet(['64:ff9b::/96'])).toThrow(/every IPv4 address/);
    expect(() => new DDoSProtection({ deny: ['::ffff:0:0/96'] })).toThrow(/deny\[0\]/);
    expect(new CidrSet(['0.0.0.0/0']).has('192.0.2.1')).toBe(true);
  });
});
