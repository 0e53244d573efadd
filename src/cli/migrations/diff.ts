import { resolve } from 'node:path';
import type { Command } from '../command.js';
import { readJson } from '../config-module.js';
import { UnverifiedError } from '../failures.js';
import { readOptions } from '../read-options.js';
import { FAIL_ON, printReport, REPORT_FORMAT } from '../report/print.js';
import { fileName } from '../words.js';
import { findingsOf, findMigrations } from './find-migrations.js';
import { CONFIG, DOTENV, HELP } from './options.js';

const options = {
  config: CONFIG,
  dotenv: DOTENV,
  expected: {
    takes: 'FILE',
    summary: "of 'diff': snapshot or table map in JSON; default the validator's option 'expected'",
  },
  'fail-on': FAIL_ON,
  format: REPORT_FORMAT,
} as const;

/** `migrations diff`: how the schema differs from what is expected of it. */
export const diff: Command = {
  name: 'diff',
  aliases: [],
  summary: 'say how the schema of the database differs from a snapshot or a table map; nothing is written',
  options,
  async run(words, io) {
    const given = readOptions('migrations diff', HELP, options, words);
    const { expected: file } = given;
    if (file !== undefined && !io.isFile(resolve(io.directory(), file)))
      throw new UnverifiedError(`there is no file ${fileName(file)}`);
    const expected = file === undefined ? undefined : readJson(file, resolve(io.directory(), file), io);
    const migrations = await findMigrations(given, io);
    const items = await findingsOf(io, () => migrations.validateSchema(expected));
    const report = { command: 'migrations diff', subject: 'the schema of the database', items };
    return printReport(report, io, { format: given.format, failOn: given['fail-on'] });
  },
};
