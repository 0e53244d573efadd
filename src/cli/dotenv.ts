import { resolve } from 'node:path';
import { printable } from '../core/printable.js';
import { UnverifiedError } from './failures.js';
import type { CommandIo } from './io.js';
import { property } from './readable-config.js';
import { fileName } from './words.js';

/** Sets what a file says and the environment does not. @throws {@link UnverifiedError} when it cannot be read. */
export function loadEnvFile(file: string, io: CommandIo): void {
  try {
    io.loadEnvFile(resolve(io.directory(), file));
  } catch (error) {
    // The code alone: the message may hold what is in the file.
    const code = property(error, 'code');
    if (code === 'ENOENT') throw new UnverifiedError(`there is no file ${fileName(file)}`);
    const why = typeof code === 'string' ? ` (${printable(code)})` : '';
    throw new UnverifiedError(`the file ${fileName(file)} cannot be read${why}`);
  }
}
