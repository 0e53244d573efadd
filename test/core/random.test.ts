import { InvalidArgumentError, secureBytes, systemRandom } from 'breakwater/core';
import { describe, expect, it } from 'vitest';

describe('systemRandom', () => {
  it('draws numbers from 0 to below 1 that differ', () => {
    const drawn = Array.from({ length: 100 }, () => systemRandom.next());
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(90);
  });
});

describe('secureBytes', () => {
  it.each([0, 1, 16, 65_536])('gives %d bytes', (n) => {
    expect(secureBytes(n)).toHaveLength(n);
  });

  it('gives other bytes each time', () => {
    expect(secureBytes(16)).not.toEqual(secureBytes(16));
  });

  it.each([-1, 65_537, 1.5, Number.NaN, Infinity, '16' as unknown as number])('refuses %s', (n) => {
    expect(() => secureBytes(n)).toThrow(InvalidArgumentError);
  });
});
