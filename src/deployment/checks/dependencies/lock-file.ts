import { dirname, join, relative, sep } from 'node:path';
import { modeOf } from '../disk.js';
import { type Fields, isFields, isPackageName, readJsonObject, specsOf, textOf } from './manifest.js';

/** The largest lock file that is read: several times that of a project of thousands of packages. */
const MOST_BYTES = 16 * 1_024 ** 2;
const OURS = /* @__PURE__ */ Object.freeze(['npm-shrinkwrap.json', 'package-lock.json']);
const OTHERS = /* @__PURE__ */ Object.freeze(['pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb']);

/** A package as the lock file has it. @internal */
export interface LockedPackage {
  /** Below the folder of the lock file, such as `node_modules/a/node_modules/b`. */
  readonly path: string;
  /** The name that it is installed under. */
  readonly as: string;
  /** Its own name. */
  readonly name: string;
  readonly version: string | undefined;
  readonly link: boolean;
  readonly dev: boolean;
  /** Whether it may be missing although nobody left it out. */
  readonly optional: boolean;
}

/** What the lock file says that `package.json` says, by kind. @internal */
export type LockedSpecs = Readonly<Record<SpecKind, ReadonlyMap<string, string>>>;

/** @internal */
export type SpecKind = 'dependencies' | 'optionalDependencies' | 'devDependencies' | 'peerDependencies';

/** The lock file of a project, or why it says nothing. @internal */
export type Lock =
  | { readonly state: 'none' }
  | { readonly state: 'other'; readonly file: string; readonly folder: string }
  | { readonly state: 'old'; readonly file: string }
  | { readonly state: 'broken'; readonly file: string; readonly what: string; readonly line?: number | undefined }
  | {
      readonly state: 'read';
      readonly file: string;
      /** Where it is. */
      readonly folder: string;
      /** Where in it the project is: nothing when they share a folder. */
      readonly prefix: string;
      readonly packages: readonly LockedPackage[];
      readonly specs: LockedSpecs;
    };

/** Finds the lock file of a project: beside it, or above when that one names the project as a workspace. @internal */
export async function findLock(root: string): Promise<Lock> {
  let other: Lock = { state: 'none' };
  for (let folder = root; ; folder = dirname(folder)) {
    const prefix = relative(folder, root).split(sep).join('/');
    for (const file of OURS) {
      const reading = await readJsonObject(join(folder, file), MOST_BYTES);
      if (reading.state === 'missing') continue;
      if (reading.state === 'broken') {
        if (prefix === '') return { ...reading, state: 'broken', file };
        continue;
      }
      const { packages } = reading.value;
      if (!isFields(packages)) {
        if (prefix === '') return isOld(reading.value) ? { state: 'old', file } : broken(file);
        continue;
      }
      const own = packages[prefix];
      if (prefix === '' || isFields(own)) return lockOf(file, folder, prefix, packages, isFields(own) ? own : {});
    }
    if (other.state === 'none') {
      const file = await firstThere(folder, OTHERS);
      // Above the project it counts where there is a project that may have workspaces.
      if (file !== undefined && (await firstThere(folder, ['package.json'])) !== undefined)
        other = { state: 'other', file, folder };
    }
    if (dirname(folder) === folder) return other;
  }
}

async function firstThere(folder: string, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if ((await modeOf(join(folder, file))) !== undefined) return file;
  return undefined;
}

/** Before npm 7 a lock file had no `packages`, and in the beginning no version of its own. */
function isOld({ lockfileVersion, dependencies }: Fields): boolean {
  return lockfileVersion === 1 || (lockfileVersion === undefined && isFields(dependencies));
}

function broken(file: string): Lock {
  return { state: 'broken', file, what: 'is not what npm writes: it holds no packages, or what cannot be one' };
}

function lockOf(file: string, folder: string, prefix: string, packages: Fields, own: Fields): Lock {
  if (!Object.values(packages).every(isEntry)) return broken(file);
  const optionalDependencies = specsOf(own['optionalDependencies']);
  const dependencies = specsOf(own['dependencies']);
  for (const name of optionalDependencies.keys()) dependencies.delete(name);
  return {
    state: 'read',
    file,
    folder,
    prefix,
    packages: Object.entries(packages).flatMap(([path, entry]) => packageOf(path, entry, prefix) ?? []),
    specs: {
      dependencies,
      optionalDependencies,
      devDependencies: specsOf(own['devDependencies']),
      peerDependencies: specsOf(own['peerDependencies']),
    },
  };
}

function isEntry(entry: unknown): boolean {
  if (!isFields(entry)) return false;
  return [entry['name'], entry['version']].every((one) => one === undefined || typeof one === 'string');
}

/** What another workspace has for itself is none of this project's, and what leads out of the folder is no package. */
function packageOf(path: string, entry: unknown, prefix: string): LockedPackage | undefined {
  if (!isFields(entry) || entry['extraneous'] === true) return undefined;
  const at = path.lastIndexOf('node_modules/');
  const as = path.slice(at + 'node_modules/'.length);
  if (at === -1 || !isPackageName(as) || path.split('/').some((step) => step === '..' || step === '.'))
    return undefined;
  const isShared = path.startsWith('node_modules/');
  if (!isShared && prefix !== '' && !path.startsWith(`${prefix}/node_modules/`)) return undefined;
  return {
    path,
    as,
    name: textOf(entry['name']) ?? as,
    version: textOf(entry['version']),
    link: entry['link'] === true,
    dev: entry['dev'] === true,
    optional: ['optional', 'devOptional', 'peer'].some((flag) => entry[flag] === true),
  };
}
