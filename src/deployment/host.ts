import type * as Cryptography from 'node:crypto';
import type * as FileSystem from 'node:fs/promises';

/** The process's own environment. @internal */
export function hostEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** The folder that relative paths start at. @internal */
export function workingDirectory(): string {
  return process.cwd();
}

/** The user whose rights the process has; nothing where the platform has no numbers for them. @internal */
export function userId(): number | undefined {
  return process.geteuid?.();
}

/** What Node itself was started with, such as `--inspect`. @internal */
export function execArguments(): readonly string[] {
  return process.execArgv;
}

/** The version of Node, such as `20.19.0`. @internal */
export function nodeVersion(): string {
  return process.versions.node;
}

/** The platform, such as `linux` or `win32`. @internal */
export function hostPlatform(): string {
  return process.platform;
}

/** What reads files. Loaded when it is asked for, like what follows: an import has to be quick. @internal */
export function fileSystem(): typeof FileSystem {
  return process.getBuiltinModule('node:fs/promises');
}

/** What knows digests, keys and certificates. @internal */
export function cryptography(): typeof Cryptography {
  return process.getBuiltinModule('node:crypto');
}
