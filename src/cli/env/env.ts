import { type Command, ExitCode } from '../command.js';
import { UsageError } from '../failures.js';
import { groupHelp } from '../help.js';
import { echo, hint } from '../words.js';
import { check } from './check.js';
import { docs } from './docs.js';
import { example } from './example.js';
import { HELP } from './options.js';

const commands: readonly Command[] = [example, docs, check];
const NAMES = commands.map(({ name }) => name);

/** `env`: what a service reads from its environment. */
export const env: Command = {
  name: 'env',
  aliases: [],
  summary: 'Shows and checks what a service reads from its environment, as its ConfigValidator says.',
  commands,
  run(words, io) {
    const [word = 'help', ...rest] = words;
    if (word === 'help' || words.some((one) => one === '--help' || one === '-h')) {
      io.out(groupHelp(env));
      return ExitCode.PASS;
    }
    const command = commands.find(({ name }) => name === word);
    if (command !== undefined) return command.run(rest, io);
    throw new UsageError(
      word.startsWith('-')
        ? `'env' takes a command first, got ${echo(word)}${hint(word, ['--help'])}`
        : `unknown command ${echo(`env ${word}`)}${hint(word, NAMES)}`,
      HELP,
    );
  },
};
