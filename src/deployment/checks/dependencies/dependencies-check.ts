import { join } from 'node:path';
import type { DeploymentCheck, DeploymentCheckContext } from '../../check.js';
import type { DeploymentFinding, DeploymentReport } from '../../finding.js';
import { nodeVersion } from '../../host.js';
import { folderAt, modeOf, pathIn } from '../disk.js';
import { counted, crashed, failed, reportOf, warned } from '../report.js';
import { Installed } from './installed.js';
import { compareLock, lockProblem } from './lock-compare.js';
import { findLock, type Lock } from './lock-file.js';
import { type Manifest, readManifest } from './manifest.js';
import { type DependenciesCheckOptions, type DependenciesOptions, readDependenciesOptions } from './options.js';
import { walk } from './tree.js';
import { loadVersions, type Versions } from './versions.js';

const PLUG_AND_PLAY = /* @__PURE__ */ Object.freeze(['.pnp.cjs', '.pnp.js']);

/**
 * A check of what is installed: everything that the project needs is there, in a version that `package.json` and the lock
 * file of npm ask for, and made for this Node. Only what the files say is compared, not what the packages contain.
 *
 * @throws {@link InvalidOptionsError} naming every option that is unknown or impossible.
 *
 * @example
 * dependenciesCheck({ root: '/app' });
 */
export function dependenciesCheck(options?: DependenciesCheckOptions): DeploymentCheck {
  const parsed = readDependenciesOptions(options);
  return {
    id: 'dependencies',
    name: 'Dependencies',
    tags: ['dependencies', 'static'],
    run: (context) => look(parsed, context),
  };
}

async function look(options: DependenciesOptions, { signal }: DeploymentCheckContext): Promise<DeploymentReport> {
  const report = (findings: readonly DeploymentFinding[], packages = 0, lockFile?: string) => {
    const beside = lockFile === undefined ? '' : ` and ${lockFile}`;
    return reportOf('dependencies', counted(packages, 'package') + beside, findings, {
      packages,
      lockFile: lockFile ?? null,
    });
  };
  const place = { file: 'package.json' };
  const root = await folderAt(pathIn(options.root, '.'));
  const reading = root === undefined ? ({ state: 'missing' } as const) : await readManifest(root);
  if (root === undefined || reading.state === 'missing')
    return report([
      failed('dependencies.manifest', 'there is no package.json', { hint: 'is root the right folder?', place }),
    ]);
  if (reading.state === 'broken') {
    const { what, line } = reading;
    return report([
      failed('dependencies.manifest', `package.json ${what}`, {
        place: line === undefined ? place : { ...place, line },
        hint: 'correct it: nothing can be installed by it as it is',
      }),
    ]);
  }
  const { manifest } = reading;
  let versions: Versions;
  try {
    versions = await loadVersions();
  } catch {
    const hint = 'install it (npm install semver); a bundle of the service must leave it out or bring it along';
    return report([
      crashed('dependencies.semver', 'the package semver, which compares versions, does not load', { hint }),
    ]);
  }
  const findings = ownFindings(manifest, options.nodeVersion ?? nodeVersion(), versions);
  const installed = new Installed();
  if (!(await installed.any(root))) {
    const file = await plugAndPlay(root);
    if (file !== undefined)
      findings.push(
        crashed('dependencies.plug-and-play', `packages are where ${file} says, which is not read`, {
          hint: 'let the package manager itself verify them, and silence this finding',
        }),
      );
    else if (needsAny(manifest, options.omitDev))
      findings.push(
        failed('dependencies.not-installed', 'there is no node_modules, neither here nor above', {
          hint: 'install what the lock file says: npm ci',
        }),
      );
    if (file !== undefined || needsAny(manifest, options.omitDev)) return report(findings);
  }
  const lock = await findLock(root);
  const walking = {
    root,
    manifest,
    omitDev: options.omitDev,
    overridden: await overriddenIn(manifest, lock, installed),
    allKnown: lock.state !== 'other',
    nodeVersion: options.nodeVersion ?? nodeVersion(),
    installed,
    versions,
    signal,
  };
  const walked = await walk(walking);
  findings.push(...walked.findings);
  if (lock.state === 'read') findings.push(...(await compareLock(lock, walking, walked)));
  else if (lock.state !== 'none' || needsAny(manifest, false)) findings.push(lockProblem(lock));
  if (
    walked.packages === 0 &&
    (manifest.hasWorkspaces || (await modeOf(join(root, 'pnpm-workspace.yaml'))) !== undefined)
  )
    findings.push(
      warned(
        'dependencies.workspaces',
        'the project has workspaces, and nothing of its own: none of them was looked at',
        {
          place,
          hint: "name the one that is deployed, such as dependencies: { root: 'packages/api' }",
        },
      ),
    );
  return report(findings, walked.packages, lock.state === 'read' ? lock.file : undefined);
}

/** What is to be said of the project itself. */
function ownFindings({ node, malformed }: Manifest, running: string, versions: Versions): DeploymentFinding[] {
  const place = { file: 'package.json' };
  const findings: DeploymentFinding[] = [];
  if (malformed.length > 0)
    findings.push(
      failed('dependencies.manifest', `package.json holds what cannot stand there, in ${malformed.join(', ')}`, {
        place,
        hint: 'correct it: names of packages and texts of versions belong there, and what else there is was not looked at',
      }),
    );
  if (node === undefined) return findings;
  if (!versions.isRange(node))
    findings.push(
      warned('dependencies.engine', 'engines.node of package.json is no range of versions', {
        place,
        hint: 'write it as one, such as >=20.19',
      }),
    );
  else if (!versions.runsOn(running, node))
    findings.push(
      failed('dependencies.engine', `the project asks for Node ${node}, and this is ${running}`, {
        place,
        hint: 'run it on such a Node, or name that of the build by nodeVersion',
      }),
    );
  return findings;
}

/** Overrides stand where the lock file is. */
async function overriddenIn(manifest: Manifest, lock: Lock, installed: Installed): Promise<ReadonlySet<string>> {
  if (!('folder' in lock)) return manifest.overridden;
  const above = await installed.manifest(lock.folder);
  return above.state === 'read' ? above.manifest.overridden : manifest.overridden;
}

function needsAny(manifest: Manifest, omitDev: boolean): boolean {
  const { dependencies, devDependencies, peerDependencies, optionalPeers } = manifest;
  return (
    dependencies.size > 0 ||
    [...peerDependencies.keys()].some((name) => !optionalPeers.has(name)) ||
    (!omitDev && devDependencies.size > 0)
  );
}

async function plugAndPlay(root: string): Promise<string | undefined> {
  // Its file stands where the workspaces begin.
  for (const place of new Installed().placesFrom(root))
    for (const file of PLUG_AND_PLAY) if ((await modeOf(join(place, '..', file))) !== undefined) return file;
  return undefined;
}
