import { createMemoryStore, ManualClock, storeConformance } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';

function setup() {
  const clock = new ManualClock({ now: 5_000 });
  return { clock, store: createMemoryStore({ clock }) };
}

describe('the memory store', () => {
  const suite = storeConformance({
    traces: runs(10_000),
    create: () => {
      const { clock, store } = setup();
      return {
        store,
        advance: (ms) => {
          clock.advance(ms);
        },
      };
    },
  });
  it.each(suite)('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
