import type { DatabaseReader } from '../database/database-reader.js';
import { databaseFailure } from '../database/failure.js';
import { CheckStatus, type DeploymentFinding, shownError, shownText } from '../finding.js';
import { isBookkeeping } from './bookkeeping.js';
import type { Catalogue } from './catalogue.js';
import { placeOf } from './diff-columns.js';
import { diffAgainst } from './diff.js';
import { FLAWS } from './diff-constraints.js';
import { DIFFERENCES, notebook, type SchemaDifference, shownName } from './difference.js';
import { isSnapshot } from './is-snapshot.js';
import { readCatalogue } from './read-catalogue.js';
import { damaged } from './integrity.js';
import type { SchemaSnapshot } from './snapshot.js';
import type { TableMap } from './table-map.js';
import { mappedTables } from './wanted.js';

/** @internal */
export interface CompareOptions {
  /** @defaultValue those of the snapshot, else all but the server's own */
  readonly schemas?: readonly string[] | undefined;
  /** Tables that are left out: `name`, `schema.name`, or the beginning of one with `*` behind it. */
  readonly ignoreTables?: readonly string[] | undefined;
  readonly maxTables: number;
  /** Whether the data of SQLite is looked at as well, which reads all of it. */
  readonly integrity?: boolean;
}

/** How many places a finding names. */
const SHOWN = 3;

/**
 * Holds a database against what is expected of it: one finding for each kind of difference, as each has its own status
 * and can be silenced by its id. Never rejects.
 * @internal
 */
export async function compareSchema(
  expected: SchemaSnapshot | TableMap,
  reader: DatabaseReader,
  { schemas, ignoreTables = [], maxTables, integrity = false }: CompareOptions,
): Promise<readonly DeploymentFinding[]> {
  const counts = counted(ignoreTables);
  if (!expectsSomething(expected, ignoreTables)) {
    const hint = 'An empty expectation would pass any database: name at least one table.';
    return [{ id: 'schema.nothing-expected', status: CheckStatus.FAIL, message: 'no table is expected', hint }];
  }
  try {
    const catalogue = await readCatalogue(reader, {
      schemas: schemas ?? (isSnapshot(expected) ? expected.schemas : undefined),
      maxTables,
    });
    const differences = [...diffAgainst(expected, catalogue.snapshot, counts), ...standingFlaws(catalogue, counts)];
    const data = integrity && reader.dialect === 'sqlite' ? await damaged(reader) : [];
    const tables = catalogue.snapshot.tables.filter((table) => counts(table) && !isBookkeeping(table));
    return findingsOf(distinct([...differences, ...data]), tables.length);
  } catch (error) {
    return [
      {
        id: 'schema.unreadable',
        status: CheckStatus.FAIL,
        crashed: true,
        message: `the schema could not be compared: ${shownError(error)}`,
        hint: databaseFailure(error).hint ?? 'No right but to connect is needed; see what the database says.',
      },
    ];
  }
}

/** Which tables count. */
function counted(ignored: readonly string[]): (table: Named) => boolean {
  return ({ schema, name }) =>
    !ignored.some((pattern) => matches(pattern, name) || matches(pattern, `${schema}.${name}`));
}

interface Named {
  readonly schema: string;
  readonly name: string;
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Whether a table is expected that is not left out: anything else would pass any database. @internal */
export function expectsSomething(expected: SchemaSnapshot | TableMap, ignoreTables: readonly string[] = []): boolean {
  const tables = isSnapshot(expected) ? expected.tables : mappedTables(expected, 'public');
  return tables.some(counted(ignoreTables));
}

/** What is wrong by itself, whatever is expected: also where it was when the schema was recorded. */
function standingFlaws({ snapshot, partFlaws }: Catalogue, counts: (table: Named) => boolean): SchemaDifference[] {
  const { note, noted } = notebook();
  const flaw = (id: keyof typeof FLAWS, table: Named, name: string): void => {
    note(id, [placeOf(table, snapshot), ...(name === '' ? [] : [shownName(name)])].join('.'), FLAWS[id]);
  };
  for (const table of snapshot.tables.filter(counts)) {
    for (const { name, valid } of [...table.foreignKeys, ...table.checks])
      if (!valid) flaw('schema.not-valid-constraint', table, name);
    for (const { name, enabled } of [...table.foreignKeys, ...table.triggers])
      if (!enabled) flaw('schema.disabled-trigger', table, name);
    for (const { name, valid } of table.indexes) if (!valid) flaw('schema.invalid-index', table, name);
  }
  for (const { id, schema, table, name } of partFlaws)
    if (counts({ schema, name: table })) flaw(id, { schema, name: table }, name);
  return noted;
}

function distinct(differences: readonly SchemaDifference[]): SchemaDifference[] {
  return [...new Map(differences.map((one) => [JSON.stringify([one.id, one.place, one.message]), one])).values()];
}

function findingsOf(differences: readonly SchemaDifference[], tables: number): DeploymentFinding[] {
  const ids = Object.keys(DIFFERENCES) as (keyof typeof DIFFERENCES)[];
  const findings = ids.flatMap((id): DeploymentFinding[] => {
    const [status, hint] = DIFFERENCES[id];
    const places = differences.filter((one) => one.id === id);
    if (places.length === 0) return [];
    const more = places.length > SHOWN ? `; and ${String(places.length - SHOWN)} more` : '';
    const message = places
      .slice(0, SHOWN)
      .map(({ place, message: what }) => `${place}: ${what}`)
      .join('; ');
    return [{ id, status, message: shownText(message, 1_000) + more, hint }];
  });
  if (findings.some(({ status }) => status !== CheckStatus.PASS)) return findings;
  const message = `the schema is as expected; tables there: ${String(tables)}`;
  return [{ id: 'schema.compared', status: CheckStatus.PASS, message }, ...findings];
}
