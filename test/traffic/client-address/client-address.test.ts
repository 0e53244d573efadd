import { addressKey, CidrSet, clientAddress, createAddressResolver, isPrivateAddress } from 'breakwater/client-address';
import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';

const from = (xff: string | undefined, socketAddress: string | undefined = '10.0.0.1') => ({
  socketAddress,
  headers: xff === undefined ? {} : { 'x-forwarded-for': xff },
});

describe('addressKey', () => {
  it.each([
    '::ffff:1.2.3.4',
    '::ffff:102:304',
    '1.2.3.4',
    '1.2.3.4:8080',
    '[::ffff:1.2.3.4]:80',
    '0:0:0:0:0:FFFF:0102:0304',
    ' 1.2.3.4 ',
    '64:ff9b::1.2.3.4',
  ])('TRA-69 %s is the IPv4 client 1.2.3.4', (ip) => {
    expect(addressKey(ip)).toBe('1.2.3.4');
  });

  it('TRA-70 IPv4 at the end of another IPv6 address is keyed on the prefix of that', () => {
    expect(addressKey('2001:db8:1234:5678::1.2.3.4')).toBe('2001:db8:1234:5678::/64');
  });

  it('TRA-71 two addresses of one range are one client, the next range is another', () => {
    expect(addressKey('2001:db8:0:1::1')).toBe(addressKey('2001:db8:0:1:ffff:ffff:ffff:ffff'));
    expect(addressKey('2001:db8:0:1::1')).not.toBe(addressKey('2001:db8:0:2::1'));
    expect(addressKey('2001:db8:0:12ff::1', { ipv6Prefix: 56 })).toBe('2001:db8:0:1200::/56');
    expect(addressKey('2001:db8:0:1300::1', { ipv6Prefix: 56 })).toBe('2001:db8:0:1300::/56');
    expect(addressKey('2001:DB8::1', { ipv6Prefix: 128 })).toBe('2001:db8::1');
  });

  it.each([
    '',
    ' ',
    'unknown',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.-4',
    '1..3.4',
    '1.2.3.4:port',
    '1.2.3.4:',
    '1.2.3.4/24',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::1',
    '[::1',
    '::1]',
    '[::1]x',
    '::1.2.3',
    '1.2.3.4::',
    '::%',
    `::${'0'.repeat(100)}`,
    '1:2:3:4:5:6:7:8::',
    '1٢.2.3.4',
  ])('TRA-76 %j is no address', (ip) => {
    expect(addressKey(ip)).toBeUndefined();
  });

  it.each(['fe80::1%eth0', '[fe80::1%25]:443'])('reads a zone: %s', (ip) => {
    expect(addressKey(ip)).toBe('fe80::/64');
  });

  it('agrees with the platform about what is an address', () => {
    const hex = fc.integer({ min: 0, max: 0xffff }).map((n) => n.toString(16));
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc
        .array(fc.oneof(hex, fc.constantFrom('', '0', '1.2.3.4')), { minLength: 2, maxLength: 9 })
        .map((parts) => parts.join(':')),
      fc
        .array(fc.integer({ min: 0, max: 300 }).map(String), { minLength: 3, maxLength: 5 })
        .map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(
        text.filter((ip) => !/^[\d.]+:\d*$/.test(ip)),
        (ip) => {
          expect(addressKey(ip) !== undefined).toBe(isIPv4(ip) || isIPv6(ip));
          const whole = addressKey(ip, { ipv6Prefix: 128 });
          // The usual form is read as the same address again.
          if (whole !== undefined) expect(addressKey(whole, { ipv6Prefix: 128 })).toBe(whole);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each([0, 31, 129, 64.5, NaN])('refuses the prefix %s', (ipv6Prefix) => {
    expect(() => addressKey('::1', { ipv6Prefix })).toThrow(InvalidArgumentError);
  });
});

describe('CidrSet', () => {
  it('finds addresses of both families, and the edges of ranges', () => {
    const set = new CidrSet(['192.0.2.0/24', '198.51.100.7', '2001:db8::/33', '::ffff:203.0.113.0/120', '0.0.0.0/32']);
    expect(set.size).toBe(5);
    for (const ip of [
      '192.0.2.0',
      '192.0.2.255',
      '::ffff:192.0.2.1',
      '198.51.100.7',
      '2001:db8:7fff::1',
      '203.0.113.9',
      '0.0.0.0',
    ]) {
      expect([ip, set.has(ip)]).toEqual([ip, true]);
    }
    for (const ip of [
      '192.0.1.255',
      '192.0.3.0',
      '198.51.100.8',
      '2001:db8:8000::1',
      '203.0.114.0',
      '0.0.0.1',
      'nonsense',
    ]) {
      expect([ip, set.has(ip)]).toEqual([ip, false]);
    }
  });

  it('agrees with comparing bit by bit', () => {
    const bits = (ip: string) =>
      ip
        .split('.')
        .map((octet) => Number(octet).toString(2).padStart(8, '0'))
        .join('');
    const quad = fc.tuple(fc.nat(3), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.array(fc.tuple(quad, fc.integer({ min: 0, max: 32 })), { maxLength: 5 }), quad, (ranges, ip) => {
        const inside = ranges.some(([range, prefix]) => bits(range).slice(0, prefix) === bits(ip).slice(0, prefix));
        const masked = ranges.map(([range, prefix]) => {
          const kept = bits(range).slice(0, prefix).padEnd(32, '0');
          return `${[0, 8, 16, 24].map((i) => Number.parseInt(kept.slice(i, i + 8), 2)).join('.')}/${String(prefix)}`;
        });
        expect(new CidrSet(masked).has(ip)).toBe(inside);
      }),
      { numRuns: 2_000 },
    );
  });

  it('names every entry that is wrong, and what was probably meant', () => {
    const make = (): CidrSet => new CidrSet(['10.0.0.1/8', '10.0.0.0/33', 'proxy.local', 7 as never, '10.0.0.0/']);
    expect(make).toThrow("did you mean '10.0.0.0/8'?");
    expect(make).toThrow('prefix length from 0 to 32');
    expect(make).toThrow("'proxy.local' is not an address");
    expect(make).toThrow('got a number');
  });
});

describe('isPrivateAddress', () => {
  it.each([
    ['127.0.0.1', true],
    ['10.255.255.255', true],
    ['172.16.0.1', true],
    ['172.31.255.255', true],
    ['192.168.1.1', true],
    ['169.254.0.1', true],
    ['100.64.0.1', true],
    ['100.127.255.255', true],
    ['::1', true],
    ['fc00::1', true],
    ['fdff::1', true],
    ['fe80::1', true],
    ['::ffff:10.0.0.1', true],
    ['172.32.0.0', false],
    ['100.128.0.0', false],
    ['192.167.1.1', false],
    ['11.0.0.0', false],
    ['8.8.8.8', false],
    ['2001:db8::1', false],
    ['::2', false],
    ['fec0::1', false],
    ['unknown', false],
  ])('%s: %s', (ip, expected) => {
    expect(isPrivateAddress(ip)).toBe(expected);
  });
});

describe('clientAddress', () => {
  it('TRA-74 what a client writes into the header itself is never reached', () => {
    const header = '6.6.6.6, 7.7.7.7, 203.0.113.5';
    expect(clientAddress(from(header), { trustProxy: 1 })).toBe('203.0.113.5');
    expect(clientAddress(from(header), { trustProxy: ['10.0.0.0/8'] })).toBe('203.0.113.5');
    expect(clientAddress(from(header, '198.51.100.1'), { trustProxy: ['10.0.0.0/8'] })).toBe('198.51.100.1');
    expect(clientAddress(from(header), { trustProxy: 0 })).toBe('10.0.0.1');
  });

  it('walks through every proxy that is trusted', () => {
    const header = '6.6.6.6, 203.0.113.5, 10.9.9.9';
    expect(clientAddress(from(header), { trustProxy: 2 })).toBe('203.0.113.5');
    expect(clientAddress(from(header), { trustProxy: ['10.0.0.0/8'] })).toBe('203.0.113.5');
    expect(clientAddress(from('10.1.1.1, 10.2.2.2'), { trustProxy: ['10.0.0.0/8'] })).toBe('10.1.1.1');
    expect(clientAddress(from('203.0.113.5'), { trustProxy: 5 })).toBe('203.0.113.5');
    expect(clientAddress(from(undefined), { trustProxy: 1 })).toBe('10.0.0.1');
  });

  it('reads several headers as one, ports, brackets and spaces', () => {
    const source = { socketAddress: '10.0.0.1', headers: { 'x-forwarded-for': ['1.1.1.1', ' [2001:DB8::5]:4711 '] } };
    expect(clientAddress(source, { trustProxy: 1 })).toBe('2001:db8::5');
    expect(clientAddress(from('1.1.1.1,203.0.113.5:9'), { trustProxy: 1 })).toBe('203.0.113.5');
  });

  it.each(['', ' ', 'unknown', '1.1.1.1,', '_hidden', '1.1.1.1, <script>'])(
    'TRA-76 without an address in its place (%j) it is not known',
    (header) => {
      expect(clientAddress(from(header), { trustProxy: 1 })).toBeUndefined();
      expect(clientAddress(from(header), { trustProxy: ['10.0.0.0/8'] })).toBeUndefined();
    },
  );

  it('TRA-76 a socket that is gone has no address', () => {
    expect(clientAddress({ socketAddress: undefined, headers: {} }, { trustProxy: 0 })).toBeUndefined();
    expect(clientAddress({ socketAddress: undefined, headers: {} }, { trustProxy: ['10.0.0.0/8'] })).toBeUndefined();
  });

  it('follows at most 32 proxies, however long the header', () => {
    const header = `${'9.9.9.9, '.repeat(100_000)}203.0.113.5, 10.0.0.7`;
    const resolve = createAddressResolver(['10.0.0.0/8']);
    expect(resolve(from(header))).toBe('203.0.113.5');
    const trusted = `${'10.0.0.9, '.repeat(100_000)}10.0.0.7`;
    expect(resolve(from(trusted))).toBe('10.0.0.9');
  });

  it.each([
    true,
    false,
    'loopback',
    -1,
    1.5,
    33,
    Infinity,
    NaN,
    ['0.0.0.0/0'],
    ['10.0.0.0/8', '::/0'],
    ['nonsense'],
    [7],
    null,
    {},
  ])('TRA-74 trustProxy %j is refused at once', (trustProxy) => {
    expect(() => createAddressResolver(trustProxy as never)).toThrow(InvalidOptionsError);
    expect(() => clientAddress(from('1.1.1.1'), { trustProxy: trustProxy as never })).toThrow(InvalidOptionsError);
  });

  it('TRA-74 without trustProxy it says what is missing', () => {
    expect(() => (clientAddress as (source: unknown) => unknown)(from('1.1.1.1'))).toThrow(
      /trustProxy must be a number of proxies or a list of CIDR ranges, got undefined/,
    );
  });
});
