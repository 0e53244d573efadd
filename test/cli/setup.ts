import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { systemClock } from 'breakwater/core';
import type { CommandIo } from '../../src/cli/io.js';
import { run } from '../../src/cli/run.js';
import { Watch } from '../../src/cli/watch.js';

/** Runs one command line; whatever `world` does not say is an empty machine. */
export async function breakwater(argv: readonly string[], world: Partial<CommandIo> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(argv, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    clock: systemClock,
    version: () => '1.2.3',
    terminal: {},
    directory: () => '/app',
    environment: () => ({}),
    watch: new Watch(),
    turn: () => Promise.resolve(),
    addVariables: () => {
      throw new Error('nothing to add to');
    },
    look: () => undefined,
    readText: () => {
      throw new Error('nothing to read');
    },
    list: () => {
      throw new Error('nothing to list');
    },
    readInput: () => Promise.reject(new Error('nothing to read')),
    writeText: () => {
      throw new Error('nothing to write to');
    },
    importModule: () => Promise.reject(new Error('nothing to import')),
    ...world,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** What is at the path of a file. */
export const FILE = { kind: 'file', bytes: 1 } as const;

/** A machine whose configuration modules are these, by their names in the working directory. */
export function holding(modules: Readonly<Record<string, object>>): Partial<CommandIo> {
  const found = (path: string) => modules[path.replace(/^\/app\//, '')];
  return {
    look: (path) => (found(path) === undefined ? undefined : FILE),
    importModule: (path) => Promise.resolve(found(path)),
  };
}

/** A folder with these files, gone when the test is. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A machine with these files, whose modules Node itself loads: the test runner would load other things as well. */
export function onDisk(files: Readonly<Record<string, string>>): Partial<CommandIo> & { readonly folder: string } {
  const folder = folderWith({ ...files, 'loader/load.cjs': 'module.exports = (url) => import(url);' });
  const load = createRequire(import.meta.url)(join(folder, 'loader/load.cjs')) as (url: string) => Promise<unknown>;
  return {
    folder,
    directory: () => folder,
    look: (path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined) return undefined;
      return { kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other', bytes: found.size };
    },
    readText: (path) => readFileSync(path, 'utf8'),
    importModule: (path) => load(pathToFileURL(path).href),
  };
}

/** What a configuration answers, with a trace of what it was asked. */
export function configuration(more: object = {}) {
  const asked: unknown[][] = [];
  const answer =
    <T>(name: string, value: T) =>
    (...words: unknown[]): T => {
      asked.push([name, ...words]);
      return value;
    };
  return {
    asked,
    validate: answer('validate', { ok: true }),
    summary: (format: string, terminal?: { hasColors?(): boolean }) => {
      asked.push(['summary', format, terminal?.hasColors?.()]);
      return format === 'json' ? '{"name":"shop","ok":true}' : 'shop: valid\n';
    },
    toEnvExample: answer('toEnvExample', '# port\nPORT=8000\n'),
    toMarkdown: answer('toMarkdown', '| key |\n'),
    toJSONSchema: answer('toJSONSchema', { type: 'object' }),
    writeDocs: answer('writeDocs', ['/app/docs/.env.example', '/app/docs/config.md']),
    checkDocs: answer('checkDocs', { ok: true, files: [{ path: '/app/docs/config.md', status: 'CURRENT' }] }),
    ...more,
  };
}

/** The text of a module's expression that makes a configuration whose example is `example`. */
export function written(example: string): string {
  return `{ validate: () => ({ ok: true }), summary: () => 'summary', toEnvExample: () => ${JSON.stringify(example)}, toMarkdown: () => 'table', toJSONSchema: () => ({}) }`;
}
