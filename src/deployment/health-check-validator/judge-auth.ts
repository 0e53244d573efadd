import type { DeploymentFinding } from '../finding.js';
import { type Answered, whyNot } from './answer.js';
import { isSameStatus } from './judge-requests.js';
import { gravestLeaks, isStatusOnly } from './leak.js';
import { fail, FAILS, joined, pass, unknown, warn } from './report.js';
import type { FirstLook, Heard, SecondLook } from './survey.js';

interface Problem {
  readonly message: string;
  readonly crashed?: boolean;
}

/** Findings of what tokens open. @internal */
export function judgeAuth(
  first: FirstLook,
  second: SecondLook,
  own: readonly string[],
  token = '',
): DeploymentFinding[] {
  const check = second.details.find(({ name }) => name === 'check');
  const wrong = second.wrongToken.flatMap((heard) => opened(heard, heard.name === 'ready' ? first.ready : check));
  return [
    joined(
      'health.auth.wrong-token',
      'a wrong token is answered as none',
      wrong,
      'Answer a wrong token as none: the same status, and the public body, or a probe fails when a token changes.',
    ),
    ...(second.rightToken === undefined ? [] : [judgeToken(second.rightToken, own, token)]),
  ];
}

const isRefusal = ({ status }: Answered): boolean => status === 401 || status === 403 || status === 404;

function opened({ what, name, answer }: Heard, plain: Heard | undefined): Problem[] {
  const asked = `${what} with a wrong token`;
  // No colon behind the word token: what follows it there is masked as one.
  if (answer.kind !== 'answered') return [{ message: `${asked} is not answered: ${whyNot(answer)}` }];
  if (plain?.answer.kind !== 'answered')
    return [{ message: `${asked} has no answer to be compared with`, crashed: true }];
  const none = plain.answer;
  if (answer.status >= 500 && answer.status !== 503) return [{ message: `${asked} answers ${String(answer.status)}` }];
  if (isRefusal(answer) && isRefusal(none)) return [];
  if (!isSameStatus(name, answer, none))
    return [{ message: `${asked} answers ${String(answer.status)}, without one ${String(none.status)}` }];
  return isStatusOnly(none.body) && !isStatusOnly(answer.body)
    ? [{ message: `${asked} tells more than without one` }]
    : [];
}

function judgeToken({ what, answer }: Heard, own: readonly string[], token: string): DeploymentFinding {
  const id = 'health.auth.token';
  const asked = `${what} with the token`;
  if (answer.kind !== 'answered')
    return unknown(id, `${asked} is not answered: ${whyNot(answer)}`, 'Ask again when it answers.');
  const said = `${asked} answers ${String(answer.status)}`;
  if (answer.status !== 200 && answer.status !== 503) {
    const hint =
      answer.status === 404
        ? 'There is no such route: the token opens nothing.'
        : answer.status >= 500
          ? FAILS
          : 'Compare the token with the service’s.';
    return fail(id, said, hint);
  }
  if (answer.body.includes(token) || gravestLeaks(answer.body, own).includes('credentials'))
    return fail(id, `${asked} tells credentials`, 'Mask them: whoever may see details may not see these.');
  if (isStatusOnly(answer.body)) {
    const hint =
      'Compare the token with the service’s. After several wrong ones a service may look at none for a while.';
    return warn(id, `${asked} tells the status alone: it opens nothing`, hint);
  }
  return pass(id, `${asked} tells details`);
}
