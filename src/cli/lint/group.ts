import { type Command, ExitCode } from '../command.js';
import { UsageError } from '../failures.js';
import { groupHelp } from '../help.js';
import { echo, hint } from '../words.js';

/** A word with one command behind it, which shows its own help. */
export function commandGroup(name: string, summary: string, command: Command): Command {
  const group: Command = {
    name,
    aliases: [],
    summary,
    commands: [command],
    run(words, io) {
      const [word = 'help', ...rest] = words;
      if (word === command.name) return command.run(rest, io);
      if (word === 'help' || word === '--help' || word === '-h') {
        io.out(groupHelp(group));
        return ExitCode.PASS;
      }
      throw new UsageError(
        word.startsWith('-')
          ? `'${name}' takes a command first, got ${echo(word)}${hint(word, ['--help'])}`
          : `unknown command ${echo(`${name} ${word}`)}${hint(word, [command.name])}`,
        `breakwater ${name} --help`,
      );
    },
  };
  return group;
}
