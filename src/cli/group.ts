import { type Command, ExitCode } from './command.js';
import { UsageError } from './failures.js';
import { asksForHelp, groupHelp } from './help.js';
import { echo, hint } from './words.js';

/** A word with commands behind it. */
export function commandGroup(name: string, summary: string, commands: readonly Command[]): Command {
  const help = `breakwater ${name} --help`;
  const group: Command = {
    name,
    aliases: [],
    summary,
    commands,
    run(words, io) {
      const [word, ...rest] = words;
      const names = commands.map((one) => one.name);
      // As a script has it whose variable is empty: nothing was done, and that is no success.
      if (word === undefined) throw new UsageError(`'${name}' takes a command: ${names.join(' or ')}`, help);
      if (word === 'help' || asksForHelp(words)) {
        io.out(groupHelp(group));
        return ExitCode.PASS;
      }
      const command = commands.find((one) => one.name === word);
      if (command !== undefined) return command.run(rest, io);
      throw new UsageError(
        word.startsWith('-')
          ? `'${name}' takes a command first, got ${echo(word)}${hint(word, ['--help'])}`
          : `unknown command ${echo(`${name} ${word}`)}${hint(word, names)}`,
        help,
      );
    },
  };
  return group;
}
