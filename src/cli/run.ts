import { ExitCode } from './command.js';
import { commands } from './commands.js';
import { errorLine } from './error-line.js';
import { UnverifiedError, UsageError } from './failures.js';
import type { CommandIo } from './io.js';
import { echo, hint } from './words.js';

/**
 * Runs one command line, and never rejects.
 *
 * @param argv - the words after the program's name; none at all shows the help.
 * @returns the exit code: 0, or why it is none of the command's own.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      io.err(`breakwater: ${error instanceof UnverifiedError ? error.message : errorLine(error, io)}`);
      return ExitCode.UNVERIFIED;
    }
    io.err(`breakwater: ${error.message}`);
    io.err(`Run '${error.help}' for what there is.`);
    return ExitCode.USAGE;
  }
}

function dispatch([word = 'help', ...rest]: readonly string[], io: CommandIo): number | Promise<number> {
  const command = commands.find(({ name, aliases }) => name === word || aliases.includes(word));
  if (command !== undefined) return command.run(rest, io);
  const kind = word.startsWith('-') ? 'option' : 'command';
  const words = commands.flatMap(({ name, aliases }) => [name, ...aliases.filter((alias) => alias.startsWith('--'))]);
  throw new UsageError(`unknown ${kind} ${echo(word)}${hint(word, words)}`, 'breakwater help');
}
