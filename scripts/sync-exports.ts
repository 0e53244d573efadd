/**
 * Writes what package.json and typedoc.json say about entry points from entry-points.json.
 * With `--check` nothing is written, and a difference is an error.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type EntryPoint, entryPoints, root } from './entry-points.js';

type Conditions = Readonly<Record<string, { readonly types: string; readonly default: string }>>;

/** `module-sync` comes first: where Node can `require` a module, both ways in share one copy of the code. */
export function conditions({ name }: EntryPoint): Conditions {
  const esm = { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
  return { 'module-sync': esm, import: esm, require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` } };
}

/** The exports map that belongs to a table of entry points. */
export function exportsMap(table: readonly EntryPoint[]): Record<string, Conditions | string> {
  const map: Record<string, Conditions | string> = {};
  for (const entry of table) map[entry.path] = conditions(entry);
  map['./package.json'] = './package.json';
  return map;
}

const files: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'package.json': { exports: exportsMap(entryPoints) },
  'typedoc.json': { entryPoints: entryPoints.map(({ source }) => source) },
};

function sync(check: boolean): number {
  let stale = 0;
  for (const [file, fields] of Object.entries(files)) {
    const before = JSON.parse(readFileSync(root + file, 'utf8')) as Record<string, unknown>;
    const after = { ...before, ...fields };
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    stale++;
    if (check) console.error(`${file} differs from entry-points.json: run "npm run exports"`);
    else writeFileSync(root + file, `${JSON.stringify(after, null, 2)}\n`);
  }
  return check ? Math.min(stale, 1) : 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = sync(process.argv.includes('--check'));
