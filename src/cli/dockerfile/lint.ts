import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../../core/clock.js';
import { type Command, ExitCode } from '../command.js';
import { UsageError } from '../failures.js';
import type { CommandIo } from '../io.js';
import { findingOf, unknown } from '../lint/found.js';
import { itemOf, type LintedFile } from '../lint/item.js';
import { lintHelp } from '../lint/lint-help.js';
import { mustBeFile, readFile } from '../read-file.js';
import { readWords } from '../lint/read-words.js';
import { FAIL_ON, printReport, REPORT_FORMAT } from '../report/print.js';
import { ignorePatterns } from './ignore-file.js';
import { rules } from './rules.js';
import { readDockerfile } from './stages.js';

const HELP = 'breakwater dockerfile lint --help';

/** Rules hold instructions against each other. */
const MOST_INSTRUCTIONS = 2_000;

const options = {
  context: {
    takes: 'DIR',
    summary: 'folder that the image is built in, with its .dockerignore; default the working directory',
  },
  'fail-on': FAIL_ON,
  format: REPORT_FORMAT,
} as const;

/** `dockerfile lint`: whether an image is made as production needs it. */
export const lint: Command = {
  name: 'lint',
  aliases: [],
  summary: 'hold a Dockerfile against what a Node service in production needs',
  options,
  run(words, io) {
    if (words.includes('--help') || words.includes('-h')) {
      io.out(help());
      return ExitCode.PASS;
    }
    const { files, given } = readWords('dockerfile lint', HELP, options, words);
    const named = files.length === 0 ? ['Dockerfile'] : files;
    const context = given.context;
    if (context !== undefined && io.look(resolve(io.directory(), context))?.kind !== 'folder')
      throw new UsageError("'--context' takes a folder that there is", HELP);
    for (const file of named) mustBeFile(file, io);
    const items = named.map((file) => {
      const from = systemClock.now();
      const linted = lintFile(file, context, io);
      return itemOf(linted, systemClock.wallNow(), systemClock.now() - from);
    });
    const subject = items.length === 1 ? '1 file' : `${String(items.length)} files`;
    const report = { command: 'dockerfile lint', subject, items };
    return printReport(report, io, { format: given.format, failOn: given['fail-on'] });
  },
};

function lintFile(file: string, context: string | undefined, io: CommandIo): LintedFile {
  const read = readFile(file, io);
  if ('fault' in read) {
    const findings = [unknown('dockerfile.unreadable', `the file ${read.fault}`, read.hint, file)];
    return { file, text: '', findings, subject: 'nothing could be looked at' };
  }
  const { text } = read;
  const parsed = readDockerfile(text, ignoredBy(file, context, io), (path) => {
    for (const folder of foldersOf(file, context)) {
      const found = readFile(join(folder, path), io);
      if ('text' in found) return found.text;
    }
    return undefined;
  });
  if (parsed === undefined) {
    const findings = [
      unknown('dockerfile.unreadable', 'the file is no Dockerfile: it has no FROM', 'name a Dockerfile', file),
    ];
    return { file, text, findings, subject: 'nothing could be looked at' };
  }
  if (parsed.instructions.length > MOST_INSTRUCTIONS) {
    const message = `the file has more than ${String(MOST_INSTRUCTIONS)} instructions`;
    const findings = [unknown('dockerfile.unreadable', message, 'an image has at most some hundred layers', file)];
    return { file, text, findings, subject: 'nothing could be looked at' };
  }
  const findings = rules.flatMap((rule) => [...rule(parsed)].map((found) => findingOf(found, file)));
  const count = parsed.stages.length;
  return { file, text, findings, subject: count === 1 ? '1 stage' : `${String(count)} stages` };
}

/** Where the context may be. */
function foldersOf(file: string, context: string | undefined): readonly string[] {
  return context === undefined ? ['.', dirname(file)] : [context];
}

/** The patterns of the first of the files that a build looks at. Source: the reference of docker build, .dockerignore. */
function ignoredBy(file: string, context: string | undefined, io: CommandIo): readonly string[] | undefined {
  const places = foldersOf(file, context).map((folder) => join(folder, '.dockerignore'));
  for (const place of [`${file}.dockerignore`, ...places]) {
    if (io.look(resolve(io.directory(), place)) === undefined) continue;
    const read = readFile(place, io);
    if ('text' in read) return ignorePatterns(read.text);
  }
  return undefined;
}

function help(): string {
  return lintHelp(
    'dockerfile lint [file…] [options]',
    [
      'Holds a Dockerfile against what a Node service in production needs. Without a file, ./Dockerfile.',
      '',
      '  breakwater dockerfile lint deploy/Dockerfile',
    ],
    options,
  );
}
