import type { DeploymentFinding } from '../finding.js';
import { type Answered, header, isOfHealth, whyNot } from './answer.js';
import { isPage } from './judge-probes.js';
import { gravestLeaks, isHarmless, type Leak, leaksOf } from './leak.js';
import { fail, FAILS, joined, pass, unknown, warn } from './report.js';
import type { FirstLook, Heard, SecondLook } from './survey.js';

const ALONE = 'Answer everybody with the status alone; tell the rest to those who are authorised.';

/** Findings of what bodies give away: which route, and what kind of thing, but never the thing. @internal */
export function judgeLeaks(first: FirstLook, second: SecondLook, own: readonly string[]): DeploymentFinding[] {
  const errors = [first.stray, ...second.methods].flatMap(({ what, answer }) => {
    const leaks = answer.kind === 'answered' ? gravestLeaks(answer.body, own) : [];
    return leaks.length === 0 ? [] : [{ message: `${what} tells ${listed(leaks)}` }];
  });
  return [
    judgeProbe(first.live, own),
    judgeProbe(first.ready, own),
    ...judgeAbsent(second.details.filter((heard) => isAbsent(heard, own))),
    ...second.details.filter((heard) => !isAbsent(heard, own)).map((heard) => judgeDetails(heard, first.stray, own)),
    joined(
      'health.leak.errors',
      'refusals tell nothing of the inside',
      errors,
      'Answer errors without what was thrown.',
    ),
  ];
}

function judgeProbe({ what, name, answer }: Heard, own: readonly string[]): DeploymentFinding {
  const id = `health.leak.${name}`;
  if (answer.kind !== 'answered') return unknown(id, `${what}: ${whyNot(answer)}`, ALONE);
  if (isUnreadable(answer))
    return unknown(id, `${what} is compressed, though nobody asked for that`, 'Send it as it is.');
  if (isHarmless(answer.body)) return pass(id, `${what} tells the status alone`);
  const { status } = answer;
  // What is not there tells nothing of health, and a failure may tell all of it.
  const leaks = isOfHealth(answer) || status >= 500 ? leaksOf(answer.body, own) : gravestLeaks(answer.body, own);
  if (leaks.length > 0) return fail(id, `${what} tells ${listed(leaks)}`, ALONE);
  if (!isOfHealth(answer)) return pass(id, `${what} answers ${String(status)}`);
  // The page itself is a finding of another kind.
  return warn(id, `${what} tells more than the status`, ALONE);
}

/** Routes for those who are authorised, asked by nobody in particular. */
function judgeDetails({ what, name, answer }: Heard, stray: Heard, own: readonly string[]): DeploymentFinding {
  const id = `health.leak.${name}`;
  const hint = 'Ask for authorisation, or answer others with the status alone.';
  if (answer.kind !== 'answered') return unknown(id, `${what}: ${whyNot(answer)}`, hint);
  if (isUnreadable(answer))
    return unknown(id, `${what} is compressed, though nobody asked for that`, 'Send it as it is.');
  const { status } = answer;
  const said = `${what} answers ${String(status)}`;
  if (isOfHealth(answer)) {
    if (isHarmless(answer.body)) return pass(id, `${what} tells strangers the status alone`);
    if (isCatchAll(answer, stray)) return warn(id, `${said}, as to every route`, 'See health.catch-all.');
    const leaks = leaksOf(answer.body, own);
    const kinds = leaks.length > 0 ? listed(leaks) : isPage(answer) ? 'a page' : 'details';
    return fail(id, `${what} tells strangers ${kinds}`, hint);
  }
  const leaks = gravestLeaks(answer.body, own);
  if (leaks.length > 0) return fail(id, `${said} and tells ${listed(leaks)}`, hint);
  return status >= 500 ? warn(id, said, FAILS) : pass(id, said);
}

function isAbsent({ answer }: Heard, own: readonly string[]): boolean {
  if (answer.kind !== 'answered' || answer.status !== 404 || isUnreadable(answer)) return false;
  return gravestLeaks(answer.body, own).length === 0;
}

/** Routes that a service need not have. */
function judgeAbsent(absent: readonly Heard[]): DeploymentFinding[] {
  if (absent.length === 0) return [];
  return [pass('health.leak.absent', `not there (404): ${absent.map(({ name }) => name).join(', ')}`)];
}

function isCatchAll({ body }: Answered, { answer }: Heard): boolean {
  return answer.kind === 'answered' && answer.status < 300 && answer.body === body;
}

function isUnreadable(answer: Answered): boolean {
  return !/^(?:identity)?$/i.test(header(answer, 'content-encoding'));
}

function listed(leaks: readonly Leak[]): string {
  return leaks.join(', ');
}
