import { resolve } from 'node:path';
import { printable } from '../../core/printable.js';
import { type Command, ExitCode } from '../command.js';
import { UnverifiedError } from '../failures.js';
import type { CommandIo } from '../io.js';
import { readOptions } from '../read-options.js';
import { property, type ReadableConfig } from '../readable-config.js';
import { fileName } from '../words.js';
import { ask, print } from './ask.js';
import { CONFIG, FORMAT, HELP } from './options.js';

const options = {
  config: CONFIG,
  dotenv: { takes: 'FILE', summary: "of 'check': sets what the environment does not, as `node --env-file` does" },
  format: FORMAT,
} as const;

/** `env check`: whether the environment is what the configuration asks for. */
export const check: Command = {
  name: 'check',
  aliases: [],
  summary: 'validate the environment',
  options,
  async run(words, io) {
    const { config, format = 'text', dotenv: file } = readOptions('env check', HELP, options, words);
    if (file !== undefined) loadEnvFile(file, io);
    const { ok, summary } = await ask(config, io, (found) => verdict(found, format, io));
    print(summary, io);
    return ok ? ExitCode.PASS : ExitCode.FAIL;
  },
};

/** For programs of one reading, so that what is printed and the exit code never differ. */
function verdict(config: ReadableConfig, format: 'text' | 'json', io: CommandIo): { ok: boolean; summary: string } {
  if (format === 'text') return { ok: config.validate().ok, summary: config.summary('text', io.terminal) };
  const summary = config.summary('json');
  return { ok: property(JSON.parse(summary), 'ok') === true, summary };
}

function loadEnvFile(file: string, io: CommandIo): void {
  try {
    io.loadEnvFile(resolve(io.directory(), file));
  } catch (error) {
    // The code alone: the message may hold what is in the file.
    const code = property(error, 'code');
    if (code === 'ENOENT') throw new UnverifiedError(`there is no file ${fileName(file)}`);
    const why = typeof code === 'string' ? ` (${printable(code)})` : '';
    throw new UnverifiedError(`the file ${fileName(file)} cannot be read${why}`);
  }
}
