import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Liftings, readAgain } from '../../../src/traffic/store/liftings.js';

const HOUR_US = 3_600e6;
const lifting = { subject: 'a', forUs: 0, text: '{"by":\n"x"}' };

it('says a lifting again after a second, and then each time after twice as long, for as long as it is remembered', () => {
  const liftings = new Liftings();
  expect(liftings.isDue(1e9)).toBe(false);
  liftings.add(lifting, 7, 0);
  const said: number[] = [];
  for (let ms = 0; ms <= 7_200_000; ms += 100) {
    if (!liftings.isDue(ms)) continue;
    for (const { keepUs, text } of liftings.due(ms)) {
      said.push(ms / 1_000);
      expect(readAgain(text)).toEqual({ version: 7, text: '{"by":\n"x"}' });
      expect(keepUs).toBe(HOUR_US - ms * 1_000);
    }
  }
  expect(said).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048]);
  expect(liftings.isDue(1e12)).toBe(false);
});

it.each(['', 'again', 'again 5', 'again x y', 'again -1 y', ' again 5 y', '{"by":"again 5 y"}'])(
  'takes %j for none',
  (text) => {
    expect(readAgain(text)).toBeUndefined();
  },
);

it('says all again when the store may have lost them', () => {
  const liftings = new Liftings();
  liftings.add(lifting, 7, 0);
  liftings.add({ ...lifting, subject: 'b' }, 8, 0);
  liftings.forget('b');
  expect(liftings.due(600)).toEqual([]);
  liftings.soon();
  expect([liftings.isDue(700), liftings.due(700).map(({ subject }) => subject)]).toEqual([true, ['a']]);
  expect(liftings.due(800)).toEqual([]);
});

it('remembers the latest thousand, says none twice at a time, and none after its end', () => {
  const action = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ add: fc.integer({ min: 0, max: 1_500 }), forMs: fc.integer({ min: 0, max: 7_200_000 }) }),
    },
    { weight: 1, arbitrary: fc.constantFrom('soon' as const, 'look' as const) },
    { weight: 2, arbitrary: fc.record({ waitMs: fc.integer({ min: 0, max: 2_000_000 }) }) },
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), fc.boolean(), (actions, many) => {
      const liftings = new Liftings();
      const ends = new Map<string, number>();
      let nowMs = 0;
      const add = (subject: string, forMs: number): void => {
        liftings.add({ subject, forUs: forMs * 1_000, text: '' }, 1, nowMs);
        ends.set(subject, nowMs + Math.max(forMs, 3_600_000));
      };
      if (many) for (let i = 0; i < 1_200; i++) add(`m${String(i)}`, 60_000);
      for (const one of actions) {
        if (one === 'soon') liftings.soon();
        else if (one === 'look') {
          const due = liftings.due(nowMs).map(({ subject }) => subject);
          expect(due.length).toBeLessThanOrEqual(1_000);
          expect(new Set(due).size).toBe(due.length);
          for (const subject of due) expect(ends.get(subject)).toBeGreaterThan(nowMs);
          expect(liftings.due(nowMs)).toEqual([]);
        } else if ('add' in one) add(String(one.add), one.forMs);
        else nowMs += one.waitMs;
      }
      liftings.soon();
      const left = new Set(liftings.due(nowMs).map(({ subject }) => subject));
      if (ends.size <= 1_000) for (const [subject, end] of ends) expect(left.has(subject)).toBe(end > nowMs);
    }),
  );
});
