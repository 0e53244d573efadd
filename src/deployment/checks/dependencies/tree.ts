import type { DeploymentFinding } from '../../finding.js';
import { crashed, failed, idPart, warned } from '../report.js';
import type { Installed, InstalledPackage } from './installed.js';
import type { Manifest } from './manifest.js';
import { wanted } from './spec.js';
import type { Versions } from './versions.js';

/** Most packages that are looked at. */
const MOST_PACKAGES = 20_000;

/** What is needed to walk. @internal */
export interface Walk {
  readonly root: string;
  readonly manifest: Manifest;
  readonly omitDev: boolean;
  /** Names whose versions the project decides, whatever the packages ask for. */
  readonly overridden: ReadonlySet<string>;
  /** Whether those are all such names: some package managers keep them in files that are not read. */
  readonly allKnown: boolean;
  readonly nodeVersion: string;
  readonly installed: Installed;
  readonly versions: Versions;
  readonly signal: AbortSignal;
}

/** What a walk came to. @internal */
export interface Walked {
  readonly findings: DeploymentFinding[];
  /** How many packages were reached. */
  readonly packages: number;
  /** Names of what is missing, and folders of what is wrong, which need no second finding. */
  readonly missing: ReadonlySet<string>;
  readonly wrong: ReadonlySet<string>;
}

type Need = 'required' | 'optional' | 'peer' | 'optional peer';

interface Edge {
  readonly from: string;
  /** Nothing for the project itself. */
  readonly by: string | undefined;
  readonly name: string;
  readonly spec: string;
  readonly need: Need;
}

/** Follows everything that the project needs, and looks whether it is there and right. @internal */
export async function walk(options: Walk): Promise<Walked> {
  const { root, manifest, omitDev, installed, signal } = options;
  const found: Found = { findings: [], missing: new Set(), wrong: new Set(), told: new Set() };
  const visited = new Set<string>([root]);
  let edges = edgesOf(manifest, root, undefined);
  if (!omitDev)
    for (const [name, spec] of manifest.devDependencies)
      edges.push({ from: root, by: undefined, name, spec, need: 'required' });
  while (edges.length > 0) {
    signal.throwIfAborted();
    const looks = await Promise.all(
      edges.map(async (edge) => ({ edge, there: await installed.find(edge.from, edge.name) })),
    );
    edges = [];
    for (const { edge, there } of looks) {
      judge(edge, there, options, found);
      if (there === undefined || visited.has(there.folder)) continue;
      visited.add(there.folder);
      if (there.reading.state !== 'read') continue;
      edges.push(...edgesOf(there.reading.manifest, there.folder, edge.name));
      judgeEngine(edge.name, there.reading.manifest, options, found);
    }
    if (visited.size > MOST_PACKAGES) {
      const message = `there are more than ${String(MOST_PACKAGES)} packages, and the rest was not looked at`;
      found.findings.push(crashed('dependencies.too-many', message, { hint: 'check the services of it one by one' }));
      break;
    }
  }
  return { ...found, packages: visited.size - 1 };
}

interface Found {
  readonly findings: DeploymentFinding[];
  readonly missing: Set<string>;
  readonly wrong: Set<string>;
  readonly told: Set<string>;
}

function edgesOf(manifest: Manifest, from: string, by: string | undefined): Edge[] {
  const { dependencies, optionalDependencies, peerDependencies, optionalPeers } = manifest;
  const edges: Edge[] = [];
  const add = (specs: ReadonlyMap<string, string>, need: (name: string) => Need) => {
    for (const [name, spec] of specs) edges.push({ from, by, name, spec, need: need(name) });
  };
  add(dependencies, () => 'required');
  add(optionalDependencies, () => 'optional');
  add(peerDependencies, (name) => (optionalPeers.has(name) ? 'optional peer' : by === undefined ? 'required' : 'peer'));
  return edges;
}

function judge(edge: Edge, there: InstalledPackage | undefined, options: Walk, found: Found): void {
  const { name, by, need } = edge;
  if (there === undefined) {
    if (need === 'optional' || need === 'optional peer' || found.missing.has(name)) return;
    found.missing.add(name);
    const message = `${name} is not installed${by === undefined ? '' : `, and ${by} needs it`}`;
    const more = { hint: 'install what the lock file says: npm ci' };
    found.findings.push((need === 'peer' ? warned : failed)(`dependencies.missing.${idPart(name)}`, message, more));
    return;
  }
  const { reading, folder } = there;
  if (reading.state !== 'read') {
    if (found.wrong.has(folder)) return;
    found.wrong.add(folder);
    const what = reading.state === 'missing' ? 'has no package.json' : `has a package.json that ${reading.what}`;
    found.findings.push(
      failed(`dependencies.broken.${idPart(name)}`, `${name} is there, and ${what}`, {
        hint: 'an installation was cut off: install again',
      }),
    );
    return;
  }
  const problem = misfit(edge, reading.manifest, options);
  const told = `${name} ${folder} ${by ?? ''}`;
  if (problem === undefined || found.told.has(told)) return;
  found.told.add(told);
  if (by === undefined) found.wrong.add(folder);
  const id = `dependencies.version.${idPart(by === undefined ? name : `${by}.${name}`)}`;
  const isSure = need === 'required' && (by === undefined || options.allKnown);
  found.findings.push((isSure ? failed : warned)(id, problem, { hint: 'install again: npm ci' }));
}

function misfit({ name, by, spec }: Edge, manifest: Manifest, options: Walk): string | undefined {
  const { versions } = options;
  const asked = wanted(name, spec, versions);
  // Where the project decides, what a package asks for is no longer what it gets.
  if (asked === undefined || (by !== undefined && options.overridden.has(name))) return undefined;
  if (manifest.name !== asked.name) return `another package is installed under the name ${name}`;
  const { range } = asked;
  if (range === undefined) return undefined;
  const { version } = manifest;
  if (version === undefined || !versions.isVersion(version)) return `${name} is installed without a version`;
  if (versions.fits(version, range)) return undefined;
  return `${name} ${version} is installed, and ${by ?? 'package.json'} asks for ${range}`;
}

function judgeEngine(name: string, { node }: Manifest, { versions, nodeVersion }: Walk, found: Found): void {
  if (node === undefined || (versions.isRange(node) && versions.runsOn(nodeVersion, node))) return;
  const asks = versions.isRange(node) ? node : 'a version that cannot be read';
  found.findings.push(
    warned(`dependencies.engines.${idPart(name)}`, `${name} asks for Node ${asks}, and this is ${nodeVersion}`, {
      hint: 'run it on such a Node, or take a version of the package that was made for this one',
    }),
  );
}
