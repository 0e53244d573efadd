import { resolve } from 'node:path';
import { type Command, ExitCode } from '../command.js';
import { DOTENV } from '../dotenv.js';
import { errorLine } from '../error-line.js';
import { ConfigurationError, UsageError } from '../failures.js';
import { readOptions } from '../read-options.js';
import { fileName } from '../words.js';
import { asked, findMigrations } from './find-migrations.js';
import { CONFIG, HELP } from './options.js';

const options = {
  config: CONFIG,
  dotenv: DOTENV,
  schemas: { takes: 'NAME,…', summary: "of 'snapshot': schemas of PostgreSQL; default all but the server's own" },
  out: { takes: 'FILE', summary: "of 'snapshot': writes the file; default prints" },
} as const;

/** `migrations snapshot`: the structure of a database, to hold later ones against. */
export const snapshot: Command = {
  name: 'snapshot',
  aliases: [],
  summary: 'record the structure of the database, without any data, as what later ones should be like',
  options,
  async run(words, io) {
    const given = readOptions('migrations snapshot', HELP, options, words);
    const schemas = given.schemas?.split(',').map((name) => name.trim());
    if (schemas?.includes('') === true) throw new UsageError("'--schemas' takes names with commas between", HELP);
    const { migrations } = await findMigrations(given, io);
    const recorded = await asked(io, () => migrations.recordSchema(schemas === undefined ? {} : { schemas }));
    const text = JSON.stringify(recorded, undefined, 2);
    if (given.out === undefined) {
      io.out(text);
      return ExitCode.PASS;
    }
    try {
      io.writeText(resolve(io.directory(), given.out), `${text}\n`);
    } catch (error) {
      throw new ConfigurationError(`the file ${fileName(given.out)} cannot be written: ${errorLine(error, io)}`);
    }
    io.err(`written: ${fileName(given.out)}`);
    return ExitCode.PASS;
  },
};
