import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { BoundedMap } from '../../../src/internal/bounded-map.js';
import type { MarkState } from '../../../src/traffic/store/engine.js';
import { MarkTable } from '../../../src/traffic/store/mark-table.js';
import { runs } from '../../runs.js';

function mark(version: number): MarkState {
  return { held: true, untilUs: version, keptUntilUs: version, times: 1, version, text: '' };
}

it('tells what is new as going through all marks would, in the order of the changes', () => {
  const step = fc.record({
    subject: fc.integer({ min: 0, max: 60 }).map(String),
    deletes: fc.boolean(),
    since: fc.double({ min: 0, max: 1.1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 400 }), (steps) => {
      const table = new MarkTable(40, ({ version }) => version);
      const all = new Map<string, number>();
      let version = 0;
      for (const { subject, deletes, since } of steps) {
        if (deletes) table.delete(subject);
        else {
          version += 3;
          table.keep(subject, mark(version));
          all.set(subject, version);
        }
        for (const known of all.keys()) if (table.get(known)?.version !== all.get(known)) all.delete(known);
        expect(all.size).toBeLessThanOrEqual(40);
        const after = Math.floor(since * version);
        const expected = [...all].filter(([, its]) => its > after).sort(([, a], [, b]) => a - b);
        expect([...table.since(after)].map(([its, state]) => [its, state.version])).toEqual(expected);
      }
    }),
    { numRuns: runs(200) },
  );
});

it('goes through few entries that mean nothing any more, however often a subject is changed', () => {
  const table = new MarkTable(10, () => 1);
  for (let version = 1; version <= 20_000; version++) table.keep(String(version % 10), mark(version));
  const looks = vi.spyOn(BoundedMap.prototype, 'get');
  try {
    expect([...table.since(0)].map(([, { version }]) => version)).toEqual(
      Array.from({ length: 10 }, (_, i) => 19_991 + i),
    );
    expect(looks.mock.calls.length).toBeLessThan(1_100);
  } finally {
    looks.mockRestore();
  }
});
