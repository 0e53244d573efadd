/**
 * Compares the size of every entry point, bundled, minified and brotli-compressed as a service would ship it, with its
 * budget. `own` is the room's code alone, `all` comes with everything that it imports.
 */
import { build } from 'esbuild';
import { brotliCompressSync } from 'node:zlib';
import { dirname, resolve } from 'node:path';
import { type EntryPoint, entryPoints, isAdapter, root } from './entry-points.js';

/** Own code of a part and of an adapter, in kB. */
const OWN_BUDGET_KB = { part: 5, adapter: 2 };

async function size(entry: EntryPoint, own: boolean): Promise<number> {
  const room = dirname(resolve(root, entry.source));
  const { outputFiles } = await build({
    entryPoints: [resolve(root, entry.source)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'error',
    plugins: [
      {
        name: 'own-code',
        setup: (bundler) => {
          // What comes from another package is not the room's own.
          bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            own && kind !== 'entry-point' ? { path, external: true } : undefined,
          );
          bundler.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
            const inside = resolve(resolveDir, path).startsWith(`${room}/`);
            return own && kind !== 'entry-point' && !inside ? { path, external: true } : undefined;
          });
        },
      },
    ],
  });
  return brotliCompressSync(outputFiles[0]?.contents ?? new Uint8Array()).length / 1_000;
}

let over = 0;
for (const entry of entryPoints) {
  const whole = ['.', './http', './core', './resilience', './observability'].includes(entry.path);
  const usual = whole ? entry.maxKb : isAdapter(entry) ? OWN_BUDGET_KB.adapter : OWN_BUDGET_KB.part;
  const ownBudget = entry.ownKb ?? usual;
  const [own, all] = [await size(entry, true), await size(entry, false)];
  const fits = own <= ownBudget && all <= entry.maxKb;
  if (!fits) over++;
  const shown = (kb: number, budget: number): string => `${kb.toFixed(2).padStart(6)} of ${String(budget).padEnd(4)}`;
  console.log(
    `${fits ? 'ok  ' : 'OVER'}  ${entry.path.padEnd(20)} own ${shown(own, ownBudget)}  all ${shown(all, entry.maxKb)} kB`,
  );
}
process.exitCode = over > 0 ? 1 : 0;
