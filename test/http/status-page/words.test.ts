import { describe, expect, it } from 'vitest';
import {
  countText,
  durationText,
  instantIso,
  instantText,
  plural,
  rateText,
  words,
} from '../../../src/http/status-page/words.js';

describe('words of the page', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [1_234_567, '1,234,567'],
    [-1_234, '-1,234'],
    [1.66, '1.7'],
    [12_345.67, '12,345.7'],
    [1e15, '1.00e+15'],
    [Infinity, 'unlimited'],
    [NaN, '–'],
  ])('the count %d is %s', (value, text) => {
    expect(countText(value)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [0.04, '0 ms'],
    [0.44, '0.4 ms'],
    [9.99, '10 ms'],
    [12.4, '12 ms'],
    [999.4, '999 ms'],
    [999.5, '1 s'],
    [1_540, '1.5 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000 * 2 + 4 * 3_600_000, '2 d 4 h'],
    [86_400_000 * 1_234, '1,234 d'],
    [Infinity, 'without end'],
    [-1, '–'],
    [NaN, '–'],
  ])('%d ms are %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it.each([
    [5, '5/s'],
    [100 / 60, '100/min'],
    [1 / 60, '1/min'],
    [3 / 3_600, '3/h'],
    [2.5, '150/min'],
    [1 / 3, '20/min'],
    [Math.PI, '3.1/s'],
    [0.000_1, '0.4/h'],
  ])('%d a second is %s', (perSecond, text) => {
    expect(rateText(perSecond)).toBe(text);
  });

  it('an instant is in UTC, and what is none is nothing', () => {
    expect(instantText(Date.UTC(2026, 2, 1, 12, 0, 5, 999))).toBe('2026-03-01 12:00:05 UTC');
    expect([NaN, Infinity, 1e15, -1e15].map(instantIso)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each([
    ['HALF_OPEN', 'Half open'],
    ['maxConcurrent', 'Max concurrent'],
    ['graceful-degradation', 'Graceful degradation'],
    ['', ''],
  ])('%s is %s', (name, text) => {
    expect(words(name)).toBe(text);
  });

  it('counts one and many', () => {
    expect([plural(1, 'check'), plural(0, 'check'), plural(2_000, 'piece of work', 'pieces of work')]).toEqual([
      '1 check',
      '0 checks',
      '2,000 pieces of work',
    ]);
  });
});
