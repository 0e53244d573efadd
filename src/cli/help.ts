import type { Command } from './command.js';
import type { Option } from './read-options.js';

/** Everything that there is, in the order of the table; commands of a group by both of their words. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.flatMap((command): Row[] =>
    command.commands === undefined
      ? [[[command.name, ...command.aliases].join(', '), command.summary]]
      : command.commands.map(({ name, summary }) => [`${command.name} ${name}`, summary]),
  );
  const more = commands.filter(({ commands: inner, options }) => inner !== undefined || options !== undefined);
  return [
    'Usage: breakwater <command>',
    '',
    'Commands:',
    ...aligned(rows),
    '',
    ...more.map(({ name }) => `Run 'breakwater ${name} --help' for the options of '${name}'.`),
  ].join('\n');
}

/** A group's commands, and the options of all of them. */
export function groupHelp({ name, summary: about, commands = [] }: Command): string {
  const options = new Map<string, Row>();
  for (const command of commands) for (const row of optionRows(command.options ?? {})) options.set(row[0], row);
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
    '  2  usage: the command line or the configuration makes no sense',
    '  1  something is wrong',
    '  3  it could not be found out',
    ...(name === 'migrations' ? ['  4  all that is wrong is that migrations are pending'] : []),
    '  0  all is well',
  ].join('\n');
}

/** Whether the words ask for help. */
export function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => word === '--help' || word === '-h');
}

/** The help of a command that stands alone. */
export function commandHelp(command: {
  readonly usage: string;
  readonly about: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** The exit codes, the first that applies first. */
  readonly codes: readonly Row[];
}): string {
  return [
    `Usage: breakwater ${command.usage}`,
    '',
    ...command.about,
    '',
    'Options:',
    ...aligned([...optionRows(command.options), ['--help, -h', 'show this help']]),
    '',
    'Exit codes, the first that applies:',
    ...aligned(command.codes),
  ].join('\n');
}

/** Two columns. */
export type Row = readonly [string, string];

/** An option for each line of a help. */
export function optionRows(options: Readonly<Record<string, Option>>): Row[] {
  return Object.entries(options).map(([name, { takes, summary }]) => [
    takes === undefined ? `--${name}` : `--${name} ${takes}`,
    summary,
  ]);
}

/** Rows whose second columns stand below each other. */
export function aligned(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
