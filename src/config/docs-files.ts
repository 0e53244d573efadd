import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from '../core/errors.js';
import { describe } from '../core/options.js';
import { jsonText, sameJson, sameLines, sameMarkdown } from './pages/layout.js';

/** What became of the pages in a folder. */
export interface DocsCheck {
  /** Whether all of them are there and say what is registered. */
  readonly ok: boolean;
  /** Each page. */
  readonly files: readonly {
    /** Where it is. */
    readonly path: string;
    /** `STALE`: it says something else than what is registered. */
    readonly status: 'CURRENT' | 'STALE' | 'MISSING';
  }[];
}

/** What pages are made of. */
interface Pages {
  readonly name: string;
  toEnvExample(): string;
  toJSONSchema(): object;
  toMarkdown(): string;
}

interface Page {
  readonly file: string;
  readonly make: (config: Pages) => string;
  readonly isSame: (found: string, made: string) => boolean;
}

const PAGES: readonly Page[] = [
  { file: '.env.example', make: (config) => config.toEnvExample(), isSame: sameLines },
  { file: 'config.schema.json', make: (config) => jsonText(config.toJSONSchema()), isSame: sameJson },
  {
    file: 'config.md',
    make: (config) => `# Configuration of ${config.name}\n\n${config.toMarkdown()}`,
    isSame: sameMarkdown,
  },
];

/** Writes the pages. @internal */
export function writeDocsTo(config: Pages, dir: string): string[] {
  checkDir(config, 'writeDocs', dir);
  const made = PAGES.map(({ file, make }) => ({ path: join(dir, file), text: make(config) }));
  mkdirSync(dir, { recursive: true });
  for (const { path, text } of made) writeFileSync(path, text);
  return made.map(({ path }) => path);
}

/** Compares the pages with what they would be. @internal */
export function docsCheck(config: Pages, dir: string): DocsCheck {
  checkDir(config, 'checkDocs', dir);
  const files = PAGES.map(({ file, make, isSame }) => {
    const path = join(dir, file);
    const found = textOf(path);
    const status = found === undefined ? ('MISSING' as const) : isSame(found, make(config)) ? 'CURRENT' : 'STALE';
    return Object.freeze({ path, status });
  });
  return Object.freeze({ ok: files.every(({ status }) => status === 'CURRENT'), files: Object.freeze(files) });
}

function checkDir({ name }: Pages, method: string, dir: unknown): void {
  if (typeof dir !== 'string' || dir === '')
    throw new InvalidArgumentError(`${name}.${method}: dir must be the path of a folder, got ${describe(dir)}`);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}
