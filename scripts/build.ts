/**
 * Builds dist/. With `--if-stale` only when a source is newer than the last complete build.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { entryPoints, root } from './entry-points.js';
import { mergeChunks } from './merge-chunks.js';

/** Written last, so that a build that stopped half-way is never taken for a complete one. */
const stamp = join(root, '.cache', 'built');
/** What only ever runs by itself. */
const PROGRAM = new Set(['cli.js', 'watchdog-thread.js']);
const REFERENCE = '/// <reference lib="esnext.disposable" />';

function newest(path: string): number {
  const info = statSync(join(root, path));
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(join(root, path)).map((name) => newest(join(path, name))));
}

/** Whether dist/ is missing or older than what it is built from. */
export function isStale(): boolean {
  if (!existsSync(stamp) || !existsSync(join(root, 'dist'))) return true;
  return (
    newest('src') > statSync(stamp).mtimeMs ||
    ['tsup.config.ts', 'entry-points.json'].some((file) => newest(file) > statSync(stamp).mtimeMs)
  );
}

/** Declarations that name `Disposable` must bring its library along. */
function missingReferences(): string[] {
  const declarations = entryPoints.flatMap(({ name }) => [`${name}.d.ts`, `${name}.d.cts`]);
  return declarations.filter((file) => !readFileSync(join(root, 'dist', file), 'utf8').startsWith(REFERENCE));
}

/**
 * Makes the CommonJS form of each module that is built, one for one, so that both forms share their code in the same way.
 * Not by the bundler of the modules: what it does to them for CommonJS breaks classes that have a field named like an export.
 */
function makeCommonJS(): void {
  const dist = join(root, 'dist');
  const modules = readdirSync(dist).filter((file) => file.endsWith('.js') && !PROGRAM.has(file));
  buildSync({
    entryPoints: modules.map((file) => join(dist, file)),
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  });
  for (const file of modules.map((name) => name.replace(/\.js$/, '.cjs'))) {
    const code = readFileSync(join(dist, file), 'utf8');
    writeFileSync(join(dist, file), code.replace(/(\brequire\("\.\/[\w-]+)\.js"\)/g, '$1.cjs")'));
  }
}

function build(): number {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  rmSync(stamp, { force: true });
  const { status } = spawnSync(process.execPath, ['node_modules/tsup/dist/cli-default.js', '--silent'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) return status ?? 1;
  mergeChunks(join(root, 'dist'));
  makeCommonJS();
  const missing = missingReferences();
  if (missing.length > 0) {
    console.error(`without the reference to esnext.disposable: ${missing.join(', ')}`);
    return 1;
  }
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stamp, '');
  return 0;
}

if (process.argv[1] === import.meta.filename && (!process.argv.includes('--if-stale') || isStale())) {
  process.exitCode = build();
}
