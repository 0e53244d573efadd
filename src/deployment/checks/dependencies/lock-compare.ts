import { join } from 'node:path';
import type { DeploymentFinding } from '../../finding.js';
import { namesIn } from '../disk.js';
import { crashed, failed, firstOf, idPart, warned } from '../report.js';
import type { Lock, LockedPackage, SpecKind } from './lock-file.js';
import { isPackageName } from './manifest.js';
import type { Walk, Walked } from './tree.js';

type ReadLock = Extract<Lock, { state: 'read' }>;

/** So many at once: more would only wait for the disk. */
const AT_ONCE = 64;
const AGAIN = /* @__PURE__ */ Object.freeze({ hint: 'install what the lock file says: npm ci' });

/** What is to be said of a lock file that was not read. @internal */
export function lockProblem(lock: Exclude<Lock, ReadLock>): DeploymentFinding {
  switch (lock.state) {
    case 'none':
      return warned('dependencies.lock-missing', 'there is no lock file: what is installed depends on the day', {
        hint: 'keep the lock file of your package manager beside the package.json',
      });
    case 'other':
      return warned(
        'dependencies.lock-format',
        `${lock.file} is not read: what is installed was held against package.json alone`,
        { place: { file: lock.file }, hint: 'let the package manager itself compare it: a frozen install' },
      );
    case 'old':
      return warned(
        'dependencies.lock-format',
        `${lock.file} is of the first version, which is not read: what is installed was held against package.json alone`,
        { place: { file: lock.file }, hint: 'write it anew with npm 7 or later: npm install' },
      );
    case 'broken': {
      const place = { file: lock.file, ...(lock.line === undefined ? {} : { line: lock.line }) };
      return crashed('dependencies.lock', `${lock.file} ${lock.what}`, { place, hint: 'write it anew: npm install' });
    }
  }
}

/** Holds what is installed against the lock file. @internal */
export async function compareLock(lock: ReadLock, options: Walk, walked: Walked): Promise<DeploymentFinding[]> {
  const findings = outdated(lock, options);
  for (let i = 0; i < lock.packages.length; i += AT_ONCE) {
    options.signal.throwIfAborted();
    const some = lock.packages.slice(i, i + AT_ONCE);
    for (const found of await Promise.all(some.map((one) => compare(one, lock, options, walked))))
      if (found !== undefined) findings.push(found);
  }
  return [...findings, ...(await extraneous(lock))];
}

/** Whether the lock file was made of another `package.json`. */
function outdated({ file, specs }: ReadLock, { manifest, omitDev }: Walk): DeploymentFinding[] {
  const kinds: SpecKind[] = ['dependencies', 'optionalDependencies', 'peerDependencies'];
  if (!omitDev) kinds.push('devDependencies');
  const differing = kinds.flatMap((kind) => {
    const [ours, theirs] = [manifest[kind], specs[kind]];
    return [...new Set([...ours.keys(), ...theirs.keys()])].filter((name) => ours.get(name) !== theirs.get(name));
  });
  if (differing.length === 0) return [];
  const names = firstOf([...new Set(differing)].sort());
  return [
    warned('dependencies.lock-outdated', `${file} was made of another package.json: they differ in ${names}`, {
      place: { file },
      hint: 'bring it up to date: npm install',
    }),
  ];
}

async function compare(
  locked: LockedPackage,
  lock: ReadLock,
  { omitDev, installed, versions }: Walk,
  { missing, wrong }: Walked,
): Promise<DeploymentFinding | undefined> {
  if (locked.dev && omitDev) return undefined;
  const { path, as } = locked;
  const there = await installed.at(join(lock.folder, path));
  if (there === undefined) {
    // In a project of several, only what one needs has to be there.
    if (locked.optional || lock.prefix !== '' || missing.has(as)) return undefined;
    return failed(
      `dependencies.missing.${idOf(path)}`,
      `${shortPath(path)} is in ${lock.file} and not installed`,
      AGAIN,
    );
  }
  if (locked.link || wrong.has(there.folder)) return undefined;
  const id = `dependencies.lock.${idOf(path)}`;
  if (there.reading.state !== 'read')
    return failed(
      `dependencies.broken.${idOf(path)}`,
      `${shortPath(path)} has no package.json that can be read`,
      AGAIN,
    );
  const { name, version } = there.reading.manifest;
  if (name !== locked.name)
    return failed(id, `another package is installed as ${shortPath(path)} than ${lock.file} says`, AGAIN);
  if (locked.version === undefined || version === locked.version) return undefined;
  const [is, says] = [version, locked.version].map((text) =>
    text !== undefined && versions.isVersion(text) ? text : 'a version that is none',
  );
  return failed(id, `${shortPath(path)} ${String(is)} is installed, and ${lock.file} says ${String(says)}`, AGAIN);
}

/** Packages that nobody asked for. */
async function extraneous({ folder, prefix, file, packages }: ReadLock): Promise<DeploymentFinding[]> {
  const known = new Set(packages.map(({ path }) => path));
  const places = prefix === '' ? ['node_modules'] : ['node_modules', `${prefix}/node_modules`];
  const findings: DeploymentFinding[] = [];
  for (const place of places) {
    for (const name of await packagesIn(join(folder, place))) {
      if (known.has(`${place}/${name}`)) continue;
      findings.push(
        warned(`dependencies.extraneous.${idPart(name)}`, `${name} is installed, and ${file} does not know it`, AGAIN),
      );
    }
  }
  return findings;
}

async function packagesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await namesIn(folder)) ?? []) {
    if (!name.startsWith('@')) names.push(name);
    else for (const inner of (await namesIn(join(folder, name))) ?? []) names.push(`${name}/${inner}`);
  }
  return names.filter(isPackageName).sort();
}

function shortPath(path: string): string {
  return path.replace(/(^|\/)node_modules\//g, (_, before: string) => (before === '' ? '' : ' > ')).trim();
}

function idOf(path: string): string {
  return idPart(path.replace(/(^|\/)node_modules\//g, '$1'));
}
