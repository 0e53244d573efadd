import { InvalidOptionsError } from 'breakwater/core';
import { createRedisStore } from 'breakwater/redis';
import { describe, expect, it } from 'vitest';
import { Keys } from '../../../src/adapters/redis/keys.js';
import { BUCKET, FakeServer } from './setup.js';

const make = (options: unknown) => () => createRedisStore({ send: () => Promise.resolve() }, options as never);

describe('the options of a Redis store', () => {
  it('are refused when they cannot be, all at once', () => {
    const wrong = { prefix: 'a{b}', timeoutMs: 0, packFor: 0.5, clock: {}, prefx: 1 };
    try {
      make(wrong)();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionsError);
      const { issues } = error as InvalidOptionsError;
      expect(issues.map(({ path }) => path).sort()).toEqual(['clock', 'packFor', 'prefix', 'prefx', 'timeoutMs']);
    }
  });

  it.each(['', 'a b', 'a{', '}', 'é', 'x'.repeat(65), 7, null])('take no prefix %j', (prefix) => {
    expect(make({ prefix })).toThrow(InvalidOptionsError);
  });

  it.each([NaN, 0, -1, '5', null])('go with no time that nobody can wait: %j', async (withinMs) => {
    const asked = new FakeServer().store().take([BUCKET], { withinMs: withinMs as number });
    await expect(asked).rejects.toThrow(/withinMs must be more than 0 ms, got/);
  });

  it('bound the rules of one decision', async () => {
    const rules = Array.from({ length: 1_001 }, (_, i) => ({ ...BUCKET, subject: String(i) }));
    await expect(new FakeServer().store().take(rules)).rejects.toMatchObject({ code: 'BREAKWATER_INVALID_ARGUMENT' });
  });
});

describe('the keys of a Redis store', () => {
  it('TRA-58: have one tag, which nothing from outside can be part of', () => {
    const keys = new Keys('app.1', 10);
    const key = { group: 'a', subject: 'b' };
    const all = [
      keys.of('b', key),
      keys.of('m', key),
      ...keys.countedOf(key),
      ...keys.marksOf('a'),
      keys.packOf(key)[0],
    ];
    for (const name of all) expect(name).toMatch(/^\{app\.1\}[a-z][\w-]+$/);
  });

  it('TRA-59: are different for different groups and subjects, however they are put together', () => {
    const keys = new Keys('x', 1);
    const parts = ['a', 'aa', 'b', 'ab', 'a-b', '-', '_'];
    const pairs = parts.flatMap((group) => parts.map((subject) => ({ group, subject })));
    expect(new Set(pairs.map((key) => keys.of('b', key))).size).toBe(pairs.length);
    expect(new Set(pairs.map((key) => keys.packOf(key).join(' '))).size).toBe(pairs.length);
    expect(
      new Set((['b', 'w', 'e', 'm'] as const).map((kind) => keys.of(kind, { group: 'a', subject: 'a' }))).size,
    ).toBe(4);
  });

  it('are spread evenly when they are packed', () => {
    const keys = new Keys('x', 100);
    const sizes = new Map<string, number>();
    for (let i = 0; i < 6_400; i++) {
      const [key] = keys.packOf({ group: 'a', subject: String(i) });
      sizes.set(key, (sizes.get(key) ?? 0) + 1);
    }
    expect(sizes.size).toBe(100);
    expect(Math.max(...sizes.values())).toBeLessThan(110);
  });
});
