import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  ApplicationConfig,
  type Configuration,
  ConfigValidator,
  type ConfigOptions,
  LiveConfig,
  Secret,
  startupCheck,
  type StartupProbe,
} from 'breakwater/config';
import { ManualClock } from 'breakwater/testing';
import { register, thrown } from '../setup.js';
import { type Environment, type Made, make, revealed, type Scene, written } from './environments.js';
import { type Heard, type Outcome, shown } from './outputs.js';

type AnyConfig = Configuration<object, object>;

/** Reads an environment in every way there is: what all of that shows, and what it must not show. */
export async function read(
  { plans, options, inSections, besides }: Environment,
  { dir, heard, isTwin }: { readonly dir: string; readonly heard: Heard; readonly isTwin: boolean },
): Promise<Outcome> {
  const scene: Scene = { dir, fileSuffix: options.fileSuffix, env: {}, secrets: [], known: [] };
  const parts = [await heard.texts()];
  const build = (how: ConfigOptions, fill: (part: (i: number) => ConfigValidator) => void): AnyConfig => {
    const all = { name: 'shop', ...options, ...how };
    const [first, second] = [new ConfigValidator(inSections ? {} : all), new ConfigValidator()];
    fill((i) => (inSections && i % 2 === 1 ? second : first));
    return inSections ? new ApplicationConfig({ first, second }, all) : first;
  };
  let made: readonly Made[] = [];
  using config = build({ env: scene.env }, (part) => {
    const all = plans.map((plan, i) => make(plan, i, { part: part(i), scene, isTwin }));
    parts.push(...all.flatMap(({ refusal }) => (refusal === undefined ? [] : [shown(refusal)])));
    made = all.filter(({ refusal }) => refusal === undefined);
  });
  parts.push(pages(config), ...results(config, scene.env));
  if (besides === 'docs') parts.push(...docs(config, dir));
  if (besides === 'startup') parts.push(...(await startup(config, made)));
  if (besides === 'live') {
    const env = {};
    using other = build({ env, allowMissing: true }, (part) => {
      for (const [i, { name, type, options: of }] of made.entries()) register(part(i), name, type, of);
    });
    parts.push(...(await live(other, env, scene, heard)));
  }
  parts.push(await heard.texts());
  return { shown: parts.join('\n'), secrets: scene.secrets };
}

function pages(config: AnyConfig): string {
  return [config.toEnvExample(), JSON.stringify(config.toJSONSchema()), config.toMarkdown()].join('\n');
}

function results(config: AnyConfig, env: object): string[] {
  // The first time, when nothing is masked yet.
  const { values, ...rest } = config.validate();
  const { issues } = config['~standard'].validate(env);
  return [
    shown(rest),
    shown(secretsIn(values)),
    shown(thrown(() => config.validateOrThrow())),
    config.summary(),
    config.summary('text', { hasColors: () => true }),
    config.summary('json'),
    shown(issues),
    shown(config),
    pages(config),
  ];
}

/** What has a suspicious name keeps its type, and is there for all who ask; secrets are not. */
function secretsIn(values: object): unknown[] {
  return Object.values(values).flatMap((value: unknown) => {
    if (value instanceof Secret) return [value, String(value)];
    const isSection = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return isSection ? Object.values(value).filter((inner) => inner instanceof Secret) : [];
  });
}

function docs(config: AnyConfig, dir: string): string[] {
  const folder = join(dir, 'docs');
  mkdirSync(folder, { recursive: true });
  const texts = config.writeDocs(folder).map((path) => readFileSync(path, 'utf8'));
  return [...texts, shown(config.checkDocs(folder)), shown(config.checkDocs(join(dir, 'none')))];
}

/** From nothing, which is allowed, to what is set, and back; a listener says what was read. */
async function live(
  config: AnyConfig,
  env: Record<string, string | undefined>,
  scene: Scene,
  heard: Heard,
): Promise<string[]> {
  const parts: string[] = [];
  const clock = new ManualClock();
  let made: LiveConfig<object> | undefined;
  const refusal = thrown(() => (made = new LiveConfig(config, { clock })));
  if (made === undefined) return [shown(refusal)];
  using started: LiveConfig<object> = made;
  started.subscribe((event) => parts.push(shown(event)));
  started.on('rejected', (event) => {
    parts.push(shown(event));
    throw new Error(`no: ${scene.known.join(' ')}`);
  });
  for (const next of [scene.env, Object.fromEntries(Object.keys(scene.env).map((name) => [name, undefined]))]) {
    Object.assign(env, next);
    const { values, ...rest } = started.reload();
    clock.advance(60_000);
    parts.push(shown(secretsIn(values)), shown(rest));
    parts.push(shown([started.snapshot(), started.health(), [...started.metrics()]]));
    // Its values are there for all who ask; what it shows by itself holds none.
    parts.push(inspect(started, { showHidden: true, depth: 12 }), JSON.stringify(started));
    parts.push(await heard.texts());
  }
  return parts;
}

const THROWN: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => new Error(`no: ${String(value)}`),
  (value) => new Error(`no: ${revealed({ value })}`),
  (value) =>
    new Error(
      written(value)
        .filter((text) => text.length >= 4)
        .join(' and '),
    ),
];

/** Probes that throw what they were given. */
async function startup(config: AnyConfig, made: readonly Made[]): Promise<string[]> {
  const probes = made.flatMap(({ name }) =>
    THROWN.map((thrownFor, i): StartupProbe<object> => ({
      name: `${name} ${String(i)}`,
      needs: [name],
      run: (values) => {
        throw thrownFor(valueIn(values, name));
      },
    })),
  );
  const all: StartupProbe<object> = { name: 'all', run: (values) => Promise.reject(new Error(revealed(values))) };
  const clock = new ManualClock();
  const { values, ...report } = await startupCheck({ config, probes: [...probes, all], clock });
  return [shown(secretsIn(values)), shown(report), report.summary(), report.summary('json')];
}

function valueIn(values: object, name: string): unknown {
  for (const holder of [values, ...(Object.values(values) as unknown[])]) {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) continue;
    const value = (holder as Readonly<Record<string, unknown>>)[name];
    return value instanceof Secret ? (value.reveal() as unknown) : value;
  }
  return undefined;
}
