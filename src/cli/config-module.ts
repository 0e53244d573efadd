import { resolve } from 'node:path';
import { isBreakwaterError } from '../core/errors.js';
import { errorLine } from './error-line.js';
import { placeOf } from './error-place.js';
import { ConfigurationError, UnverifiedError } from './failures.js';
import type { CommandIo } from './io.js';
import { jsonFault } from './json-fault.js';
import { mustBeFile, readNamed } from './read-file.js';
import { isReadableConfig, property, type ReadableConfig } from './readable-config.js';
import { repeatedKeys } from '../deployment/checks/files/repeated-keys.js';
import { echo, fileName, shellWord } from './words.js';

/** The names that are looked for, in this order. */
const NAMES = ['breakwater.config.js', 'breakwater.config.mjs', 'breakwater.config.cjs'] as const;
/** What is there and cannot be loaded must not pass for nothing. */
const SOURCES = ['breakwater.config.ts', 'breakwater.config.mts', 'breakwater.config.cts'] as const;
/** How long a module may take to load. */
const LOADING_MS = 60_000;
const LOADING = '60s';
/** The name of options that are plain JSON. */
export const JSON_NAME = 'breakwater.config.json';

/** A user's module: its name, and what it exports or, of JSON, holds. */
export interface UserModule {
  readonly name: string;
  readonly exports: unknown;
}

/**
 * The configuration that the user's module exports.
 *
 * @param named - the module's file, from the working directory; without it, one of {@link NAMES}.
 * @throws {@link ConfigurationError} when there is no such file, or it exports no configuration.
 * @throws {@link UnverifiedError} when it cannot be loaded.
 */
export async function loadConfig(named: string | undefined, io: CommandIo): Promise<ReadableConfig> {
  const module = await loadModule(named, io);
  if (module === undefined)
    throw new ConfigurationError(
      `no configuration here: looked for ${NAMES.slice(0, -1).join(', ')} and ${NAMES.at(-1) ?? ''}; ` +
        "write one that exports a ConfigValidator as 'config', or name another file with --config",
    );
  const config = exportedConfig(module, io);
  if (config !== undefined) return config;
  throw new ConfigurationError(
    `${fileName(module.name)} exports no configuration: export a ConfigValidator as 'config' or as default`,
  );
}

/**
 * The module, or `undefined` when none was named and there is none.
 *
 * @param more - names that are looked for after {@link NAMES}.
 * @throws {@link ConfigurationError} when there is something else in its place, or several files.
 * @throws {@link UnverifiedError} when it cannot be loaded.
 */
export async function loadModule(
  named: string | undefined,
  io: CommandIo,
  more: readonly string[] = [],
): Promise<UserModule | undefined> {
  const name = named ?? nameOf([...NAMES, ...more], io);
  if (name === undefined) return undefined;
  if (name.endsWith('.json')) return { name, exports: readJson(name, io) };
  // Whatever is no file must not pass for nothing.
  mustBeFile(name, io);
  io.watch.doing(`loading ${fileName(name)}`);
  const cancel = io.watch.limit(io.clock, LOADING_MS, LOADING);
  try {
    return { name, exports: await io.importModule(resolve(io.directory(), name)) };
  } catch (error) {
    const message = `${fileName(name)} ${reason(name, error, io)}`;
    throw isBreakwaterError(error, 'BREAKWATER_INVALID_OPTIONS')
      ? new ConfigurationError(message)
      : new UnverifiedError(message);
  } finally {
    cancel();
  }
}

/** The one of these that there is. Of several, one might be forgotten, and the wrong one be looked at. */
function nameOf(names: readonly string[], io: CommandIo): string | undefined {
  const isThere = (name: string): boolean => io.look(resolve(io.directory(), name)) !== undefined;
  const [name, ...others] = names.filter(isThere);
  if (others.length > 0)
    throw new ConfigurationError(
      `there are ${[name, ...others].join(' and ')}: leave one of them, or name the one with --config`,
    );
  const source = name ?? SOURCES.find(isThere);
  if (source !== undefined && name === undefined)
    throw new ConfigurationError(`${fileName(source)} is TypeScript: ${adviceOn(source)}`);
  return name;
}

/** What a module exports that is a configuration; reading what it exports may throw. @throws {@link UnverifiedError} */
export function exportedConfig({ name, exports }: UserModule, io: CommandIo): ReadableConfig | undefined {
  try {
    return exported(exports);
  } catch (error) {
    throw new UnverifiedError(`${fileName(name)} ${reason(name, error, io)}`);
  }
}

/** What a file of JSON holds. @throws {@link ConfigurationError} */
export function readJson(name: string, io: CommandIo, largestMib?: number): unknown {
  const text = readNamed(name, io, largestMib);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigurationError(`${fileName(name)} is no JSON (${jsonFault(text) ?? 'its place is not known'})`);
  }
  const [again] = repeatedKeys(text);
  if (again !== undefined)
    throw new ConfigurationError(
      `${fileName(name)} has the key ${echo(again.key)} twice in the same place: keep one of them`,
    );
  return value;
}

/** Where something may be: under its name, as default, or under its name in the default. */
export function placesOf(exports: unknown, name: string): unknown[] {
  const whole = property(exports, 'default');
  // What a compiler made CommonJS of keeps its own default within that of the module.
  const inner = property(whole, 'default');
  return [property(exports, name), ...[whole, inner].flatMap((one) => [one, property(one, name)])];
}

/** Where it may be: as `config`, as default, or in the default's `config` or `env`. */
function exported(module: unknown): ReadableConfig | undefined {
  const whole = property(module, 'default');
  // What a compiler made CommonJS of keeps its own default within that of the module.
  const inner = property(whole, 'default');
  const places = [
    property(module, 'config'),
    ...[whole, inner].flatMap((one) => [one, property(one, 'config'), property(one, 'env')]),
  ];
  return places.find(isReadableConfig);
}

function reason(name: string, error: unknown, io: CommandIo): string {
  const code = codeOf(error);
  if (code === 'BREAKWATER_CONFIG_INVALID')
    return 'validates while it is loaded: export the validator, and call validateOrThrow() elsewhere';
  const line = `cannot be loaded: ${errorLine(error, io)}${placeOf(error, name, io)}`;
  if (!isAboutTypeScript(name, code, line)) return line;
  return `${line}; it is TypeScript: ${adviceOn(name)}`;
}

function adviceOn(name: string): string {
  return (
    'compile it and name the built file with --config, or run the command with tsx: ' +
    `node --import tsx node_modules/breakwater/dist/cli.js … --config ${shellWord(name)}`
  );
}

/** Node 20 knows no such ending; later ones take the types out, and cannot do all of the language. */
function isAboutTypeScript(name: string, code: string, line: string): boolean {
  if (/TYPESCRIPT|TYPE_STRIPPING/.test(code)) return true;
  if (/\.[cm]?tsx?$/.test(name)) return code.startsWith('ERR_') || line.includes('SyntaxError');
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' && /"\.[cm]?tsx?"/.test(line);
}

function codeOf(error: unknown): string {
  try {
    return String(property(error, 'code'));
  } catch {
    return '';
  }
}
