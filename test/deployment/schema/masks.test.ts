import {
  diffSchemas,
  recordSchema,
  schemaCheck,
  type DeploymentReport,
  type SchemaSnapshot,
} from 'breakwater/deployment';
import { registerSecret } from 'breakwater/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../runs.js';
import { column, lines, snapshot, table } from './snapshots.js';

const CONTEXT = { signal: new AbortController().signal, profile: 'production' };

interface Shop {
  readonly status?: string;
  readonly check?: string;
  readonly view?: string;
}

/** A catalogue of PostgreSQL with a table, a view and an index, as a query function answers it. */
function shop({
  status = "'pending'::text",
  check = "CHECK ((status <> 'gone'::text))",
  view = ' SELECT 1',
}: Shop = {}) {
  const own = { schema: 'users', id: '1' };
  const plain = { type: 'text', nullable: true, default: null, generated: '', identity: '', serial: false };
  const rows = [
    ['table', { ...own, name: 'orders', kind: 'r', definition: null }],
    ['table', { ...own, id: '2', name: 'recent', kind: 'v', definition: view }],
    ['column', { ...plain, table: '1', n: 1, name: 'customers', type: 'integer' }],
    ['column', { ...plain, table: '1', n: 2, name: 'status', default: status }],
    ['constraint', { table: '1', name: 'c', type: 'c', columns: ['status'], definition: check, valid: true }],
    ['enum', { schema: 'users', name: 'moods', values: ['customers', 'sad'] }],
    ['schema', { name: 'users' }],
  ];
  const cells = rows.map(([kind, data]) => [kind, JSON.stringify(data)]);
  return () => ({ rows: [{ breakwater: `breakwater:${JSON.stringify(cells)}` }] });
}

const record = (query = shop()): Promise<SchemaSnapshot> => recordSchema({ query, dialect: 'postgresql' });

async function findings(expected: SchemaSnapshot, query = shop()): Promise<readonly string[]> {
  const report = (await schemaCheck({ query, dialect: 'postgresql', expected }).run(CONTEXT)) as DeploymentReport;
  return report.findings.map(({ id, message }) => `${id} ${message}`);
}

/** Runs something while these are secrets. */
async function knowing<T>(secrets: readonly string[], run: () => Promise<T>): Promise<T> {
  const handles = secrets.map((secret) => registerSecret(secret));
  try {
    return await run();
  } finally {
    for (const handle of handles) handle[Symbol.dispose]();
  }
}

const NAMES = ['users', 'orders', 'recent', 'customers', 'status', 'moods', 'integer', 'pending', 'text'];
const VIEW = ' SELECT customers\n   FROM users.orders\n  WHERE ("Cust omers" = 1)';

describe('HLD-59: a password that is a word of the schema', () => {
  it('changes nothing of what is recorded', async () => {
    const query = shop({ view: VIEW });
    const plain = await record(query);
    expect(await knowing([...NAMES, 'Cust omers'], () => record(query))).toEqual(plain);
    expect(JSON.stringify(plain)).not.toContain('[secret]');
  });

  it('changes nothing of the comparison, and is not shown', async () => {
    const plain = await record();
    const passed = ['schema.compared the schema is as expected; tables there: 2'];
    expect(await knowing(NAMES, () => findings(plain))).toEqual(passed);
    const more = snapshot([...plain.tables, table('customers', { schema: 'users' })], {
      enums: plain.enums,
      schemas: ['users'],
    });
    expect(await knowing(NAMES, () => findings(more))).toEqual([
      'schema.missing-table "[secret]"."[secret]": [secret] table is missing',
    ]);
  });
});

describe('HLD-59: a secret in the schema', () => {
  const SECRET = "it's-Sup3r]Thing";
  const written = SECRET.replaceAll("'", "''");
  const query = shop({
    status: `('${written}'::text || 'x'::text)`,
    check: `CHECK ((status = ANY (ARRAY['${written}'::text, 'b'::text])))`,
    view: ` SELECT '${written}'::text AS a, 'it''s'::text AS b -- ${SECRET}`,
  });

  it('is in no file, and equal to itself wherever one of the two knew of it', async () => {
    const [plain, masked] = [await record(query), await knowing([SECRET], () => record(query))];
    const file = JSON.stringify(masked);
    for (const part of [SECRET, written, 'Sup3r']) expect(file).not.toContain(part);
    expect(masked.tables[0]?.columns[1]?.default).toBe("('[secret]'::text || 'x'::text)");
    expect(masked.tables[1]?.definition).toContain("'it''s'::text AS b");
    for (const [one, other] of [
      [plain, masked],
      [masked, plain],
      [masked, masked],
    ] as const)
      expect(lines(diffSchemas(one, other))).toEqual([]);
    for (const expected of [plain, masked]) {
      expect(await findings(expected, query)).toEqual([expect.stringContaining('schema.compared')]);
      expect(await knowing([SECRET], () => findings(expected, query))).toEqual([
        expect.stringContaining('schema.compared'),
      ]);
    }
  });

  it('hides nothing of what stands around it', async () => {
    const masked = await knowing([SECRET], () => record(query));
    const other = shop({
      status: `('${written}'::text || 'y'::text)`,
      check: `CHECK ((status = ANY (ARRAY['${written}'::text, 'c'::text])))`,
      view: ` SELECT '${written}'::text AS a, 'its'::text AS b`,
    });
    expect((await findings(masked, other)).map((line) => line.split(' ')[0])).toEqual([
      'schema.default',
      'schema.missing-check',
      'schema.extra-constraint',
      'schema.definition',
    ]);
  });

  it('is masked by its form in every environment', async () => {
    const url = shop({ status: "'postgres://me:hunter2@db/x'::text" });
    const plain = await record(url);
    expect(plain.tables[0]?.columns[1]?.default).toBe("'postgres://[secret]@db/x'::text");
    expect(await knowing(['hunter2'], () => record(url))).toEqual(plain);
    expect(await findings(plain, url)).toEqual([expect.stringContaining('schema.compared')]);
  });

  it('never reaches the file, whatever it is', async () => {
    const secret = fc.string({
      unit: fc.constantFrom('a', 'Z', '9', "'", '"', '\\', ']', ')', ' ', ':', '=', '-', '@'),
      minLength: 8,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(secret, async (value) => {
        fc.pre(/\d/.test(value) && value.trim() === value);
        const text = value.replaceAll("'", "''");
        const file = await knowing([value], () =>
          record(shop({ status: `'${text}'::text`, view: ` SELECT '${text}'` })),
        );
        expect(file.tables[0]?.columns[1]).toEqual(
          column('status', { type: 'text', default: expect.stringContaining('[secret]') as string }),
        );
        expect(JSON.stringify(file)).not.toContain(JSON.stringify(text).slice(1, -1));
        expect(await findings(file, shop({ status: `'${text}'::text`, view: ` SELECT '${text}'` }))).toEqual([
          expect.stringContaining('schema.compared'),
        ]);
      }),
      { numRuns: runs(300) },
    );
  });
});
