import { addressKey, CidrSet } from 'breakwater/client-address';
import fc from 'fast-check';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { describe, expect, it } from 'vitest';

const NUM_RUNS = 2_000;

/** Numbers at which carries, signs and runs of zeros go wrong, and any others. */
const group = fc.oneof(fc.constantFrom(0, 0, 0, 1, 0x7fff, 0x8000, 0xffff), fc.nat(0xffff));
const groups = fc.array(group, { minLength: 8, maxLength: 8 });
const octet = fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255));
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));

/** One address in any of the ways to write it. */
const written = fc
  .tuple(groups, fc.boolean(), fc.boolean(), fc.boolean(), fc.nat(7), fc.nat(8))
  .map(([all, upper, padded, dotted, from, length]) => {
    const [high = 0, low = 0] = all.slice(6);
    const text = all.map((one) => one.toString(16).padStart(padded ? 4 : 1, '0'));
    if (dotted) text.splice(6, 2, [high >> 8, high & 255, low >> 8, low & 255].join('.'));
    const to = Math.min(from + length, dotted ? 6 : 8);
    const zeros = to > from && all.slice(from, to).every((one) => one === 0);
    const whole = zeros ? `${text.slice(0, from).join(':')}::${text.slice(to).join(':')}` : text.join(':');
    return upper ? whole.toUpperCase() : whole;
  });

/** The same bits as the platform writes them; it writes IPv4 at the end of zeros with dots. */
function platformText(text: string): string | undefined {
  const { address } = new SocketAddress({ address: text, family: isIP(text) === 4 ? 'ipv4' : 'ipv6' });
  return address.includes(':') && address.includes('.') ? addressKey(address, { ipv6Prefix: 128 }) : address;
}

describe('addresses beside the platform', () => {
  it('writes every address as the platform does', () => {
    fc.assert(
      fc.property(fc.oneof(written, ipv4), (text) => {
        expect(isIP(text)).toBeGreaterThan(0);
        expect(addressKey(text, { ipv6Prefix: 128 })).toBe(platformText(text));
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it('takes a damaged address for one exactly if the platform does', () => {
    const marks = fc.constantFrom('', ':', '::', '.', '0', 'f', 'g', '٣', '1.', ':1', '-', ' 1');
    fc.assert(
      fc.property(fc.oneof(written, ipv4), fc.nat(45), fc.nat(2), marks, (text, at, cut, mark) => {
        const damaged = text.slice(0, at) + mark + text.slice(at + cut);
        // A port is read as well, and spaces around.
        fc.pre(!/^[\d.]+:\d+$/.test(damaged) && damaged.trim() === damaged);
        expect(addressKey(damaged) !== undefined).toBe(isIP(damaged) !== 0);
      }),
      { numRuns: NUM_RUNS * 3 },
    );
  });

  it('RFC 4291, RFC 6052: IPv4 inside IPv6 is that client, however it is written', () => {
    fc.assert(
      fc.property(
        ipv4,
        fc.constantFrom('::ffff:', '0:0:0:0:0:FFFF:', '64:ff9b::', '64:ff9b:0:0:0:0:'),
        (ip, before) => {
          const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
          const hex = [a * 256 + b, c * 256 + d].map((one) => one.toString(16)).join(':');
          expect([addressKey(before + ip), addressKey(before + hex)]).toEqual([ip, ip]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(['2001:db8:64:1', '64:ff9b:1:fffe'])(
    'RFC 6877: who translates under the prefix of a network of its own (%s::/64) is one client',
    (prefix) => {
      fc.assert(
        fc.property(ipv4, (ip) => {
          expect(addressKey(`${prefix}::${ip}`)).toBe(`${prefix}::/64`);
        }),
        { numRuns: 100 },
      );
    },
  );
});

const WIDTH = { ipv4: 32, ipv6: 128 } as const;
type Family = keyof typeof WIDTH;

function textOf(bits: bigint, family: Family): string {
  if (family === 'ipv4') return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
  const at = (i: number): bigint => (bits >> BigInt(112 - 16 * i)) & 0xffffn;
  return Array.from({ length: 8 }, (_, i) => at(i).toString(16)).join(':');
}

/** What many ranges share, so that they lie within, beside and upon each other. */
const close = (family: Family) =>
  fc.tuple(groups, fc.integer({ min: family === 'ipv4' ? 0 : 1, max: WIDTH[family] })).map(([all, prefix]) => {
    const bits = all.reduce((sum, one) => (sum << 16n) | BigInt(one), 0n) & ((1n << BigInt(WIDTH[family])) - 1n);
    const rest = BigInt(WIDTH[family] - prefix);
    return { first: (bits >> rest) << rest, last: bits | ((1n << rest) - 1n), prefix };
  });

describe.each(['ipv4', 'ipv6'] as const)('a set of ranges beside the platform, %s', (family) => {
  const most = (1n << BigInt(WIDTH[family])) - 1n;
  // What stands for IPv4 is in no range of IPv6.
  const isOwn = (bits: bigint): boolean =>
    bits >= 0n && bits <= most && (family === 'ipv4' || (bits >> 32n !== 0xffffn && bits >> 32n !== 0x64ff9bn << 64n));

  it('finds the same, at the edges of all ranges and beside them', () => {
    fc.assert(
      fc.property(fc.array(close(family), { maxLength: 40 }), fc.array(close(family), { maxLength: 5 }), (all, any) => {
        const ranges = all.filter(({ first }) => isOwn(first));
        const listed = new BlockList();
        for (const { first, prefix } of ranges) listed.addSubnet(textOf(first, family), prefix, family);
        const set = new CidrSet(ranges.map(({ first, prefix }) => `${textOf(first, family)}/${String(prefix)}`));
        expect(set.size).toBe(ranges.length);
        for (const { first, last } of [...ranges, ...any]) {
          for (const bits of [first - 1n, first, last, last + 1n].filter(isOwn)) {
            const text = textOf(bits, family);
            expect([text, set.has(text)]).toEqual([text, listed.check(text, family)]);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('ranges side by side cover all that lies between them, and nothing else', () => {
    const prefix = family === 'ipv4' ? 24 : 64;
    const size = 1n << BigInt(WIDTH[family] - prefix);
    const start = (family === 'ipv4' ? 0xc0000200n : 0x20010db800000000n) * (family === 'ipv4' ? 1n : size);
    const set = new CidrSet(
      Array.from({ length: 256 }, (_, i) => `${textOf(start + BigInt(i) * size, family)}/${String(prefix)}`),
    );
    const edges = Array.from({ length: 255 }, (_, i) => start + BigInt(i + 1) * size);
    expect(edges.every((edge) => set.has(textOf(edge - 1n, family)) && set.has(textOf(edge, family)))).toBe(true);
    expect([start - 1n, start + 256n * size].some((bits) => set.has(textOf(bits, family)))).toBe(false);
  });
});
