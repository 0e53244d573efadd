import { isBreakwaterError } from '../../core/errors.js';
import { type Command, ExitCode } from '../command.js';
import { loadEnvFile } from '../dotenv.js';
import { errorLine } from '../error-line.js';
import { UnverifiedError, UsageError } from '../failures.js';
import { asksForHelp } from '../help.js';
import type { CommandIo } from '../io.js';
import { readTime } from '../read-time.js';
import { property } from '../readable-config.js';
import { readOptions } from '../read-options.js';
import { printReport } from '../report/print.js';
import { readResults } from '../report/read-results.js';
import type { ReportItem } from '../report/report.js';
import { fileName } from '../words.js';
import { type Checker, findChecker, type FoundChecker } from './find-checker.js';
import { checkHelp } from './help.js';
import { options } from './options.js';

const HELP = 'breakwater check --help';

/** `check`: whether a build may go to production, and why not. */
export const check: Command = {
  name: 'check',
  aliases: [],
  summary: 'say whether this build may go to production, and why not',
  options,
  async run(words, io) {
    if (asksForHelp(words)) {
      io.out(checkHelp());
      return ExitCode.PASS;
    }
    const given = readOptions('check', HELP, options, words);
    const tags = list('--tag', given.tag);
    const excepted = list('--except-tag', given['except-tag']) ?? [];
    const exceptTags = given.offline === true ? [...excepted, 'live'] : excepted;
    const { profile = 'production', timeout = '2m' } = given;
    io.watch.limit(io.clock, readTime('--timeout', timeout, 0, '1h', HELP), timeout);
    loadEnvFile(given.dotenv, io);
    const found = await findChecker(given.config, io);
    const { source } = found;
    io.watch.doing(source === undefined ? 'the checks' : `what ${fileName(source)} exports`);
    const items = await results(found, io, {
      profile,
      ...(tags === undefined ? {} : { tags }),
      ...(exceptTags.length === 0 ? {} : { exceptTags }),
    });
    const report = { command: 'check', subject: subject(profile, source), items, source };
    return printReport(report, io, { format: given.format, failOn: given['fail-on'] });
  },
};

function subject(profile: string, source: string | undefined): string {
  return source === undefined ? `${profile}, the defaults: there is no breakwater.config file here` : profile;
}

/** Names behind commas. */
function list(flag: string, value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const names = value.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new UsageError(`'${flag}' takes names with commas between`, HELP);
  return names;
}

async function results(
  { checker, source }: FoundChecker,
  io: CommandIo,
  asked: NonNullable<Parameters<Checker['runAllChecks']>[0]>,
): Promise<ReportItem[]> {
  let answer: unknown;
  try {
    answer = await checker.runAllChecks(asked);
  } catch (error) {
    // A profile or a tag that no check has: a slip of the pen in the command line.
    if (
      isBreakwaterError(error, 'BREAKWATER_INVALID_ARGUMENT') ||
      isBreakwaterError(error, 'BREAKWATER_INVALID_OPTIONS')
    )
      throw new UsageError(errorLine(error, io).replace(/^\w+: (runAllChecks: )?/, ''), HELP);
    throw new UnverifiedError(`the checks could not be run: ${errorLine(error, io)}`);
  }
  const items = readResults(answer, io.clock.wallNow());
  if (items === undefined)
    throw new UnverifiedError(`runAllChecks() of ${source ?? 'the checker'} answers no list of results`);
  if (property(answer, 'allPass') !== true && items.every(({ status }) => status !== 'FAIL'))
    throw new UnverifiedError('the checker says that not all pass, and names nothing that fails');
  return items;
}
