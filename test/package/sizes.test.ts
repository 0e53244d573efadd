import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { entryPoints } from '../../scripts/entry-points.js';

const ROOT = join(import.meta.dirname, '../..');

it('every entry point has a size budget, and keeps to it', () => {
  for (const { maxKb } of entryPoints) expect(maxKb).toBeGreaterThan(0);
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/size.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([status, stdout.includes('OVER')]).toEqual([0, false]);
  expect(stdout.trim().split('\n')).toHaveLength(entryPoints.length);
});
