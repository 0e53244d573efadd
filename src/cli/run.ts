import { maskEnvironment } from '../internal/masked-environment.js';
import { type Command, ExitCode } from './command.js';
import { commands } from './commands.js';
import { errorLine } from './error-line.js';
import { ConfigurationError, UnverifiedError, UsageError } from './failures.js';
import type { CommandIo } from './io.js';
import { failureReport } from './report/print.js';
import { type Format, FORMATS } from './report/report.js';
import { echo, hint } from './words.js';

/**
 * Runs one command line, and never rejects.
 *
 * @param argv - the words after the program's name; none at all shows the help.
 * @returns the exit code: 0, or why it is none of the command's own.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  let over = false;
  // What is given up may go on, and must not answer as well.
  const open: CommandIo = {
    ...io,
    out: (line) => {
      if (!over) io.out(line);
    },
  };
  const report = reportOf(argv);
  const failed = (message: string, code: number): string =>
    report === undefined || report.format === 'text'
      ? ''
      : failureReport(report.command, message, code, report.format, io);
  if (report !== undefined) io.watch.reports((message) => failed(message, ExitCode.UNVERIFIED));
  const mask = maskEnvironment(io.environment());
  try {
    return await Promise.race([Promise.resolve(dispatch(argv, open)), io.watch.broken]);
  } catch (error) {
    const { message, help, code } = failureOf(error, io);
    io.err(`breakwater: ${message}`);
    for (const line of io.watch.strays) io.err(`breakwater: ${line}`);
    if (help !== undefined) io.err(`Run '${help}' for what there is.`);
    const told = failed(message, code);
    if (told !== '') io.out(told);
    return code;
  } finally {
    over = true;
    io.watch.done();
    mask[Symbol.dispose]();
  }
}

function failureOf(error: unknown, io: CommandIo): { message: string; help?: string; code: number } {
  if (error instanceof UsageError) return { message: error.message, help: error.help, code: ExitCode.USAGE };
  if (error instanceof ConfigurationError) return { message: error.message, code: ExitCode.USAGE };
  const message = error instanceof UnverifiedError ? error.message : errorLine(error, io);
  return { message, code: ExitCode.UNVERIFIED };
}

function dispatch([word = 'help', ...rest]: readonly string[], io: CommandIo): number | Promise<number> {
  const command = commandOf(word);
  if (command !== undefined) return command.run(rest, io);
  const kind = word.startsWith('-') ? 'option' : 'command';
  const words = commands.flatMap(({ name, aliases }) => [name, ...aliases.filter((alias) => alias.startsWith('--'))]);
  throw new UsageError(`unknown ${kind} ${echo(word)}${hint(word, words)}`, 'breakwater help');
}

function commandOf(word: string): Command | undefined {
  return commands.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/** The command, if it prints a report, and in which format: also where another of its words makes no sense. */
function reportOf([first = '', ...rest]: readonly string[]): { command: string; format: Format } | undefined {
  const outer = commandOf(first);
  const inner = outer?.commands?.find(({ name }) => name === rest[0]);
  if ((inner ?? outer)?.options?.['format']?.choices !== FORMATS) return undefined;
  const at = rest.findIndex((word) => word === '--format' || word.startsWith('--format='));
  const written = rest[at]?.split('=')[1] ?? rest[at + 1];
  const format = at < 0 ? undefined : FORMATS.find((one) => one === written);
  return { command: inner === undefined ? first : `${first} ${inner.name}`, format: format ?? 'text' };
}
