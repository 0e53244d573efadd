import { join } from 'node:path';
import { readFileAt } from '../disk.js';
import { parseJson } from '../files/parse.js';
import { decoded } from '../text.js';

/** The largest that is read; those of real packages are a hundredth of it. */
const MOST_BYTES = 4 * 1_024 ** 2;
const PACKAGE_NAME = /^(?:@[a-z0-9~_-][\w.~-]*\/)?[a-z0-9~_-][\w.~-]*$/i;

/** What is used of a `package.json`. @internal */
export interface Manifest {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly node: string | undefined;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly optionalDependencies: ReadonlyMap<string, string>;
  readonly devDependencies: ReadonlyMap<string, string>;
  readonly peerDependencies: ReadonlyMap<string, string>;
  readonly optionalPeers: ReadonlySet<string>;
  /** Names whose versions the project decides, whatever the packages ask for. */
  readonly overridden: ReadonlySet<string>;
  /** Whether it says which other projects lie below it. */
  readonly hasWorkspaces: boolean;
  /** Fields that are not what npm writes there: what they ask for cannot be known. */
  readonly malformed: readonly string[];
}

/** @internal */
export type ManifestReading =
  | { readonly state: 'missing' }
  | { readonly state: 'broken'; readonly what: string; readonly line?: number | undefined }
  | { readonly state: 'read'; readonly manifest: Manifest };

/** Whether it is the name of a package, and so no path to somewhere else. @internal */
export function isPackageName(name: string): boolean {
  return name.length <= 214 && PACKAGE_NAME.test(name);
}

/** A file of JSON as an object, or what is the matter with it. @internal */
export async function readJsonObject(
  path: string,
  mostBytes: number,
): Promise<Exclude<ManifestReading, { state: 'read' }> | { readonly state: 'object'; readonly value: Fields }> {
  const reading = await readFileAt(path, mostBytes);
  if (reading.state === 'missing') return { state: 'missing' };
  if (reading.state === 'unreadable') return { state: 'broken', what: `cannot be read (${reading.code})` };
  if (reading.state !== 'read')
    return {
      state: 'broken',
      what:
        reading.state === 'too-large' ? `is larger than ${String(mostBytes)} bytes, and was not read` : 'is no file',
    };
  const text = decoded(reading.bytes);
  if (text === undefined) return { state: 'broken', what: 'is not UTF-8' };
  const parsed = parseJson(text);
  if ('fault' in parsed) {
    const { fault, line = 1, column = 1 } = parsed;
    return { state: 'broken', what: `${fault} (line ${String(line)}, column ${String(column)})`, line };
  }
  const value = 'values' in parsed ? parsed.values[0] : undefined;
  return isFields(value) ? { state: 'object', value } : { state: 'broken', what: 'holds no object' };
}

/** The `package.json` of a folder. @internal */
export async function readManifest(folder: string): Promise<ManifestReading> {
  const reading = await readJsonObject(join(folder, 'package.json'), MOST_BYTES);
  return reading.state === 'object' ? { state: 'read', manifest: manifestOf(reading.value) } : reading;
}

/** @internal */
export type Fields = Readonly<Record<string, unknown>>;

/** @internal */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @internal */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Names and what is asked for by them. @internal */
export function specsOf(value: unknown): Map<string, string> {
  const entries: [string, unknown][] = isFields(value) ? Object.entries(value) : [];
  return new Map(entries.filter(isSpec));
}

/** @internal */
export function manifestOf(value: Fields): Manifest {
  const { engines, overrides, resolutions, pnpm, peerDependenciesMeta } = value;
  const optionalDependencies = specsOf(value['optionalDependencies']);
  const dependencies = specsOf(value['dependencies']);
  // Source: npm, package.json: what is in both is optional.
  for (const name of optionalDependencies.keys()) dependencies.delete(name);
  const overridden = new Set<string>();
  for (const rules of [overrides, resolutions, isFields(pnpm) ? pnpm['overrides'] : undefined])
    collectNames(rules, overridden, 0);
  return {
    name: textOf(value['name']),
    version: textOf(value['version']),
    node: isFields(engines) ? textOf(engines['node']) : undefined,
    dependencies,
    optionalDependencies,
    devDependencies: specsOf(value['devDependencies']),
    peerDependencies: specsOf(value['peerDependencies']),
    optionalPeers: new Set(
      Object.entries(isFields(peerDependenciesMeta) ? peerDependenciesMeta : {})
        .filter(([, meta]) => isFields(meta) && meta['optional'] === true)
        .map(([name]) => name),
    ),
    overridden,
    hasWorkspaces: value['workspaces'] !== undefined,
    malformed: malformedIn(value),
  };
}

const TEXTS = /* @__PURE__ */ Object.freeze(['name', 'version']);
const SPECS = /* @__PURE__ */ Object.freeze([
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'peerDependencies',
]);
const OBJECTS = /* @__PURE__ */ Object.freeze(['engines', 'overrides', 'resolutions', 'peerDependenciesMeta']);

function malformedIn(value: Fields): string[] {
  const { engines } = value;
  const isWrong = (fits: (one: unknown) => boolean) => (field: string) =>
    value[field] !== undefined && !fits(value[field]);
  return [
    ...TEXTS.filter(isWrong((one) => typeof one === 'string')),
    ...SPECS.filter(isWrong((one) => isFields(one) && Object.entries(one).every(isSpec))),
    ...OBJECTS.filter(isWrong(isFields)),
    ...(isFields(engines) && !['string', 'undefined'].includes(typeof engines['node']) ? ['engines.node'] : []),
  ];
}

function isSpec(entry: [string, unknown]): entry is [string, string] {
  return isPackageName(entry[0]) && typeof entry[1] === 'string';
}

/** Names of rules such as `a`, `a@^1`, `a>b` and `a/b`, each of which may hold further ones. */
function collectNames(rules: unknown, names: Set<string>, depth: number): void {
  if (!isFields(rules) || depth > 8) return;
  for (const [key, inner] of Object.entries(rules)) {
    const last = key.split('>').at(-1) ?? key;
    const name = /(@[^/@]+\/[^/@]+|[^/@]+)(?:@[^/]*)?$/.exec(last)?.[1];
    if (name !== undefined) names.add(name);
    collectNames(inner, names, depth + 1);
  }
}
