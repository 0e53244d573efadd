import { InvalidArgumentError } from 'breakwater/core';
import { DDoSProtection, type DDoSProtectionOptions } from 'breakwater/ddos-protection';
import { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';

function setup(options: DDoSProtectionOptions = {}) {
  const clock = new ManualClock({ wallNow: 1e12 });
  const ddos = new DDoSProtection({ clock, ...options });
  ddos.block('203.0.113.5', 1_500, 'x";\n} include /etc/passwd; token=abcdef');
  ddos.block('::ffff:203.0.113.6', Infinity, 'scan');
  ddos.block('198.51.100.0/24', 60_000, 'range');
  ddos.block('2001:DB8:0:1::5', 900_000, 'flood');
  ddos.block('192.0.2.9', 1, 'over soon');
  clock.advance(1);
  return ddos;
}

describe('exported blocks', () => {
  it('nginx: the inside of a geo block, addresses alone', () => {
    expect(setup().exportBans('nginx')).toBe(
      '203.0.113.5 1;\n203.0.113.6 1;\n2001:db8:0:1::/64 1;\n198.51.100.0/24 1;\n',
    );
  });

  it('nftables: both families, addresses and ranges apart, with what is left of each in whole seconds', () => {
    expect(setup().exportBans('nftables')).toBe(
      [
        'add table inet breakwater',
        'add set inet breakwater blocked4 { type ipv4_addr; flags timeout; }',
        'flush set inet breakwater blocked4',
        'add element inet breakwater blocked4 { 203.0.113.5 timeout 2s, 203.0.113.6 }',
        'add set inet breakwater blocked4_ranges { type ipv4_addr; flags interval, timeout; }',
        'flush set inet breakwater blocked4_ranges',
        'add element inet breakwater blocked4_ranges { 198.51.100.0/24 timeout 60s }',
        'add set inet breakwater blocked6 { type ipv6_addr; flags timeout; }',
        'flush set inet breakwater blocked6',
        'add set inet breakwater blocked6_ranges { type ipv6_addr; flags interval, timeout; }',
        'flush set inet breakwater blocked6_ranges',
        'add element inet breakwater blocked6_ranges { 2001:db8:0:1::/64 timeout 900s }',
        '',
      ].join('\n'),
    );
  });

  it('json: with the reasons, without secrets', () => {
    expect(JSON.parse(setup().exportBans('json'))).toEqual({
      version: 1,
      name: 'ddos',
      mode: 'enforce',
      takenAt: 1e12 + 1,
      bans: [
        { address: '203.0.113.5', reason: 'x";\n} include /etc/passwd; token=[secret]', remainingMs: 1_499 },
        { address: '203.0.113.6', reason: 'scan', remainingMs: null },
        { address: '2001:db8:0:1::/64', reason: 'flood', remainingMs: 899_999 },
        { address: '198.51.100.0/24', reason: 'range', remainingMs: 59_999 },
      ],
    });
  });

  it('leaves out what is allowed, and in shadow mode asks nobody to block', () => {
    expect(setup({ allow: ['203.0.113.0/29'] }).exportBans('nginx')).toBe('2001:db8:0:1::/64 1;\n198.51.100.0/24 1;\n');
    const shadow = setup({ mode: 'shadow' });
    expect(shadow.exportBans('nginx')).toBe('');
    expect(shadow.exportBans('nftables')).not.toContain('add element');
    expect(JSON.parse(shadow.exportBans('json'))).toMatchObject({ mode: 'shadow', bans: { length: 4 } });
  });

  it('leaves out whole ranges that are allowed, and keeps those that are so in part', () => {
    const ddos = new DDoSProtection({
      clock: new ManualClock(),
      allow: ['2001:db8::/64', '2001:db8:1::/48', '2001:db8:2::1', '192.0.2.0/24', '10.0.0.0/9', '10.128.0.0/9'],
    });
    const allowed = ['2001:db8::1', '2001:db8:1:7::/64', '192.0.2.7', '192.0.2.0/24', '192.0.2.128/25', '10.1.0.0/16'];
    const blocked = ['2001:db8:2::1', '2001:db8:0:1::1', '192.0.3.1', '2001:db8::/32', '192.0.2.0/23', '10.0.0.0/8'];
    for (const name of [...allowed, ...blocked]) ddos.block(name, 1_000, 'x');
    const listed = ['2001:db8:2::/64', '2001:db8:0:1::/64', '192.0.3.1', '2001:db8::/32', '192.0.2.0/23', '10.0.0.0/8'];
    expect(ddos.bans().bans.map(({ address }) => address)).toEqual(listed);
    expect(ddos.exportBans('nginx')).toBe(listed.map((name) => `${name} 1;\n`).join(''));
    expect(allowed.map((name) => ddos.isBlocked(name.replace(/\/.*/, '')))).toEqual(allowed.map(() => false));
  });

  it('refuses another format', () => {
    expect(() => setup().exportBans('iptables' as never)).toThrow(InvalidArgumentError);
    expect(() => setup().exportBans(undefined as never)).toThrow('format must be json, nginx, nftables');
  });
});
