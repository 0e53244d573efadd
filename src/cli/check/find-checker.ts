import { errorLine } from '../error-line.js';
import { exportedConfig, JSON_NAME, loadModule, placesOf, type UserModule } from '../config-module.js';
import { ConfigurationError, UnverifiedError } from '../failures.js';
import type { CommandIo } from '../io.js';
import { property } from '../readable-config.js';
import { echo, fileName, hint } from '../words.js';

/** What runs the checks: the user's copy of the package may be another one than ours. */
export interface Checker {
  runAllChecks(options?: {
    readonly profile?: string;
    readonly tags?: readonly string[];
    readonly exceptTags?: readonly string[];
  }): unknown;
}

/** A checker, and where it comes from. */
export interface FoundChecker {
  readonly checker: Checker;
  /** The module; `undefined` for the defaults. */
  readonly source: string | undefined;
}

/**
 * The checker that the user's module exports; else one of what the module has, such as a configuration; else, without a module,
 * the defaults.
 *
 * @throws {@link ConfigurationError} when there is a module and nothing in it can be checked.
 * @throws {@link UnverifiedError} when it cannot be loaded or read.
 */
export async function findChecker(named: string | undefined, io: CommandIo): Promise<FoundChecker> {
  const module = await loadModule(named, io, [JSON_NAME]);
  if (module === undefined) return { checker: await made({}, 'the defaults', io), source: undefined };
  const checker = readable(module, io, (exports) => placesOf(exports, 'deployment').find(isChecker));
  return { checker: checker ?? (await madeOf(module, io)), source: module.name };
}

async function madeOf(module: UserModule, io: CommandIo): Promise<Checker> {
  const shown = fileName(module.name);
  if (module.name.endsWith('.json')) {
    const options = property(module.exports, 'deployment');
    const other = namesOf(module.exports).find((name) => name !== 'deployment' && name !== '$schema');
    if (other !== undefined)
      throw new ConfigurationError(
        `${shown} holds ${echo(other)}, which nothing reads${hint(other, ['deployment']) || "; it takes 'deployment' alone"}`,
      );
    if (typeof options === 'object' && options !== null) return made(options, `${shown}, deployment`, io);
    throw new ConfigurationError(`${shown} holds no object 'deployment' with the options of a DeploymentChecker`);
  }
  const env = exportedConfig(module, io);
  const migrations = readable(module, io, (exports) =>
    placesOf(exports, 'migrations').find((one) => typeof property(one, 'validate') === 'function' && one !== env),
  );
  if (env === undefined && migrations === undefined)
    throw new ConfigurationError(
      `${shown} exports nothing to check: export a DeploymentChecker as 'deployment', or a ConfigValidator as 'config'` +
        misspelt(module),
    );
  return made({ env: env ?? false, ...(migrations === undefined ? {} : { migrations }) }, shown, io);
}

async function made(options: object, of: string, io: CommandIo): Promise<Checker> {
  const { DeploymentChecker } = await import('../../deployment/index.js');
  try {
    return new DeploymentChecker(options);
  } catch (error) {
    throw new ConfigurationError(`${of}: ${errorLine(error, io)}`);
  }
}

/** What was probably meant to be exported, as the end of a message. */
function misspelt({ exports }: UserModule): string {
  const names = ['deployment', 'config', 'migrations'];
  const [meant] = namesOf(exports).flatMap((name) => {
    if (names.includes(name)) return [` (its ${echo(name)} is none)`];
    const end = hint(name, names);
    return end === '' ? [] : [` (it exports ${echo(name)}${end})`];
  });
  return meant ?? '';
}

function namesOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function isChecker(value: unknown): value is Checker {
  return typeof property(value, 'runAllChecks') === 'function';
}

function readable<T>(module: UserModule, io: CommandIo, read: (exports: unknown) => T): T {
  try {
    return read(module.exports);
  } catch (error) {
    throw new UnverifiedError(`${fileName(module.name)} cannot be read: ${errorLine(error, io)}`);
  }
}
