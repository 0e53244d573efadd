import { dependenciesCheck, type DependenciesCheckOptions, type DeploymentReport } from 'breakwater/deployment';
import { symlinkSync } from 'node:fs';
import { Folder, lines, run } from './run.js';

export interface PackageFields {
  readonly name?: string;
  readonly version?: string;
  readonly engines?: unknown;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, unknown>;
  readonly overrides?: unknown;
  readonly workspaces?: readonly string[];
}

/** A project in a folder of its own. */
export class Project extends Folder {
  readonly #locked: Record<string, object> = {};

  constructor(readonly manifest: PackageFields = {}) {
    super();
    this.json('package.json', manifest);
    this.#locked[''] = manifest;
  }

  /** Puts a package there, and into the lock file: `a`, or `a/b` for what is below another. */
  add(path: string, fields: PackageFields = {}, locked: object = {}): this {
    const name = path.split(' > ').at(-1) ?? '';
    this.install(path, { name, version: '1.0.0', ...fields });
    return this.lock(path, { version: fields.version ?? '1.0.0', ...locked });
  }

  install(path: string, fields: PackageFields): this {
    this.json(`${placeOf(path)}/package.json`, fields);
    return this;
  }

  lock(path: string, locked: object): this {
    this.#locked[placeOf(path)] = locked;
    return this;
  }

  writeLock(file = 'package-lock.json', rest: object = {}): this {
    this.json(file, { name: 'another', lockfileVersion: 3, packages: this.#locked, ...rest });
    return this;
  }

  link(path: string, target: string): this {
    symlinkSync(target, this.at(path));
    return this;
  }

  report(options: DependenciesCheckOptions = {}): Promise<DeploymentReport> {
    return run(dependenciesCheck({ root: this.path, nodeVersion: '20.19.0', ...options }));
  }

  async found(options: DependenciesCheckOptions = {}): Promise<string[]> {
    return lines(await this.report(options));
  }
}

/** Below which folder a package is: `a > b` is the `b` that `a` has for itself. */
function placeOf(path: string): string {
  if (path.includes('node_modules')) return path;
  return path
    .split(' > ')
    .map((name) => `node_modules/${name}`)
    .join('/');
}
