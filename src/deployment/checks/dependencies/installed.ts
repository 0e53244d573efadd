import { basename, dirname, join } from 'node:path';
import { folderAt } from '../disk.js';
import { type ManifestReading, readManifest } from './manifest.js';

/** A package where it is installed. @internal */
export interface InstalledPackage {
  /** Where it really is, behind links. */
  readonly folder: string;
  readonly reading: ManifestReading;
}

/** What is installed, each looked at once. @internal */
export class Installed {
  readonly #folders = new Map<string, Promise<string | undefined>>();
  readonly #manifests = new Map<string, Promise<ManifestReading>>();

  /** The package that code in `from` gets by a name, as Node looks for it. */
  async find(from: string, name: string): Promise<InstalledPackage | undefined> {
    for (const place of this.placesFrom(from)) {
      // Most packages have no packages of their own: one look instead of one for each name.
      if ((await this.#folder(place)) === undefined) continue;
      const found = await this.at(join(place, name));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The package in a folder, if there is one. */
  async at(path: string): Promise<InstalledPackage | undefined> {
    const folder = await this.#folder(path);
    return folder === undefined ? undefined : { folder, reading: await this.manifest(folder) };
  }

  /** Whether code in `from` can get any package at all. */
  async any(from: string): Promise<boolean> {
    for (const place of this.placesFrom(from)) if ((await this.#folder(place)) !== undefined) return true;
    return false;
  }

  manifest(folder: string): Promise<ManifestReading> {
    return remembered(this.#manifests, folder, readManifest);
  }

  /** Each folder of packages from `from` up, the nearest first. Source: Node, modules, loading from node_modules. */
  placesFrom(from: string): string[] {
    const places: string[] = [];
    for (let folder = from; ; folder = dirname(folder)) {
      if (basename(folder) !== 'node_modules') places.push(join(folder, 'node_modules'));
      if (dirname(folder) === folder) return places;
    }
  }

  #folder(path: string): Promise<string | undefined> {
    return remembered(this.#folders, path, folderAt);
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, read: (key: string) => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const reading = read(key);
  known.set(key, reading);
  return reading;
}
