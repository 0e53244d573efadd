import type { SchemaDialect } from './snapshot.js';
import { tokensOf, unquoted } from './sql-text.js';

/**
 * How the type that is there compares with the one that is expected: `alike` is another name for what takes the same
 * values, `wider` takes all of them and more.
 * @internal
 */
export type TypeMatch = 'same' | 'alike' | 'wider' | 'different';

/** @internal */
export function compareTypes(expected: string, actual: string, dialect: SchemaDialect): TypeMatch {
  return dialect === 'sqlite' ? compareSqlite(expected, actual) : comparePostgres(expected, actual);
}

const ALIASES: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  int: 'integer',
  int4: 'integer',
  serial: 'integer',
  serial4: 'integer',
  int2: 'smallint',
  smallserial: 'smallint',
  serial2: 'smallint',
  int8: 'bigint',
  bigserial: 'bigint',
  serial8: 'bigint',
  bool: 'boolean',
  float4: 'real',
  float8: 'double precision',
  float: 'double precision',
  decimal: 'numeric',
  dec: 'numeric',
  varchar: 'character varying',
  'char varying': 'character varying',
  char: 'character',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
});

/** Whether a type is one of those that also make a column number itself. @internal */
export function isSerial(type: string | undefined): boolean {
  return type !== undefined && /^\s*(?:(?:small|big)?serial|serial[248])\s*$/i.test(type);
}

/** A type of PostgreSQL in parts: `timestamp(3) with time zone` is `timestamp with time zone` of `3`. */
interface PostgresType {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly dimensions: number;
}

/** Between a schema and what is in it: a dot may stand in a name. */
const BELOW = '\0';

/** Whether a column is of a type that was made, such as an enum. @internal */
export function isOfType(
  written: string,
  { schema, name }: { readonly schema: string; readonly name: string },
): boolean {
  return postgresType(written).name === schema + BELOW + name;
}

function postgresType(written: string): PostgresType {
  const words: string[] = [];
  const sizes: number[] = [];
  let dimensions = 0;
  let within = false;
  for (const { kind, text } of tokensOf(written, false)) {
    if (text === '(') within = true;
    else if (text === ')') within = false;
    else if (text === '[') dimensions++;
    else if (text === ']' || text === ',' || (dimensions > 0 && /^\d+$/.test(text))) continue;
    else if (within && /^\d+$/.test(text)) sizes.push(Number(text));
    else if (kind === 'name') words.push(unquoted(text));
    else words.push(text.toLowerCase().replaceAll('.', BELOW));
  }
  // What is quoted or belongs to a schema comes in pieces around its dots.
  const given = words
    .join(' ')
    .replace(/ ?\0 ?/g, BELOW)
    .replace(/^pg_catalog\0/, '');
  const name = Object.hasOwn(ALIASES, given) ? (ALIASES[given] ?? given) : given;
  if (name === 'character' && sizes.length === 0) sizes.push(1);
  if (name === 'numeric' && sizes.length === 1) sizes.push(0);
  // All arrays of a type are one type, however many dimensions were declared.
  return { name, sizes, dimensions: Math.min(dimensions, 1) };
}

const INTEGERS: readonly string[] = ['smallint', 'integer', 'bigint'];

function comparePostgres(expectedText: string, actualText: string): TypeMatch {
  const expected = postgresType(expectedText);
  const actual = postgresType(actualText);
  if (expected.dimensions !== actual.dimensions) return 'different';
  const sameSizes = JSON.stringify(expected.sizes) === JSON.stringify(actual.sizes);
  if (expected.name === actual.name && sameSizes) return 'same';
  // One that does not say in which schema: `mood` is found in `public.mood`.
  if (!expected.name.includes(BELOW) && actual.name.endsWith(BELOW + expected.name)) return 'same';
  if (isPlainText(expected) && isPlainText(actual)) return 'alike';
  return isWider(expected, actual) ? 'wider' : 'different';
}

function isPlainText({ name, sizes }: PostgresType): boolean {
  return name === 'text' || (name === 'character varying' && sizes.length === 0);
}

function isWider(expected: PostgresType, actual: PostgresType): boolean {
  const [from, to] = [INTEGERS.indexOf(expected.name), INTEGERS.indexOf(actual.name)];
  if (from >= 0 && (to > from || (actual.name === 'numeric' && actual.sizes.length === 0))) return true;
  if (expected.name === 'real' && actual.name === 'double precision') return true;
  if (expected.name === 'character varying' && isPlainText(actual)) return true;
  if (expected.name !== actual.name) return false;
  const [a, b] = [expected.sizes, actual.sizes];
  if (expected.name === 'character' || expected.name === 'bit') return false;
  if (expected.name !== 'numeric') return a.length > 0 && (b.length === 0 || (b[0] ?? 0) > (a[0] ?? 0));
  if (a.length === 0) return false;
  if (b.length === 0) return true;
  const [scale, newScale] = [a[1] ?? 0, b[1] ?? 0];
  return newScale >= scale && (b[0] ?? 0) - newScale >= (a[0] ?? 0) - scale;
}

/** What SQLite makes of the name of a type; source: "Determination Of Column Affinity" of its manual. @internal */
export function affinity(type: string): 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC' {
  const name = type.toUpperCase();
  if (name.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(name)) return 'TEXT';
  if (name === '' || name.includes('BLOB')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(name) ? 'REAL' : 'NUMERIC';
}

function compareSqlite(expected: string, actual: string): TypeMatch {
  const plain = (type: string): string =>
    type
      .toUpperCase()
      .replace(/\s+/g, ' ')
      .replace(/ ?([(),]) ?/g, '$1')
      .trim();
  if (plain(expected) === plain(actual)) return 'same';
  return affinity(expected) === affinity(actual) ? 'alike' : 'different';
}
