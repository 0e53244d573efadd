import { isAbsolute, relative, resolve } from 'node:path';
import { type Command, ExitCode } from '../command.js';
import { UnverifiedError, UsageError } from '../failures.js';
import type { CommandIo } from '../io.js';
import { type Given, readOptions } from '../read-options.js';
import { shellWord, shownWord } from '../words.js';
import { ask, print } from './ask.js';
import { CONFIG, FORMAT, HELP } from './options.js';

const options = {
  config: CONFIG,
  format: FORMAT,
  dir: { takes: 'DIR', summary: "of 'docs': write .env.example, config.schema.json and config.md into this folder" },
  check: { summary: "of 'docs' with --dir: write nothing, fail when a page is stale or missing" },
} as const;

/** `env docs`: what is to be set, as a table, as JSON Schema, or as pages in a folder. */
export const docs: Command = {
  name: 'docs',
  aliases: [],
  summary: 'print a table of the keys or their JSON Schema; write the pages, or check them',
  options,
  run(words, io) {
    const given = readOptions('env docs', HELP, options, words);
    if (given.dir !== undefined && given.format !== undefined)
      throw new UsageError("'--format' and '--dir' exclude each other", HELP);
    if (given.dir !== undefined)
      return given.check ? checkPages(given, given.dir, io) : writePages(given, given.dir, io);
    if (given.check) throw new UsageError("'--check' needs '--dir'", HELP);
    return printPage(given, io);
  },
};

type Options = Given<typeof options>;

async function printPage({ config, format }: Options, io: CommandIo): Promise<number> {
  const page = await ask(config, io, (found) =>
    format === 'json' ? JSON.stringify(found.toJSONSchema(), null, 2) : found.toMarkdown(),
  );
  print(page, io);
  return ExitCode.PASS;
}

async function writePages({ config }: Options, dir: string, io: CommandIo): Promise<number> {
  const paths = await ask(config, io, (found) => found.writeDocs?.(resolve(io.directory(), dir)) ?? tooOld());
  for (const path of paths) io.out(`wrote ${shown(path, io)}`);
  return ExitCode.PASS;
}

async function checkPages({ config }: Options, dir: string, io: CommandIo): Promise<number> {
  const { ok, files } = await ask(config, io, (found) => found.checkDocs?.(resolve(io.directory(), dir)) ?? tooOld());
  for (const { path, status } of files) io.out(`${status.padEnd('CURRENT'.length)}  ${shown(path, io)}`);
  if (ok) return ExitCode.PASS;
  const named = config === undefined ? '' : `--config ${shellWord(config)} `;
  io.err(`breakwater: not what the configuration says; run: npx breakwater env docs ${named}--dir ${shellWord(dir)}`);
  return ExitCode.FAIL;
}

function tooOld(): never {
  throw new UnverifiedError('the configuration knows no pages: it is of an older copy of breakwater');
}

/** From the working directory, for what is below it. */
function shown(path: string, io: CommandIo): string {
  const way = relative(io.directory(), path);
  return shownWord(way.startsWith('..') || isAbsolute(way) ? path : way);
}
