import { addressKey, CidrSet, clientAddress, createAddressResolver, isPrivateAddress } from 'breakwater/client-address';
import { InvalidArgumentError } from 'breakwater/core';
import { describe, expect, it } from 'vitest';

const OTHERS = [7, true, {}, [], ['10.0.0.1'], Symbol('address')];
const inBoth: [string, (source: unknown) => unknown][] = [
  ['a count', (source) => clientAddress(source as never, { trustProxy: 1 })],
  ['ranges', (source) => clientAddress(source as never, { trustProxy: ['10.0.0.0/8'] })],
  ['none', (source) => createAddressResolver(0)(source as never)],
];

describe('what is no text', () => {
  it.each([undefined, null])('%j is no address: that of a socket that is gone', (none) => {
    expect(addressKey(none as undefined)).toBeUndefined();
    expect(isPrivateAddress(none as undefined)).toBe(false);
    expect(new CidrSet(['0.0.0.0/0', '::/0']).has(none as undefined)).toBe(false);
    expect(new CidrSet([]).has(none as undefined)).toBe(false);
    for (const [, resolve] of inBoth) expect(resolve({ socketAddress: none, headers: {} })).toBeUndefined();
  });

  it.each(OTHERS)('another type is refused by name: %o', (ip) => {
    expect(() => addressKey(ip as never)).toThrow(InvalidArgumentError);
    expect(() => addressKey(ip as never)).toThrow(/^addressKey: the address must be text, got /);
    expect(() => isPrivateAddress(ip as never)).toThrow(InvalidArgumentError);
    expect(() => isPrivateAddress(ip as never)).toThrow(/^isPrivateAddress: the address must be text, got /);
    for (const set of [new CidrSet(['10.0.0.0/8']), new CidrSet([])]) {
      expect(() => set.has(ip as never)).toThrow(InvalidArgumentError);
      expect(() => set.has(ip as never)).toThrow(/^CidrSet.has: the address must be text, got /);
    }
  });

  it.each([5, null, 'x', []])('addressKey refuses options that are %j', (options) => {
    expect(() => addressKey('10.0.0.1', options as never)).toThrow('addressKey: the options must be an object');
  });

  it.each([5, undefined, null, {}, true, '10.0.0.0/8'])('CidrSet refuses %j for a list', (cidrs) => {
    expect(() => new CidrSet(cidrs as never)).toThrow(InvalidArgumentError);
    expect(() => new CidrSet(cidrs as never)).toThrow(/^CidrSet: must be given a list of CIDR ranges .*, got /);
  });

  it('CidrSet takes whatever can be walked through', () => {
    expect(new CidrSet(new Set(['10.0.0.0/8'])).has('10.1.1.1')).toBe(true);
  });
});

describe.each(inBoth)('where a request comes from, with %s', (_, resolve) => {
  it.each([
    ['the source', undefined],
    ['the source', null],
    ['the source', '10.0.0.1'],
    ['source.socketAddress', { socketAddress: 7, headers: {} }],
    ['source.socketAddress', { socketAddress: {}, headers: {} }],
    ['source.headers', { socketAddress: '10.0.0.1' }],
    ['source.headers', { socketAddress: '10.0.0.1', headers: null }],
    ['source.headers', { socketAddress: '10.0.0.1', headers: 'x-forwarded-for: 1.1.1.1' }],
  ])('names %s when it is wrong: %j', (what, source) => {
    expect(() => resolve(source)).toThrow(InvalidArgumentError);
    expect(() => resolve(source)).toThrow(`clientAddress: ${what} must be`);
  });
});

describe.each(inBoth.slice(0, 2))('the header, with %s', (_, resolve) => {
  const headed = (header: unknown) => () =>
    resolve({ socketAddress: '10.0.0.1', headers: { 'x-forwarded-for': header } });

  it.each([5, true, {}, [5], ['1.1.1.1', undefined], ['1.1.1.1', { toString: () => '6.6.6.6' }], [['1.1.1.1']]])(
    'is text or a list of texts: not %j',
    (header) => {
      expect(headed(header)).toThrow(InvalidArgumentError);
      expect(headed(header)).toThrow(
        "clientAddress: source.headers['x-forwarded-for'] must be text or a list of texts",
      );
    },
  );

  it.each([undefined, null])('is none when it is %j', (header) => {
    expect(headed(header)()).toBe('10.0.0.1');
  });
});
