import { type Command, ExitCode } from '../command.js';
import { DOTENV, loadEnvFile } from '../dotenv.js';
import type { CommandIo } from '../io.js';
import { readOptions } from '../read-options.js';
import { property, type ReadableConfig } from '../readable-config.js';
import { ask, print } from './ask.js';
import { CONFIG, FORMAT, HELP } from './options.js';

const options = {
  config: CONFIG,
  dotenv: { ...DOTENV, summary: `of 'check': ${DOTENV.summary}` },
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
    loadEnvFile(file, io);
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
