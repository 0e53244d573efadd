import { resolve } from 'node:path';
import { errorLine } from './error-line.js';
import { UnverifiedError } from './failures.js';
import type { CommandIo } from './io.js';
import { isReadableConfig, property, type ReadableConfig } from './readable-config.js';
import { fileName } from './words.js';

/** The names that are looked for, in this order. */
const NAMES = ['breakwater.config.js', 'breakwater.config.mjs', 'breakwater.config.cjs'] as const;

/**
 * The configuration that the user's module exports.
 *
 * @param named - the module's file, from the working directory; without it, one of {@link NAMES}.
 * @throws {@link UnverifiedError} when there is no such file, it cannot be loaded, or it exports no configuration.
 */
export async function loadConfig(named: string | undefined, io: CommandIo): Promise<ReadableConfig> {
  const name = named ?? NAMES.find((one) => io.isFile(resolve(io.directory(), one)));
  if (name === undefined)
    throw new UnverifiedError(
      `no configuration here: looked for ${NAMES.slice(0, -1).join(', ')} and ${NAMES.at(-1) ?? ''}; ` +
        "write one that exports a ConfigValidator as 'config', or name another file with --config",
    );
  const path = resolve(io.directory(), name);
  if (!io.isFile(path)) throw new UnverifiedError(`there is no file ${fileName(name)}`);
  try {
    const config = exported(await io.importModule(path));
    if (config !== undefined) return config;
  } catch (error) {
    throw new UnverifiedError(`${fileName(name)} ${reason(name, error, io)}`);
  }
  throw new UnverifiedError(
    `${fileName(name)} exports no configuration: export a ConfigValidator as 'config' or as default`,
  );
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
