import type { Command } from './command.js';
import type { Option } from './read-options.js';

/** Everything that there is, in the order of the table; commands of a group by both of their words. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.flatMap((command): Row[] =>
    command.commands === undefined
      ? [[[command.name, ...command.aliases].join(', '), command.summary]]
      : command.commands.map(({ name, summary }) => [`${command.name} ${name}`, summary]),
  );
  const withHelp = commands.filter((command) => command.commands !== undefined || command.options !== undefined);
  return [
    'Usage: breakwater <command>',
    '',
    'Commands:',
    ...aligned(rows),
    '',
    ...withHelp.map(({ name }) => `Run 'breakwater ${name} --help' for the options of '${name}'.`),
  ].join('\n');
}

/** A group's commands, and the options of all of them. */
export function groupHelp({ name, summary: about, commands = [] }: Command): string {
  const options = new Map<string, Row>();
  for (const command of commands)
    for (const [option, { takes, summary }] of Object.entries<Option>(command.options ?? {}))
      options.set(option, [takes === undefined ? `--${option}` : `--${option} ${takes}`, summary]);
  const rows: Row[] = [...options.values(), ['--help, -h', 'show this help']];
  return [
    `Usage: breakwater ${name} <command> [options]`,
    '',
    about,
    '',
    'Commands:',
    ...aligned(commands.map((command) => [command.name, command.summary])),
    '',
    'Options:',
    ...aligned(rows),
    '',
    'Exit codes, the first that applies:',
    '  2  usage: the command line makes no sense',
    '  1  something is wrong',
    '  3  it could not be found out',
    '  0  all is well',
  ].join('\n');
}

type Row = readonly [string, string];

function aligned(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
