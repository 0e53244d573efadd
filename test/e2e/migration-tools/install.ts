import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LOCK = 'node_modules/.package-lock.json';

/**
 * The tools, in a package of their own, installed unless they are there as the lock file has them; or `undefined` where
 * they cannot be had: their tests are then skipped with one printed line. With `CI=true` that is a failure.
 */
export async function tryMigrationTools(): Promise<typeof import('./tools.mjs') | undefined> {
  try {
    install();
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    process.stderr.write(`skipped: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
  return import('./tools.mjs');
}

function install(): void {
  if (!isInstalled()) {
    const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      timeout: 240_000,
    });
    if (status !== 0) throw new Error(`the migration tools cannot be installed: ${stderr.slice(-500)}`);
  }
}

function isInstalled(): boolean {
  if (!existsSync(join(import.meta.dirname, LOCK))) return false;
  const wanted = packagesOf('package-lock.json');
  const there = packagesOf(LOCK);
  // Packages for other machines are in the lock file only.
  return Object.entries(there).every(([path, { version }]) => wanted[path]?.version === version);
}

function packagesOf(file: string): Record<string, { version?: string }> {
  const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  delete packages[''];
  return packages;
}
