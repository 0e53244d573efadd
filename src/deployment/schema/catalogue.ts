import { maskAssignments } from '../../core/mask-fields.js';
import { maskUrls } from '../../core/mask-urls.js';
import { redactForms } from '../../core/redaction.js';
import type { FLAWS } from './diff-constraints.js';
import type { SchemaSnapshot } from './snapshot.js';

/** What was read: the structure, and what is wrong with parts of tables, which no snapshot lists. @internal */
export interface Catalogue {
  readonly snapshot: SchemaSnapshot;
  readonly partFlaws: readonly PartFlaw[];
  /** Those of the schemas that were named which are not there. */
  readonly absent: readonly string[];
}

/** @internal */
export interface PartFlaw {
  readonly id: keyof typeof FLAWS;
  readonly schema: string;
  readonly table: string;
  /** Empty for the table itself. */
  readonly name: string;
}

/** One object of the catalogue as it came: which fields it has depends on its kind. @internal */
export interface CatalogueRow {
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Characters of an expression that are compared. */
const LONGEST = 20_000;

/**
 * A text of the catalogue that is an expression. Only what is a secret by its form is masked, which is the same everywhere: what is
 * registered differs from one environment to the next, and two databases must not.
 * @internal
 */
export function expressionOf(value: unknown): string {
  return typeof value === 'string' ? redactForms(value).slice(0, LONGEST) : '';
}

/** @internal */
export function optionalExpression(value: unknown): string | null {
  return typeof value === 'string' ? expressionOf(value) : null;
}

/** A name of the catalogue, which is no secret, also where a password is the same word. @internal */
export function nameOf(value: unknown): string {
  return typeof value === 'string' ? maskAssignments(maskUrls(value)) : '';
}

/** @internal */
export function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(nameOf) : [];
}

/** In the order of their names, whatever language the machine speaks. @internal */
export function byName<T extends { readonly name: string; readonly schema?: string }>(list: readonly T[]): T[] {
  const key = ({ schema, name }: T): string => `${schema ?? ''}\0${name}`;
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Rows by the table that they belong to. @internal */
export function groupedBy(rows: readonly CatalogueRow[], kind: string): ReadonlyMap<unknown, CatalogueRow['data'][]> {
  const groups = new Map<unknown, CatalogueRow['data'][]>();
  for (const row of rows) {
    if (row.kind !== kind) continue;
    const group = groups.get(row.data['table']);
    if (group === undefined) groups.set(row.data['table'], [row.data]);
    else group.push(row.data);
  }
  return groups;
}
