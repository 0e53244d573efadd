import type { CommandIo } from './io.js';

/** One verb of the command line. */
export interface Command {
  /** The word that calls it. */
  readonly name: string;
  /** Options that call it as well, such as `--help`. */
  readonly aliases: readonly string[];
  /** One line for the help. */
  readonly summary: string;
  /** Does the work and answers with the exit code. */
  run(io: CommandIo): number;
}

const help: Command = {
  name: 'help',
  aliases: ['--help', '-h'],
  summary: 'show this help',
  run(io) {
    io.out(helpText());
    return 0;
  },
};

const version: Command = {
  name: 'version',
  aliases: ['--version', '-v'],
  summary: "print the package's version",
  run(io) {
    io.out(io.version());
    return 0;
  },
};

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [help, version];

function helpText(): string {
  const names = commands.map(({ name, aliases }) => [name, ...aliases].join(', '));
  const width = Math.max(...names.map(({ length }) => length));
  const lines = commands.map(({ summary }, i) => `  ${(names[i] ?? '').padEnd(width)}  ${summary}`);
  return ['Usage: breakwater <command>', '', 'Commands:', ...lines].join('\n');
}
