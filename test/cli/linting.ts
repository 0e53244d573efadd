import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandIo } from '../../src/cli/io.js';
import { breakwater } from './setup.js';

const ROOT = join(import.meta.dirname, '../..');

/** A file of this package. */
export function shipped(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** A machine with these files in its working directory; a folder ends with a slash. */
export function having(files: Readonly<Record<string, string>>): Partial<CommandIo> {
  const found = (path: string) => files[path.replace(/^\/app\//, '')];
  return {
    look: (path) => {
      if (path === '/app' || files[`${path.replace(/^\/app\//, '')}/`] !== undefined)
        return { kind: 'folder', bytes: 0 };
      const text = found(path);
      return text === undefined ? undefined : { kind: 'file', bytes: text.length };
    },
    readText: (path) => found(path) ?? '',
    list: (path) => {
      const folder = path === '/app' ? '' : `${path.replace(/^\/app\//, '')}/`;
      const inside = Object.keys(files).filter((file) => file.startsWith(folder) && file !== folder);
      return [...new Set(inside.map((file) => file.slice(folder.length).split('/')[0] ?? ''))].reverse();
    },
  };
}

/** What a linter found. */
export interface Lint {
  readonly code: number;
  readonly err: string;
  readonly ids: readonly string[];
  readonly findings: readonly {
    readonly id: string;
    readonly status: string;
    readonly message: string;
    readonly hint: string;
    readonly crashed?: boolean;
    readonly place: { readonly file: string; readonly line?: number };
  }[];
}

/** Runs a linter over files, and reads its JSON. */
export async function linted(words: readonly string[], files: Readonly<Record<string, string>>): Promise<Lint> {
  const { code, out, err } = await breakwater([...words, '--format', 'json'], having(files));
  const report = JSON.parse(out === '' ? '{"results":[]}' : out) as {
    readonly results: readonly { readonly findings: Lint['findings'] }[];
  };
  const findings = report.results.flatMap((one) => one.findings);
  return { code, err, findings, ids: [...new Set(findings.map(({ id }) => id))] };
}

/** A text in which something else stands; an error when it does not stand there. */
export function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`nothing to change: ${String(from)}`);
  return result;
}
