import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigValidator, Secret } from 'breakwater/config';
import fc from 'fast-check';
import { register, thrown } from '../setup.js';
import { type Key, KINDS } from './keys.js';
import { Draws, SHAPES } from './texts.js';

const SOURCES = ['env', 'file', 'missing', 'folder', 'large', 'bytes', 'both', 'unset', 'misspelt'] as const;
const MORE = {
  required: { required: true },
  deprecated: { deprecated: true },
  replaced: { deprecated: { replacedBy: 'A9_NEW' } },
  described: { describe: 'what it is for' },
} as const;
/** What a name that looks like a secret's ends in. */
const SUSPICIOUS = ['TOKEN', 'DB_PASSWORD', 'SIGNING_KEY', 'DSN', 'TLS_PRIVATE', 'JWT_SECRET', 'CREDENTIALS'];

const keysOf = <K extends string>(of: Readonly<Record<K, unknown>>): K[] => Object.keys(of) as K[];

const plans = fc.record({
  kind: fc.constantFrom(...keysOf(KINDS)),
  shape: fc.constantFrom(...keysOf(SHAPES)),
  seed: fc.nat(),
  hiding: fc.constantFrom('secret', 'secret', 'suspicious', 'plain'),
  source: fc.oneof({ weight: 4, arbitrary: fc.constant('env' as const) }, fc.constantFrom(...SOURCES)),
  rule: fc.constantFrom('none', 'throws', 'rejects', 'values', 'always'),
  more: fc.subarray(keysOf(MORE)),
  hasDefault: fc.boolean(),
});

/** A key as it is drawn. */
type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;

/** Several keys, how they are read, and what is done with them besides. */
export const environments = fc.record({
  plans: fc.array(plans, { minLength: 1, maxLength: 4 }),
  options: fc.record(
    {
      prefix: fc.constant('A'),
      allowMissing: fc.boolean(),
      emptyAsUnset: fc.boolean(),
      environment: fc.constant('test'),
      fileSuffix: fc.constantFrom('_FILE', '_PATH'),
    },
    { requiredKeys: ['allowMissing', 'emptyAsUnset', 'fileSuffix'] },
  ),
  inSections: fc.boolean(),
  besides: fc.oneof({ weight: 5, arbitrary: fc.constant('nothing') }, fc.constantFrom('docs', 'live', 'startup')),
});

export type Environment = typeof environments extends fc.Arbitrary<infer E> ? E : never;

/** What all keys of an environment are put into. */
export interface Scene {
  /** Where files are. */
  readonly dir: string;
  readonly fileSuffix: string;
  readonly env: Record<string, string>;
  /** What nothing may show. */
  readonly secrets: string[];
  /** Those of them that were read, so that they are masked in what others say too. */
  readonly known: string[];
}

/** What was registered. */
export interface Made {
  readonly name: string;
  readonly type: unknown;
  readonly options: object;
  /** What that threw, as for a default that breaks its rules. */
  readonly refusal: unknown;
}

/** Registers a key, and sets it in some way. In the twin of a run it has another secret. */
export function make(
  plan: Plan,
  i: number,
  { part, scene, isTwin }: { readonly part: ConfigValidator; readonly scene: Scene; readonly isTwin: boolean },
): Made {
  const { draws, key } = drawn(plan, isTwin);
  const { hiding, source, rule, more, hasDefault } = plan;
  const name = `A${String(i)}_${hiding === 'suspicious' ? draws.one(SUSPICIOUS) : 'VALUE'}`;
  const isHidden = hiding !== 'plain' || key.isMarked === true;
  const options = {
    fromFile: true,
    ...key.options,
    ...(hiding === 'secret' ? { secret: true } : {}),
    ...(hasDefault && key.fallback !== undefined
      ? draws.one<object>([{ default: key.fallback }, { defaultIn: { test: key.fallback } }])
      : {}),
    ...ruleOf(rule, key.text, i),
    ...more.reduce<object>((all, one) => ({ ...all, ...MORE[one] }), {}),
  };
  // A value that is shown may hold what another key has as its secret.
  const isQuoting = plan.kind === 'str' && !isHidden && source === 'env' && scene.known.length > 0;
  set(source, name, isQuoting ? `see ${String(scene.known.at(-1))}` : key.text, i, scene);
  const refusal = thrown(() => register(part, name, key.type, options));
  if (isHidden) scene.secrets.push(key.text, ...(key.rules ?? []), ...(hasDefault ? written(key.fallback) : []));
  if (isHidden && refusal === undefined && ['env', 'file'].includes(source)) scene.known.push(key.text);
  scene.secrets.push(...(key.passwords ?? []));
  return { name, type: key.type, options, refusal };
}

function drawn(plan: Plan, isTwin: boolean): { readonly draws: Draws; readonly key: Key } {
  const draws = new Draws(plan.seed, isTwin, plan.hiding !== 'plain');
  const key: Key = KINDS[plan.kind](draws, () => SHAPES[plan.shape](draws, 8 + draws.below(24)));
  const isShown = plan.hiding === 'plain' && key.isMarked !== true && key.passwords === undefined;
  return isTwin && isShown ? drawn(plan, false) : { draws, key };
}

function set(source: Plan['source'], name: string, text: string, i: number, { env, dir, fileSuffix }: Scene): void {
  const path = join(dir, String(i));
  if (source === 'env' || source === 'both') env[name] = text;
  if (source === 'misspelt') env[`${name}X`] = text;
  if (['env', 'unset', 'misspelt'].includes(source)) return;
  env[name + fileSuffix] = source === 'missing' ? join(dir, 'none') : source === 'folder' ? dir : path;
  if (source === 'file' || source === 'both') writeFileSync(path, `${text}\n`);
  if (source === 'bytes') writeFileSync(path, Buffer.concat([Buffer.from(text), Buffer.of(0xff, 0xfe)]));
  if (source !== 'large') return;
  writeFileSync(path, text);
  truncateSync(path, 70_000);
}

function ruleOf(rule: Plan['rule'], text: string, i: number): object {
  const failure = (values: object): Error => new Error(`${text} ${revealed(values)}`);
  switch (rule) {
    case 'throws':
      return {
        requiredWhen: (values: object) => {
          throw failure(values);
        },
      };
    case 'rejects':
      return { requiredWhen: (values: object) => Promise.reject(failure(values)) };
    case 'values':
      return { requiredWhen: { [`A${String(i)}_OTHER`]: text } };
    case 'always':
      return { requiredWhen: () => true };
    default:
      return {};
  }
}

/** A value as it may be written, and what is secret in it. */
export function written(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(written);
  if (typeof value === 'object' && value !== null) return 'password' in value ? written(value.password) : [];
  return value === undefined ? [] : [String(value as number)];
}

/** Values as JSON, those of secrets too. */
export function revealed(values: object): string {
  return JSON.stringify(values, (_, value: unknown) =>
    value instanceof Secret ? (value.reveal() as unknown) : typeof value === 'bigint' ? String(value) : value,
  );
}
