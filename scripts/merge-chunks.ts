import { buildSync } from 'esbuild';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What several entry points share of these rooms becomes one file each; the second may import the first. */
const GROUPS: readonly (readonly [file: string, rooms: RegExp])[] = [
  ['chunk-core.js', /^src\/core\//],
  ['chunk-shared.js', /^src\/(internal\/|traffic\/[\w-]+\.ts$)/],
];

const IMPORTED = /(\bfrom|^import) "\.\/([\w-]+\.js)"/gm;

/** What loads a module of Node stays by itself: a few milliseconds, which whoever does not need it should not wait for. */
const ELSEWHERE = /(\bfrom|^import) "(?!\.\/)/m;

/**
 * Puts small modules together that the bundler splits off: it makes one for each set of entry points that share something, and
 * each costs half a millisecond or more when it is imported, however small it is.
 */
export function mergeChunks(dist: string): void {
  for (const [file, rooms] of GROUPS) merge(dist, file, rooms);
}

function merge(dist: string, merged: string, rooms: RegExp): void {
  const modules = new Map(
    readdirSync(dist)
      .filter((file) => file.endsWith('.js'))
      .map((file) => [file, readFileSync(join(dist, file), 'utf8')]),
  );
  const parts = [...modules.keys()].filter(
    (file) =>
      /^chunk-[A-Z0-9]+\.js$/.test(file) &&
      sourcesOf(modules.get(file)).every((source) => rooms.test(source)) &&
      !ELSEWHERE.test(modules.get(file) ?? ''),
  );
  if (parts.length < 2) throw new Error(`${merged}: the bundler made no modules to put together`);
  checkNames(parts.map((file) => modules.get(file) ?? ''));

  const { outputFiles } = buildSync({
    stdin: { contents: parts.map((file) => `export * from './${file}';`).join('\n'), resolveDir: dist },
    bundle: true,
    external: [...modules.keys()].filter((file) => !parts.includes(file)).map((file) => `./${file}`),
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    write: false,
    logLevel: 'warning',
  });
  writeFileSync(join(dist, merged), outputFiles[0]?.contents ?? '');
  for (const file of parts) rmSync(join(dist, file));
  for (const [file, code] of modules) {
    if (parts.includes(file)) continue;
    const redirected = code.replace(IMPORTED, (found, how: string, from: string) =>
      parts.includes(from) ? `${how} "./${merged}"` : found,
    );
    if (redirected !== code) writeFileSync(join(dist, file), redirected);
  }
}

/** The bundler writes before each source what it is called. */
function sourcesOf(code = ''): string[] {
  return [...code.matchAll(/^\/\/ (src\/\S+)$/gm)].map(([, source]) => source ?? '');
}

/** Of two exports of one name neither would be exported. */
function checkNames(codes: readonly string[]): void {
  const lists = codes.flatMap((code) => [...code.matchAll(/^export \{([^}]*)\}/gm)].map(([, list]) => list ?? ''));
  const names = lists.flatMap((list) => list.match(/\w+(?=,?\s*$)/gm) ?? []);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  if (twice.length > 0) throw new Error(`modules to put together export the same: ${twice.join(', ')}`);
}
