import { InvalidArgumentError } from 'breakwater/core';
import { createMemoryStore, type LimitStore, ManualClock, storeConformance } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { LENIENT, type Sabotage, SABOTAGES } from './sabotages.js';

function suiteOf(spoil: Sabotage) {
  return storeConformance({
    traces: 300,
    create: () => {
      const clock = new ManualClock({ now: 5_000 });
      const store = createMemoryStore({ clock });
      const all: LimitStore = {
        take: (rules) => store.take(rules),
        count: (rule) => store.count(rule),
        record: (rule) => store.record(rule),
        mark: (change) => store.mark(change),
        changes: (group, version) => store.changes(group, version),
        clear: (key) => store.clear(key),
      };
      return {
        store: { ...all, ...spoil(store) },
        advance: (ms) => {
          clock.advance(ms);
        },
      };
    },
  });
}

const REFUSALS = 'refuses what cannot be, and changes nothing';

/** The first case that rejects, those first that take least. */
async function failing(spoil: Sabotage, isAsked = (name: string) => name !== REFUSALS): Promise<string | undefined> {
  const suite = [...suiteOf(spoil)].reverse();
  for (const { name, run } of suite.filter((one) => isAsked(one.name))) {
    const passes = await run().then(
      () => true,
      () => false,
    );
    if (!passes) return name;
  }
  return undefined;
}

describe('the suite of stores', () => {
  it('passes a store that is only wrapped', async () => {
    expect(
      await failing(
        () => ({}),
        () => true,
      ),
    ).toBeUndefined();
  });

  it.each(Object.entries(SABOTAGES))('finds that %s', async (_, spoil) => {
    expect(await failing(spoil)).toBeDefined();
  });

  it.each(Object.entries(LENIENT))('finds that %s', async (_, spoil) => {
    expect(await failing(spoil)).toBeUndefined();
    expect(await failing(spoil, (name) => name === REFUSALS)).toBe(REFUSALS);
  });

  it.each([undefined, null, 7, {}, { create: {} }])('refuses %j for its options', (options) => {
    expect(() => storeConformance(options as never)).toThrow(InvalidArgumentError);
  });
});
