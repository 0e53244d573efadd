import type { Option } from '../read-options.js';

/** Whether the words ask for help. */
export function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => word === '--help' || word === '-h');
}

/** The help of a command that stands alone. */
export function commandHelp(command: {
  readonly usage: string;
  readonly about: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  readonly codes: readonly string[];
}): string {
  const rows = Object.entries(command.options).map(([name, { takes, summary }]) => [
    takes === undefined ? `--${name}` : `--${name} ${takes}`,
    summary,
  ]);
  rows.push(['--help, -h', 'show this help']);
  const width = Math.max(...rows.map(([option = '']) => option.length));
  return [
    `Usage: ${command.usage}`,
    '',
    ...command.about,
    '',
    'Options:',
    ...rows.map(([option = '', summary = '']) => `  ${option.padEnd(width)}  ${summary}`),
    '',
    'Exit codes:',
    ...command.codes,
  ].join('\n');
}
