import { loadConfig } from '../config-module.js';
import { errorLine } from '../error-line.js';
import { UnverifiedError } from '../failures.js';
import type { CommandIo } from '../io.js';
import type { ReadableConfig } from '../readable-config.js';

/**
 * Loads the configuration and asks it something.
 *
 * @throws {@link UnverifiedError} when that is not possible, and for what the configuration throws.
 */
export async function ask<T>(
  named: string | undefined,
  io: CommandIo,
  question: (config: ReadableConfig) => T,
): Promise<T> {
  const config = await loadConfig(named, io);
  io.watch.doing('the configuration');
  try {
    return question(config);
  } catch (error) {
    if (error instanceof UnverifiedError) throw error;
    throw new UnverifiedError(`the configuration throws: ${errorLine(error, io)}`);
  }
}

/** Prints a whole text: the line break at its end is that of its last line. */
export function print(text: string, io: CommandIo): void {
  io.out(text.replace(/\n$/, ''));
}
