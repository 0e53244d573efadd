import { resolve } from 'node:path';
import { errorLine } from './error-line.js';
import { UnverifiedError } from './failures.js';
import type { CommandIo } from './io.js';
import { isReadableConfig, property, type ReadableConfig } from './readable-config.js';
import { fileName } from './words.js';

/** The names that are looked for, in this order. */
const NAMES = ['breakwater.config.js', 'breakwater.config.mjs', 'breakwater.config.cjs'] as const;
/** What is there and cannot be loaded must not pass for nothing. */
const SOURCES = ['breakwater.config.ts', 'breakwater.config.mts', 'breakwater.config.cts'] as const;
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
 * @throws {@link UnverifiedError} when there is no such file, it cannot be loaded, or it exports no configuration.
 */
export async function loadConfig(named: string | undefined, io: CommandIo): Promise<ReadableConfig> {
  const module = await loadModule(named, io);
  if (module === undefined)
    throw new UnverifiedError(
      `no configuration here: looked for ${NAMES.slice(0, -1).join(', ')} and ${NAMES.at(-1) ?? ''}; ` +
        "write one that exports a ConfigValidator as 'config', or name another file with --config",
    );
  const config = exportedConfig(module, io);
  if (config !== undefined) return config;
  throw new UnverifiedError(
    `${fileName(module.name)} exports no configuration: export a ConfigValidator as 'config' or as default`,
  );
}

/**
 * The module, or `undefined` when none was named and there is none.
 *
 * @param more - names that are looked for after {@link NAMES}.
 * @throws {@link UnverifiedError} when it cannot be loaded.
 */
export async function loadModule(
  named: string | undefined,
  io: CommandIo,
  more: readonly string[] = [],
): Promise<UserModule | undefined> {
  const name = named ?? [...NAMES, ...more].find((one) => io.isFile(resolve(io.directory(), one)));
  if (name === undefined) {
    const source = SOURCES.find((one) => io.isFile(resolve(io.directory(), one)));
    if (source === undefined) return undefined;
    throw new UnverifiedError(`${fileName(source)} is TypeScript: name a built file with --config`);
  }
  const path = resolve(io.directory(), name);
  if (!io.isFile(path)) throw new UnverifiedError(`there is no file ${fileName(name)}`);
  if (name.endsWith('.json')) return { name, exports: readJson(name, path, io) };
  try {
    return { name, exports: await io.importModule(path) };
  } catch (error) {
    throw new UnverifiedError(`${fileName(name)} ${reason(name, error, io)}`);
  }
}

/** What a module exports that is a configuration; reading what it exports may throw. @throws {@link UnverifiedError} */
export function exportedConfig({ name, exports }: UserModule, io: CommandIo): ReadableConfig | undefined {
  try {
    return exported(exports);
  } catch (error) {
    throw new UnverifiedError(`${fileName(name)} ${reason(name, error, io)}`);
  }
}

/** What a file of JSON holds. @throws {@link UnverifiedError} */
export function readJson(name: string, path: string, io: CommandIo): unknown {
  try {
    // A byte order mark is no part of the text.
    return JSON.parse(io.readText(path).replace(/^\ufeff/, ''));
  } catch (error) {
    // What the parser says quotes the file, and whatever is secret in it.
    const why = error instanceof SyntaxError ? 'is no JSON' : `cannot be read: ${errorLine(error, io)}`;
    throw new UnverifiedError(`${fileName(name)} ${why}`);
  }
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
  const line = `cannot be loaded: ${errorLine(error, io)}`;
  if (!isAboutTypeScript(name, code, line)) return line;
  return (
    `${line}; it is TypeScript: name a built file, or load it with tsx: ` +
    'node --import tsx node_modules/breakwater/dist/cli.js env …'
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
