import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/deployment/migration-validator/engine.js';
import type { AppliedRow, DiskMigration } from '../../../src/deployment/migration-validator/entry.js';
import { runs } from '../../runs.js';

const on = (...ids: string[]): DiskMigration[] => ids.map((id) => ({ id, file: `${id}.js` }));
const ran = (...ids: string[]): AppliedRow[] => ids.map((id) => ({ id, state: 'applied' }));

describe('classify', () => {
  it('HLD-68 looks at every migration by itself, whatever the last one is', () => {
    const found = classify(on('a', 'b', 'c', 'd'), ran('a', 'd', 'x'), { late: 'runs' });
    expect(found).toMatchObject({
      applied: ['a', 'd'],
      pending: ['b', 'c'],
      ahead: ['x'],
      missing: [],
      outOfOrder: ['b', 'c'],
      skipped: [],
    });
  });

  it('takes as many rows as files for nothing', () => {
    expect(classify(on('a', 'b'), ran('a', 'x'), { late: 'runs' })).toMatchObject({ pending: ['b'], ahead: ['x'] });
  });

  it('HLD-70 lets a row that was rolled back undo what came before it, and one that failed above all', () => {
    const rows: AppliedRow[] = [
      { id: 'a', state: 'undone' },
      { id: 'b', state: 'undone' },
      { id: 'b', state: 'applied' },
      { id: 'c', state: 'applied' },
      { id: 'c', state: 'failed' },
      { id: 'd', state: 'applied' },
      { id: 'd', state: 'undone' },
      { id: 'e', state: 'applied' },
      { id: 'e', state: 'undone' },
      { id: 'e', state: 'applied' },
    ];
    expect(classify(on('a', 'b', 'c', 'd', 'e'), rows, { late: 'runs' })).toMatchObject({
      pending: ['a', 'd'],
      applied: ['b', 'e'],
      failed: ['c'],
      repeated: [],
    });
  });

  it('HLD-67 takes a row for ahead that is newer than the folder, and for missing where the folder has something newer', () => {
    expect(classify(on('b', 'd'), ran('a', 'b', 'c', 'e'), { late: 'runs' })).toMatchObject({
      ahead: ['e'],
      missing: ['a', 'c'],
      pending: ['d'],
    });
    expect(classify([], ran('a'), { late: 'runs' })).toMatchObject({ ahead: ['a'], missing: [] });
    const backwards = { late: 'runs' as const, compare: (a: string, b: string) => (a < b ? 1 : -1) };
    expect(classify(on('d', 'b'), ran('a', 'e'), backwards)).toMatchObject({ ahead: ['a'], missing: ['e'] });
    const disk: DiskMigration[] = [{ id: 'z', file: 'z', madeAtMs: 10 }];
    const rows: AppliedRow[] = [9, 11].map((madeAtMs) => ({ id: String(madeAtMs), madeAtMs, state: 'applied' }));
    expect(classify(disk, rows, { late: 'skips' })).toMatchObject({ ahead: ['11'], missing: ['9'] });
  });

  it('HLD-72 finds what is applied in two rows', () => {
    expect(classify(on('a', 'b'), ran('a', 'x', 'a', 'b', 'x'), { late: 'runs' }).repeated).toEqual(['a', 'x']);
  });

  it('says what was edited, by the row that counts', () => {
    const disk: DiskMigration[] = [
      { id: 'a', file: 'a', checksums: ['aa', 'ab'] },
      { id: 'b', file: 'b', checksums: ['bb'] },
      { id: 'c', file: 'c' },
      { id: 'd', file: 'd', checksums: ['dd'] },
    ];
    const rows: AppliedRow[] = [
      { id: 'a', checksum: 'AB', state: 'applied' },
      { id: 'b', checksum: 'xx', state: 'applied' },
      { id: 'c', checksum: 'xx', state: 'applied' },
      { id: 'd', state: 'applied' },
    ];
    expect(classify(disk, rows, { late: 'runs' }).edited).toEqual(['b']);
  });

  it('says what ran late only of a tool that minds', () => {
    expect(classify(on('a', 'b', 'c'), ran('a', 'c', 'b'), { late: 'runs' }).outOfOrder).toEqual([]);
    expect(classify(on('a', 'b', 'c'), ran('a', 'c', 'b'), { late: 'refuses' }).outOfOrder).toEqual(['b']);
    expect(classify(on('a', 'b', 'c'), ran('a', 'x', 'b'), { late: 'refuses' }).outOfOrder).toEqual([]);
  });

  it.each([
    [9, true],
    [10, true],
    [11, false],
  ])('HLD-68 one made at %i, after one made at 10 was applied, is skipped: %s', (madeAtMs, skipped) => {
    const disk: DiskMigration[] = [
      { id: 'a', file: 'a', madeAtMs: 10 },
      { id: 'b', file: 'b', madeAtMs },
    ];
    const found = classify(disk, ran('a'), { late: 'skips' });
    expect(found.pending).toEqual(['b']);
    expect(found.skipped).toEqual(skipped ? ['b'] : []);
    expect(classify(disk, [], { late: 'skips' }).skipped).toEqual([]);
  });

  it('HLD-72 finds two files of one name, and two of one number until both are applied', () => {
    const disk: DiskMigration[] = [
      { id: '1_a', file: '1_a.js', prefix: '1' },
      { id: '1_a', file: '1_a.ts', prefix: '1' },
      { id: '2_b', file: '2_b.js', prefix: '2' },
      { id: '2_c', file: '2_c.js', prefix: '2' },
    ];
    const files = (rows: AppliedRow[]): string[][] =>
      classify(disk, rows, { late: 'runs' }).duplicates.map((group) => group.map(({ file }) => file));
    expect(files([])).toEqual([
      ['1_a.js', '1_a.ts'],
      ['2_b.js', '2_c.js'],
    ]);
    expect(files(ran('2_b'))).toHaveLength(2);
    expect(files(ran('2_b', '2_c'))).toEqual([['1_a.js', '1_a.ts']]);
  });

  const name = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f');
  const state = fc.constantFrom('applied', 'applied', 'failed', 'undone');

  it('HLD-68 is what a look at one name after the other says, for any folder and any table', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name),
        fc.array(fc.record({ id: name, state }) as fc.Arbitrary<AppliedRow>, { maxLength: 10 }),
        fc.constantFrom('refuses' as const, 'runs' as const),
        (ids, rows, late) => {
          const found = classify(on(...ids), rows, { late });
          const last = (id: string) => rows.filter((row) => row.id === id && row.state !== 'failed').at(-1)?.state;
          const is = (id: string, wanted: string): boolean => rows.some((row) => row.id === id && row.state === wanted);
          for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
            const there = ids.includes(id);
            const isApplied = last(id) === 'applied';
            const isOlder = ids.some((other) => other > id);
            expect(found.failed.includes(id)).toBe(is(id, 'failed'));
            expect(found.applied.includes(id)).toBe(there && isApplied && !is(id, 'failed'));
            expect(found.pending.includes(id)).toBe(there && !isApplied && !is(id, 'failed'));
            expect(found.ahead.includes(id)).toBe(!there && isApplied && !is(id, 'failed') && !isOlder);
            expect(found.missing.includes(id)).toBe(!there && isApplied && !is(id, 'failed') && isOlder);
            const later = ids.slice(ids.indexOf(id) + 1);
            if (found.pending.includes(id))
              expect(found.outOfOrder.includes(id)).toBe(later.some((other) => last(other) === 'applied'));
            if (late === 'runs') expect(found.outOfOrder.every((other) => found.pending.includes(other))).toBe(true);
          }
        },
      ),
      { numRuns: runs(1_000) },
    );
  });
});
