import type { CommandIo } from './io.js';
import { readNamed } from './read-file.js';

/** Sets what a file says and the environment does not. @throws {@link ConfigurationError} when it cannot be read. */
export function loadEnvFile(file: string | undefined, io: CommandIo): void {
  if (file !== undefined) io.addVariables(readNamed(file, io));
}

/** The option that names such a file. */
export const DOTENV = {
  takes: 'FILE',
  summary: 'sets what the environment does not, as `node --env-file` does',
} as const;
