import type { Command } from '../command.js';
import { DOTENV } from '../dotenv.js';
import { readJson } from '../config-module.js';
import { ConfigurationError } from '../failures.js';
import { readOptions } from '../read-options.js';
import { printReport, REPORT_FORMAT } from '../report/print.js';
import { fileName } from '../words.js';
import { findingsOf, findMigrations } from './find-migrations.js';
import { CONFIG, FAIL_ON_OF, HELP } from './options.js';

const options = {
  config: CONFIG,
  dotenv: DOTENV,
  expected: {
    takes: 'FILE',
    summary: "of 'diff': snapshot or table map in JSON; default the validator's option 'expected'",
  },
  'fail-on': FAIL_ON_OF,
  format: REPORT_FORMAT,
} as const;

/** A snapshot of a large schema is larger than what people write. */
const LARGEST_MIB = 64;

/** `migrations diff`: how the schema differs from what is expected of it. */
export const diff: Command = {
  name: 'diff',
  aliases: [],
  summary: 'say how the schema of the database differs from a snapshot or a table map; nothing is written',
  options,
  async run(words, io) {
    const given = readOptions('migrations diff', HELP, options, words);
    const { expected: file } = given;
    const expected = file === undefined ? undefined : readJson(file, io, LARGEST_MIB);
    const { migrations, source } = await findMigrations(given, io);
    const { items } = await findingsOf(io, () => migrations.validateSchema(expected)).catch((error: unknown) => {
      if (file !== undefined || !(error instanceof ConfigurationError)) throw error;
      throw new ConfigurationError(
        `${error.message}; name a file with --expected, or give the validator of ${fileName(source)} the option 'expected'`,
      );
    });
    const report = { command: 'migrations diff', subject: 'the schema of the database', items, source };
    return printReport(report, io, { format: given.format, failOn: given['fail-on'] });
  },
};
