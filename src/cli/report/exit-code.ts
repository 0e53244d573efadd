import { ExitCode } from '../command.js';
import { shownText } from '../../deployment/finding.js';
import { type Problem, problemsOf } from '../../deployment/deployment-checker/tally.js';
import type { FailOn, Report, ReportItem } from './report.js';

/** The finding that migrations wait to be applied, and no more than that. */
const PENDING = 'migrations.pending';
/** What the checker gives its own check of the migrations; one of a user's that finds something of that id has others. */
const OWN_TAGS = ['migrations', 'database', 'live'];

/** A word as the item has it, which was masked where a password is that word. */
function own(word: string): string {
  return shownText(word, 200);
}

/**
 * The exit code of what was found, the first that applies: 1 for what is wrong (and for a warning when the command is to fail on
 * these), 3 for what could not be found out, 4 when all that is wrong is that migrations are pending, 0.
 */
export function exitCodeOf({ command, items }: Pick<Report, 'command' | 'items'>, failOn: FailOn = 'fail'): number {
  const problems = problemsOf(items).filter(({ silenced }) => silenced === undefined);
  const failed = problems.filter(({ status }) => status === 'FAIL');
  const known = failed.filter(({ crashed }) => crashed !== true);
  const isPending = ({ id, item }: Problem<ReportItem>): boolean =>
    id === PENDING &&
    (command !== 'check' ||
      (item.id === 'migrations' && item.name === own('Migrations') && item.tags?.join() === OWN_TAGS.map(own).join()));
  if (!known.every(isPending)) return ExitCode.FAIL;
  if (failOn === 'warn' && problems.some(({ status }) => status === 'WARN')) return ExitCode.FAIL;
  if (failed.length > known.length) return ExitCode.UNVERIFIED;
  return known.length > 0 ? ExitCode.PENDING : ExitCode.PASS;
}
