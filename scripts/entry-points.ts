import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One line of the table of entry points, the single source of everything that lists them. */
export interface EntryPoint {
  /** Subpath as written in the exports map, `.` or `./name`. */
  readonly path: string;
  /** Name of the built files: `dist/<name>.js` and its kin. */
  readonly name: string;
  /** The module's source, from the root. */
  readonly source: string;
  /** Size budget of the whole entry point, bundled and brotli-compressed, in kB. */
  readonly maxKb: number;
  /** Size budget of its own code, in kB, where it is not that of every part. */
  readonly ownKb?: number;
}

/** The project's root, with a slash at its end. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/** Reads a JSON file of the project. */
export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(root + path, 'utf8'));
}

/** The table of entry points. */
export const entryPoints = readJson('entry-points.json') as readonly EntryPoint[];

/** What users write in an import. */
export function specifier({ path }: EntryPoint): string {
  return `breakwater${path.slice(1)}`;
}

/** Whether the entry point ties Breakwater to a framework or client. */
export function isAdapter({ source }: EntryPoint): boolean {
  return source.startsWith('src/adapters/');
}
