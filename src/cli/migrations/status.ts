import type { Command } from '../command.js';
import { DOTENV } from '../dotenv.js';
import { readOptions } from '../read-options.js';
import { printReport, REPORT_FORMAT } from '../report/print.js';
import { findingsOf, findMigrations } from './find-migrations.js';
import { CONFIG, FAIL_ON_OF, HELP } from './options.js';

const options = { config: CONFIG, dotenv: DOTENV, 'fail-on': FAIL_ON_OF, format: REPORT_FORMAT } as const;

/** `migrations status`: what is pending, edited, out of order, failed or stuck. */
export const status: Command = {
  name: 'status',
  aliases: [],
  summary: 'say which migrations are pending, edited, ahead, failed or stuck; nothing is written',
  options,
  async run(words, io) {
    const given = readOptions('migrations status', HELP, options, words);
    const { migrations, source } = await findMigrations(given, io);
    const found = await findingsOf(io, () => migrations.validate());
    const report = { command: 'migrations status', subject: 'the database', source, ...found };
    return printReport(report, io, { format: given.format, failOn: given['fail-on'] });
  },
};
