import { DDoSProtection, type DDoSProtectionOptions } from 'breakwater/ddos-protection';
import { InvalidArgumentError } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

const CLIENT = '203.0.113.5';

function setup(options: DDoSProtectionOptions = {}) {
  const clock = new ManualClock();
  const ddos = new DDoSProtection({ clock, ...options });
  /** How many of so many requests are admitted; nobody is blocked for the others. */
  const admitted = (times: number, address = CLIENT): number =>
    Array.from({ length: times }, () => ddos.check(address, { block: false })).filter(({ allowed }) => allowed).length;
  return { clock, ddos, admitted };
}

describe('the window of an address', () => {
  it('TRA-37 forgets the last minute by and by: full half a minute later, and not ten seconds after that', () => {
    const { clock, admitted } = setup();
    for (let i = 0; i < 40; i++) {
      expect(admitted(1)).toBe(1);
      clock.advance(1_500);
    }
    clock.advance(29_999);
    // Of the forty the twenty of the second half count.
    expect([admitted(80), admitted(1)]).toEqual([80, 0]);
    clock.advance(10_000);
    expect(admitted(100)).toBe(7);
  });

  it('TRA-36 in any eleven twelfths of a window the threshold is all there is, in a whole one almost twice that', () => {
    const { clock, admitted } = setup();
    admitted(1);
    clock.advance(4_999);
    expect(admitted(100)).toBe(99);
    clock.advance(55_000);
    expect(admitted(1)).toBe(0);
    clock.advance(1);
    expect(admitted(100)).toBe(100);
  });

  it('TRA-38 lifted by hand it is empty in all its parts', () => {
    const { clock, ddos, admitted } = setup({ threshold: 12 });
    for (let part = 0; part < 12; part++) {
      admitted(1);
      clock.advance(5_000);
    }
    ddos.unblock(CLIENT);
    expect([admitted(13), ddos.stats().addresses]).toEqual([12, 1]);
  });

  it("TRA-39 '*' is no address, and lifts nothing", () => {
    const { ddos, admitted } = setup({ threshold: 1 });
    admitted(1);
    expect(() => ddos.unblock('*')).toThrow(InvalidArgumentError);
    expect(admitted(1)).toBe(0);
  });

  it('TRA-41 two requests of one moment have answers of their own', () => {
    const { ddos } = setup();
    const [first, second] = [ddos.check(CLIENT), ddos.check(CLIENT)];
    expect([first.remaining, second.remaining]).toEqual([99, 98]);
  });
});

describe('a block', () => {
  it('TRA-79 of eight windows outlasts them, though nothing comes meanwhile', () => {
    const { clock, ddos } = setup({ threshold: 1, windowMs: 100, blockDurationMs: 800 });
    ddos.check(CLIENT);
    expect(ddos.check(CLIENT)).toMatchObject({ allowed: false, retryAfterMs: 800 });
    clock.advance(799);
    expect(ddos.check(CLIENT)).toMatchObject({ allowed: false, source: 'ban', retryAfterMs: 1 });
    clock.advance(1);
    expect(ddos.check(CLIENT).allowed).toBe(true);
  });

  it('TRA-81 of an address that is allowed is in force nowhere: not refused, not listed, not exported', () => {
    const { ddos, admitted } = setup({ threshold: 1, allow: ['192.0.2.0/24'] });
    ddos.block('192.0.2.7', 60_000, 'by hand');
    ddos.block('192.0.2.0/24', 60_000, 'by hand');
    ddos.block('192.0.2.0/23', 60_000, 'by hand');
    ddos.block(CLIENT, 60_000, 'by hand');
    expect([admitted(5, '192.0.2.7'), admitted(5)]).toEqual([5, 0]);
    expect([ddos.isBlocked('192.0.2.7'), ddos.isBlocked(CLIENT)]).toEqual([false, true]);
    const listed = ddos.bans().bans.map(({ address }) => address);
    // The wider range is listed: others than those who are allowed are in it.
    expect(listed).toEqual([CLIENT, '192.0.2.0/23']);
    expect(ddos.exportBans('nginx')).toBe(`${CLIENT} 1;\n192.0.2.0/23 1;\n`);
  });
});
