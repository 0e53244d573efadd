import { DDoSProtection, type DDoSProtectionOptions } from 'breakwater/ddos-protection';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Block = readonly [address: string, seconds: number];

function exported(blocks: readonly Block[], options: DDoSProtectionOptions = {}): string {
  const ddos = new DDoSProtection({ clock: new ManualClock(), ...options });
  for (const [address, seconds] of blocks) ddos.block(address, seconds * 1_000, 'x');
  return ddos.exportBans('nftables');
}

function elements(script: string, set: string): string[] {
  const list = new RegExp(`^add element inet breakwater ${set} \\{ (.*) \\}$`, 'm').exec(script)?.[1];
  return list?.split(', ') ?? [];
}

const ranges = (blocks: readonly Block[], family: 4 | 6 = 4): string[] =>
  elements(exported(blocks), `blocked${String(family)}_ranges`);

describe('blocks for nftables', () => {
  it('lets no set make one element of several, since that would end with any of them', () => {
    const script = exported([
      ['1.1.1.0', 10],
      ['1.1.1.1', 900],
    ]);
    expect(script).not.toContain('auto-merge');
    expect(elements(script, 'blocked4')).toEqual(['1.1.1.0 timeout 10s', '1.1.1.1 timeout 900s']);
    expect(script).toContain('blocked4 { type ipv4_addr; flags timeout; }');
  });

  it('keeps an address beside the range that it is in', () => {
    for (const seconds of [900, Infinity]) {
      const script = exported([
        ['10.1.1.1', seconds],
        ['10.0.0.0/8', 10],
      ]);
      expect(elements(script, 'blocked4')).toEqual([seconds === 900 ? '10.1.1.1 timeout 900s' : '10.1.1.1']);
      expect(elements(script, 'blocked4_ranges')).toEqual(['10.0.0.0/8 timeout 10s']);
    }
  });

  it('has whole IPv6 addresses among the addresses, and clients that are ranges among those', () => {
    const script = exported([['2001:db8::1', 10]], { ipv6Prefix: 128 });
    expect(elements(script, 'blocked6')).toEqual(['2001:db8::1 timeout 10s']);
    expect(ranges([['2001:db8::1', 10]], 6)).toEqual(['2001:db8::/64 timeout 10s']);
  });

  it('leaves out a range within one that lasts as long', () => {
    const blocks: Block[] = [
      ['10.1.0.0/16', 10],
      ['10.2.0.0/16', 5],
      ['10.0.0.0/8', 10],
      ['10.2.3.0/24', 7],
    ];
    expect(ranges(blocks)).toEqual(['10.0.0.0/8 timeout 10s']);
    expect(ranges([...blocks, ['0.0.0.0/0', Infinity]])).toEqual(['0.0.0.0/0']);
  });

  it('cuts a range that lasts longer out of the one around it', () => {
    expect(
      ranges([
        ['10.0.0.0/8', 10],
        ['10.1.0.0/16', Infinity],
        ['10.1.2.0/24', 900],
        ['10.2.0.0/16', 60],
        ['10.2.0.0/24', 900],
        ['10.255.255.0/24', 70],
        ['11.0.0.0/8', 5],
      ]),
    ).toEqual([
      '10.0.0.0-10.0.255.255 timeout 10s',
      '10.1.0.0/16',
      '10.2.0.0/24 timeout 900s',
      '10.2.1.0-10.2.255.255 timeout 60s',
      '10.3.0.0-10.255.254.255 timeout 10s',
      '10.255.255.0/24 timeout 70s',
      '11.0.0.0/8 timeout 5s',
    ]);
    expect(
      ranges(
        [
          ['::/0', 10],
          ['2001:db8:0:7::9', 20],
          ['ffff::/16', 30],
        ],
        6,
      ),
    ).toEqual([
      '::-2001:db8:0:6:ffff:ffff:ffff:ffff timeout 10s',
      '2001:db8:0:7::/64 timeout 20s',
      '2001:db8:0:8::-fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff timeout 10s',
      'ffff::/16 timeout 30s',
    ]);
  });

  it('writes nothing of a range that longer ones fill', () => {
    const halves: Block[] = [
      ['10.0.0.0/30', 10],
      ['10.0.0.2/31', 20],
    ];
    expect(ranges(halves)).toEqual(['10.0.0.0-10.0.0.1 timeout 10s', '10.0.0.2/31 timeout 20s']);
    const script = exported(
      [
        ['2001:db8::/126', 10],
        ['2001:db8::/127', 30],
        ['2001:db8::2/127', 20],
      ],
      { ipv6Prefix: 128 },
    );
    expect(elements(script, 'blocked6_ranges')).toEqual(['2001:db8::/127 timeout 30s', '2001:db8::2/127 timeout 20s']);
  });

  it('asks for no longer than nft takes', () => {
    const script = exported([
      ['203.0.113.5', 99_999_999],
      ['203.0.113.6', 99_999_999.5],
      ['203.0.113.7', 1e300],
    ]);
    expect(elements(script, 'blocked4')).toEqual(
      ['203.0.113.5', '203.0.113.6', '203.0.113.7'].map((address) => `${address} timeout 99999999s`),
    );
  });

  it('each address is blocked there for as long as here, and no two elements overlap', () => {
    const block = fc
      .tuple(fc.integer({ min: 24, max: 32 }), fc.nat(255), fc.constantFrom(1, 2, 3, 4, Infinity))
      .map(([prefix, octet, seconds]): Block => {
        const size = 2 ** (32 - prefix);
        return [`10.0.0.${String(octet - (octet % size))}/${String(prefix)}`, seconds];
      });
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
        const clock = new ManualClock();
        const ddos = new DDoSProtection({ clock });
        for (const [address, seconds] of blocks) ddos.block(address, seconds * 1_000, 'x');
        const script = ddos.exportBans('nftables');
        const [addresses, stretches] = ['blocked4', 'blocked4_ranges'].map((set) => elements(script, set).map(read));
        const [here, there]: [number[], number[]] = [[], []];
        for (let octet = 0; octet < 256; octet++) {
          const has = ({ first, last }: Read) => first <= octet && octet <= last;
          const found = [(addresses ?? []).filter(has), (stretches ?? []).filter(has)];
          // Two of one set would overlap.
          there.push(found.some(({ length }) => length > 1) ? NaN : longest(found.flat()) * 1_000);
          here.push(ddos.check(`10.0.0.${String(octet)}`, { block: false }).retryAfterMs);
        }
        expect(there).toEqual(here);
      }),
      { numRuns: 200 },
    );
  });
});

interface Read {
  readonly first: number;
  readonly last: number;
  readonly seconds: number;
}

function longest(found: readonly Read[]): number {
  return Math.max(0, ...found.map(({ seconds }) => seconds));
}

/** Of an element within 10.0.0.0/24: its last octets. */
function read(element: string): Read {
  const [text = '', seconds] = element.replace(/s$/, '').split(' timeout ');
  const [from = '', to = from] = text.split('-');
  const octet = (address: string): number => Number(address.replace(/\/.*/, '').slice('10.0.0.'.length));
  const prefix = text.includes('/') ? Number(text.split('/')[1]) : 32;
  const first = octet(from);
  const last = to === from ? first + 2 ** (32 - prefix) - 1 : octet(to);
  return { first, last, seconds: seconds === undefined ? Infinity : Number(seconds) };
}
