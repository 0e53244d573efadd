import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tryPostgres } from './postgres.js';
import { hasRedis, startRedis } from './redis.js';

const ROOT = join(import.meta.dirname, '../..');
const postgres = await tryPostgres();
await postgres?.remove();

function demo(...words: string[]) {
  const program = ['--import', 'tsx', 'examples/demo/main.ts', ...words];
  return spawnSync(process.execPath, program, { cwd: ROOT, encoding: 'utf8', timeout: 90_000 });
}

describe.skipIf(postgres === undefined || !hasRedis())('the demo: four processes on a real Redis', () => {
  it('keeps its promises', async () => {
    const server = await startRedis();
    try {
      const { status, stdout, stderr } = demo('processes', '--redis', `redis://127.0.0.1:${String(server.port)}`);
      expect([status, stderr], stdout).toEqual([0, '']);
      // Whichever is answered first.
      expect(stdout).toMatch(/\((100 x 200, 140 x 429|140 x 429, 100 x 200)\)/);
      const summary = stdout.slice(stdout.indexOf('Summary'));
      expect(summary).toMatch(/Four processes, one limit +5 of 5 /);
      expect(summary.match(/\d+ of \d+/g)).toHaveLength(1);
    } finally {
      await server.remove();
    }
  });

  it('says that there is no Redis', () => {
    const { status, stdout } = demo('processes', '--redis', 'redis://127.0.0.1:1');
    expect([status, stdout.includes('no Redis answers where --redis says')], stdout).toEqual([1, true]);
  });
});
