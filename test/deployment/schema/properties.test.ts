import { diffSchemas, type SchemaSnapshot, type SchemaTable } from 'breakwater/deployment';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { foreignKey, index, lines, snapshot } from './snapshots.js';

const name = fc.constantFrom('a', 'b', 'B', 'c.d', '__proto__', 'constructor', 'say "x"');
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });

const anyTable: fc.Arbitrary<SchemaTable> = fc.record({
  schema: fc.constantFrom('public', 'other'),
  name,
  kind: fc.constantFrom('table', 'view'),
  columns: fc.uniqueArray(
    fc.record({
      name,
      type: fc.constantFrom('integer', 'text', 'bigint', 'character varying(9)', 'public.mood'),
      nullable: fc.boolean(),
      default: fc.constantFrom(null, 'now()', '0'),
    }),
    { selector: (one) => one.name, maxLength: 4 },
  ),
  primaryKey: fc.option(fc.record({ name, columns: names })),
  unique: fc.array(fc.record({ name, columns: names }), { maxLength: 2 }),
  foreignKeys: fc.array(
    fc.tuple(name, name).map(([from, to]) => foreignKey(from, to)),
    { maxLength: 2 },
  ),
  checks: fc.array(fc.record({ name, definition: fc.constantFrom('CHECK (a)', 'CHECK (b)'), valid: fc.boolean() }), {
    maxLength: 2,
  }),
  indexes: fc.array(
    fc
      .tuple(name, names, fc.boolean(), fc.boolean())
      .map(([of, on, unique, valid]) => index(of, on, { unique, valid })),
    { maxLength: 3 },
  ),
  triggers: fc.uniqueArray(fc.record({ name, definition: fc.constantFrom('x', 'y'), enabled: fc.boolean() }), {
    selector: (one) => one.name,
    maxLength: 2,
  }),
});

const anySnapshot: fc.Arbitrary<SchemaSnapshot> = fc
  .tuple(
    fc.uniqueArray(anyTable, { selector: (one) => `${one.schema} ${one.name}`, maxLength: 4 }),
    fc.uniqueArray(fc.record({ schema: fc.constant('public'), name, values: names }), {
      selector: (one) => one.name,
      maxLength: 2,
    }),
  )
  .map(([tables, enums]) => snapshot(tables, { enums }));

/** The same with every list in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value))
    return value.every((item) => typeof item !== 'object' || item === null) ? value : value.map(shuffled).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, shuffled(item)])
      .reverse(),
  );
}

describe('diffSchemas of any two schemas', () => {
  it('finds nothing between a schema and itself, in whatever order it is written', () => {
    fc.assert(
      fc.property(anySnapshot, (one) => {
        expect(diffSchemas(one, one)).toEqual([]);
        expect(diffSchemas(one, JSON.parse(JSON.stringify(shuffled(one))) as SchemaSnapshot)).toEqual([]);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('misses from one side what it finds besides from the other', () => {
    const count = (found: readonly string[], kind: string): number =>
      found.filter((line) => line.includes(kind)).length;
    fc.assert(
      fc.property(anySnapshot, anySnapshot, (one, other) => {
        const [there, back] = [lines(diffSchemas(one, other)), lines(diffSchemas(other, one))];
        expect(there.length > 0).toBe(back.length > 0);
        expect(count(there, 'missing-table')).toBe(count(back, 'extra-table'));
        expect(count(there, 'missing-column')).toBe(count(back, 'extra-column') + count(back, 'required-column'));
        expect(count(there, 'missing-type')).toBe(count(back, 'extra-type'));
        expect(count(there, 'missing-enum-value')).toBe(count(back, 'extra-enum-value'));
        expect(count(there, 'missing-trigger')).toBe(count(back, 'extra-trigger'));
        for (const both of ['schema.nullability', 'schema.enum-order', 'schema.table-kind'])
          expect(count(there, both)).toBe(count(back, both));
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('says the same whatever the order, the worst first', () => {
    fc.assert(
      fc.property(anySnapshot, anySnapshot, (one, other) => {
        const found = lines(diffSchemas(one, other));
        expect(lines(diffSchemas(shuffled(one) as SchemaSnapshot, shuffled(other) as SchemaSnapshot))).toEqual(found);
        const ranks = found.map((line) => ['FAIL', 'WARN', 'PASS'].indexOf(line.slice(0, 4)));
        expect(ranks).toEqual([...ranks].sort());
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('finds no table of which nothing is left', () => {
    fc.assert(
      fc.property(anySnapshot, (one) => {
        const gone = diffSchemas(one, { ...one, tables: [] });
        expect(gone.map(({ id }) => id)).toEqual(one.tables.map(() => 'schema.missing-table'));
      }),
      { numRuns: runs(200) },
    );
  });
});
