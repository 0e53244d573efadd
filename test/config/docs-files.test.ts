import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APIConfig, ApplicationConfig, ConfigValidator, DatabaseConfig } from 'breakwater/config';
import { format } from 'prettier';
import { afterEach, beforeEach, expect, it } from 'vitest';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'breakwater-docs-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const make = (): ConfigValidator =>
  new ConfigValidator({ name: 'shop', env: {} })
    .register('PORT', 'int', { default: 8_000, describe: 'port to listen on | *here*' })
    .register('SESSION_KEY', 'str', { secret: true, default: 'hunter2hunter2' });
const statuses = (config = make()) => config.checkDocs(dir).files.map(({ status }) => status);

it('pages are written, and found as they are', () => {
  expect(statuses()).toEqual(['MISSING', 'MISSING', 'MISSING']);
  expect(make().checkDocs(dir).ok).toBe(false);
  const paths = make().writeDocs(dir);
  expect(paths).toEqual(['.env.example', 'config.schema.json', 'config.md'].map((file) => join(dir, file)));
  expect(make().checkDocs(dir)).toEqual({ ok: true, files: paths.map((path) => ({ path, status: 'CURRENT' })) });
  const texts = paths.map((path) => readFileSync(path, 'utf8'));
  expect(texts[2]).toMatch(/^# Configuration of shop\n\n\| key/);
  for (const text of texts) {
    expect(text).toMatch(/[^\n]\n$/);
    expect(text).not.toContain('hunter2');
  }
  // The same each time.
  make().writeDocs(dir);
  expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(texts);
});

it('a page that says something else is stale', () => {
  make().writeDocs(dir);
  expect(statuses(make().register('MORE', 'bool'))).toEqual(['STALE', 'STALE', 'STALE']);
  const described = new ConfigValidator({ name: 'shop' })
    .register('PORT', 'int', { default: 8_000, describe: 'another text' })
    .register('SESSION_KEY', 'str', { secret: true });
  expect(statuses(described)).toEqual(['STALE', 'STALE', 'STALE']);
  writeFileSync(join(dir, 'config.schema.json'), '{"type":');
  rmSync(join(dir, 'config.md'));
  expect(statuses()).toEqual(['CURRENT', 'STALE', 'MISSING']);
});

it('what a formatter or a checkout did to the layout makes no difference', async () => {
  const config = new ApplicationConfig({ api: APIConfig, database: DatabaseConfig }, { env: {} });
  for (const path of config.writeDocs(dir)) {
    const text = readFileSync(path, 'utf8');
    const parser = path.endsWith('.md') ? 'markdown' : path.endsWith('.json') ? 'json' : undefined;
    const laidOut = parser === undefined ? text : await format(text, { parser, printWidth: 60, tabWidth: 4 });
    writeFileSync(path, laidOut.replaceAll('\n', '\r\n'));
  }
  expect(config.checkDocs(dir).files.map(({ status }) => status)).toEqual(['CURRENT', 'CURRENT', 'CURRENT']);
});

it('a folder that is none is told', () => {
  writeFileSync(join(dir, 'file'), '');
  expect(() => make().writeDocs(join(dir, 'file'))).toThrow(/EEXIST/);
  // One that is not there is made.
  expect(make().writeDocs(join(dir, 'a', 'b'))).toHaveLength(3);
  expect(() => make().checkDocs(undefined as never)).toThrow('shop.checkDocs: dir must be the path of a folder');
  expect(() => make().writeDocs('')).toThrow('shop.writeDocs: dir must be the path of a folder');
});
