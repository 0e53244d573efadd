import { commandHelp } from '../help.js';
import type { Option } from '../read-options.js';

/** What a linter is for and what may stand behind it. */
export function lintHelp(usage: string, about: readonly string[], options: Readonly<Record<string, Option>>): string {
  return commandHelp({
    usage,
    about: [
      ...about,
      '',
      'A comment on the line of a finding, or above it, silences it for a while:',
      '',
      '  # breakwater-silence: <id> until=2027-01-31 <reason>',
    ],
    options,
    codes: [
      ['2', 'usage: the command line makes no sense, or a file is not there'],
      ['1', 'something is wrong, or a warning with --fail-on warn'],
      ['3', 'something could not be found out: a file cannot be read, or cannot be understood'],
      ['0', 'all is well'],
    ],
  });
}
