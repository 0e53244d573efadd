import { nearest } from '../core/spelling.js';
import { commands } from './commands.js';
import type { CommandIo } from './io.js';

/** Exit code for a command line that makes no sense. */
const USAGE = 2;
/** Longest word that is repeated to the user; what is beyond says nothing more. */
const LONGEST_ECHO = 40;

/**
 * Runs one command line.
 *
 * @param argv - the words after the program's name; none at all shows the help.
 * @returns the exit code: 0, or 2 when the words make no sense.
 */
export function run(argv: readonly string[], io: CommandIo): number {
  const [word = 'help', ...rest] = argv;
  const command = commands.find(({ name, aliases }) => name === word || aliases.includes(word));
  if (command === undefined) return misuse(`unknown ${kindOf(word)} '${echo(word)}'${hint(word)}`, io);
  const [extra] = rest;
  if (extra !== undefined) return misuse(`'${command.name}' takes nothing else, got '${echo(extra)}'`, io);
  return command.run(io);
}

function misuse(problem: string, io: CommandIo): number {
  io.err(`breakwater: ${problem}`);
  io.err("Run 'breakwater help' for what there is.");
  return USAGE;
}

function kindOf(word: string): string {
  return word.startsWith('-') ? 'option' : 'command';
}

function hint(word: string): string {
  const words = commands.flatMap(({ name, aliases }) => [name, ...aliases.filter((alias) => alias.startsWith('--'))]);
  const meant = nearest(word, words);
  return meant === undefined ? '' : `; did you mean '${meant}'?`;
}

/** The user's word without control characters, which could rewrite the terminal. */
function echo(word: string): string {
  const shown = word.replace(/\p{C}/gu, '?');
  return shown.length > LONGEST_ECHO ? `${shown.slice(0, LONGEST_ECHO)}…` : shown;
}
