import { InvalidOptionsError, systemClock } from 'breakwater/core';
import { seededRandom } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as o from '../../src/core/options.js';
import { nearest } from '../../src/core/spelling.js';

function schema() {
  return {
    name: o.text('default'),
    size: o.count({ min: 1, max: 10, required: true }),
    level: o.finite({ default: 1.5 }),
    waitMs: o.durationMs(100),
    share: o.ratio(0.5),
    quiet: o.flag(false),
    mode: o.oneOf(['enforce', 'shadow'], 'enforce'),
    decide: o.optionalFunction<() => void>(),
    inner: o.group({ depth: o.count({ min: 0, default: 3 }) }),
    clock: o.clockOption(),
    random: o.randomOption(),
  };
}

function issues(options: unknown): string[] {
  try {
    o.parseOptions('Thing', schema(), options);
    return [];
  } catch (error) {
    return (error as InvalidOptionsError).issues.map(({ path, message }) => `${path} ${message}`.trim());
  }
}

describe('parseOptions', () => {
  it('supplies defaults, and takes undefined for left out', () => {
    const parsed = o.parseOptions('Thing', schema(), { size: 3, name: undefined, inner: undefined });
    expect(parsed).toMatchObject({
      name: 'default',
      size: 3,
      level: 1.5,
      waitMs: 100,
      share: 0.5,
      quiet: false,
      mode: 'enforce',
      inner: { depth: 3 },
    });
    expect(parsed.clock).toBe(systemClock);
  });

  it('RES-M09 only reads the options', () => {
    const given = Object.freeze({ size: 3, inner: Object.freeze({ depth: 1 }) });
    expect(o.parseOptions('Thing', schema(), given).inner.depth).toBe(1);
  });

  it('looks at rules about several options although a name is not known', () => {
    const rule = (_: unknown, report: o.ReportIssue) => report('size', 'breaks a rule');
    const found = (options: unknown) => o.readOptions(schema(), options, rule).issues.map(({ path }) => path);
    expect(found({ size: 3, sise: 4, inner: { depht: 1 } })).toEqual(['sise', 'inner.depht', 'size']);
    expect(found({ size: 99, sise: 4 })).toEqual(['sise', 'size']);
    expect(o.readOptions(schema(), { size: 99 }, rule).issues[0]?.message).toMatch(/integer/);
  });

  it('says everything that is wrong at once, and what was probably meant', () => {
    expect(
      issues({
        sise: 3,
        wait: 5,
        name: '',
        level: Infinity,
        share: 1.1,
        quiet: 'yes',
        mode: 'shaddow',
        decide: 5,
        inner: { depht: 1 },
        clock: {},
        random: {},
        waitMs: -1,
      }),
    ).toEqual([
      'sise is not an option; did you mean size?',
      'wait is not an option; did you mean waitMs?',
      'name must be text of 1 to 200 characters without control characters',
      'size is required: it must be an integer from 1 to 10',
      'level must be a finite number, got Infinity',
      'waitMs must be a finite number of milliseconds of at least 0, got -1',
      'share must be a ratio from 0 to 1, got 1.1',
      'quiet must be true or false, got a string',
      "mode must be 'enforce' or 'shadow'; did you mean 'shadow'?",
      'decide must be a function, got 5',
      'inner.depht is not an option; did you mean inner.depth?',
      'clock must have the method now(), wallNow(), schedule()',
      'random must have the method next()',
    ]);
  });

  it.each([[null], [5], ['text'], [[]], [() => 1]])('refuses %j as options', (options) => {
    expect(issues(options ?? 0).length).toBeGreaterThan(0);
  });

  it.each([0, 11, 1.5, NaN, '3', null, true, 2 ** 60])('refuses the integer %s', (size) => {
    expect(issues({ size })).toHaveLength(1);
  });

  it.each([1, 10])('takes the bound %i', (size) => {
    expect(issues({ size })).toEqual([]);
  });

  it('never prints text that was given: it might be a secret', () => {
    const all = issues({
      size: 'hunter2',
      name: 5,
      mode: 'hunter2',
      share: 'hunter2',
      inner: 'hunter2',
      clock: 'hunter2',
    });
    expect(all.join()).not.toContain('hunter2');
    expect(all.length).toBeGreaterThan(4);
  });

  it('names of an object are no options', () => {
    expect(issues(JSON.parse('{"size":1,"__proto__":{"name":5},"constructor":1}'))).toEqual([
      '__proto__ is not an option',
      'constructor is not an option',
    ]);
  });

  it('runs rules over several options only when each by itself is right', () => {
    const calls: number[] = [];
    const rule = ({ size }: { size: number }, report: o.ReportIssue): void => {
      calls.push(size);
      if (size === 2) report('size', 'must not be 2 today');
    };
    const parse = (size: unknown) => o.parseOptions('Thing', schema(), { size }, rule);
    expect(() => parse('x')).toThrow(InvalidOptionsError);
    expect(() => parse(2)).toThrow('size must not be 2 today');
    expect(parse(3).size).toBe(3);
    expect(calls).toEqual([2, 3]);
  });
});

describe('nearest', () => {
  it.each([
    ['failureTreshold', 'failureThreshold'],
    ['FAILURETHRESHOLD', 'failureThreshold'],
    ['recoveryTimeout', 'recoveryTimeoutMs'],
    ['nmae', 'name'],
    ['zzz', undefined],
    ['x'.repeat(65), undefined],
  ])('%s means %s', (written, meant) => {
    expect(nearest(written, ['failureThreshold', 'recoveryTimeoutMs', 'name'])).toBe(meant);
  });

  it('finds a word with one edit, whatever it is', () => {
    const words = ['failureThreshold', 'recoveryTimeoutMs', 'onListenerError'];
    const random = seededRandom(7);
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.nat(14), fc.constantFrom('drop', 'double', 'swap'), (word, at, how) => {
        const i = Math.min(at, word.length - 2);
        const [head, a, b, tail] = [word.slice(0, i), word.charAt(i), word.charAt(i + 1), word.slice(i + 2)];
        const written =
          how === 'drop' ? head + b + tail : how === 'double' ? head + a + a + b + tail : head + b + a + tail;
        expect(nearest(random.next() < 0.5 ? written : written.toUpperCase(), words)).toBe(word);
      }),
      { numRuns: 300 },
    );
  });
});
