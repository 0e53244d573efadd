import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../dist/cli.js');

it.each([
  ['a loop', 'for (;;);'],
  ['promises that make promises', 'for (;;) await null;'],
  ['a pattern', "/^(a+)+$/.test('a'.repeat(60) + 'b');"],
  ['a wait that blocks', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
])('HLD-61: %s that never gives the event loop back ends in time, and is named', (_, code) => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-endless-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'breakwater.config.mjs');
  writeFileSync(file, `export const deployment = { async runAllChecks() {\n${code}\n} };\n`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [PROGRAM, 'check', '--timeout', '500ms', '--format', 'json'],
    { cwd: folder, encoding: 'utf8', timeout: 20_000 },
  );
  const message = 'the command took longer than 500ms, and never gave the event loop back';
  expect(JSON.parse(stdout)).toMatchObject({ exitCode: 3, results: [{ id: 'command', crashed: true, message }] });
  expect(stderr).toMatch(/^breakwater: .* never gave the event loop back: see line 2 of '.*breakwater\.config\.mjs'\n/);
  expect(status).toBe(3);
});
