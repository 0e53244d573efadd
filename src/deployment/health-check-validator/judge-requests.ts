import type { DeploymentFinding } from '../finding.js';
import { type Answered, header, whyNot } from './answer.js';
import { joined, pass, warn } from './report.js';
import type { FirstLook, Heard, SecondLook } from './survey.js';

interface Problem {
  readonly message: string;
  readonly status?: 'WARN' | 'FAIL';
  readonly crashed?: boolean;
}

/** Whether two answers come to the same; a service may become ready in between. @internal */
export function isSameStatus(name: string, a: Answered, b: Answered): boolean {
  if (a.status === b.status) return true;
  return name !== 'live' && [a, b].every(({ status }) => status === 200 || status === 503);
}

/** Findings of other ways to ask the same. @internal */
export function judgeRequests(first: FirstLook, second: SecondLook): DeploymentFinding[] {
  return [
    joined(
      'health.head',
      'HEAD answers as GET does, without a body',
      second.heads.flatMap((heard) => unlike(heard, first)),
      'Answer HEAD as GET: load balancers probe with it.',
    ),
    joined(
      'health.query',
      'a query makes no difference',
      second.queries.flatMap((heard) => unlike(heard, first)),
      'Tell routes by their path: probes add queries against caches.',
    ),
    joined(
      'health.methods',
      'POST, PUT and DELETE are refused',
      second.methods.flatMap(accepted),
      'Answer 405 with `Allow: GET, HEAD` to every other method.',
    ),
    judgeKept(second.kept),
  ];
}

function unlike({ what, name, answer }: Heard, first: FirstLook): Problem[] {
  const plain = (name === 'live' ? first.live : first.ready).answer;
  if (answer.kind !== 'answered') return [{ message: `${what}: ${whyNot(answer)}` }];
  if (plain.kind !== 'answered') return [{ message: `${what}: there is no answer to compare it with`, crashed: true }];
  const problems: Problem[] = [];
  if (!isSameStatus(name, answer, plain))
    problems.push({ message: `${what} answers ${String(answer.status)}, plain GET ${String(plain.status)}` });
  if (answer.hasStrayBody) problems.push({ message: `${what} is answered with a body` });
  return problems;
}

function accepted({ what, answer }: Heard): Problem[] {
  if (answer.kind !== 'answered') return [{ message: `${what}: ${whyNot(answer)}` }];
  const { status } = answer;
  const message = `${what} answers ${String(status)}`;
  // A service that is not ready may say that to every method alike, which accepts them.
  if (status >= 500 && status !== 501 && status !== 503) return [{ message }];
  return status >= 400 && status !== 503 ? [] : [{ message, status: 'WARN' }];
}

/** Probes and balancers send one request after another over one connection. */
function judgeKept([first, second]: readonly [Heard, Heard]): DeploymentFinding {
  const id = 'health.keep-alive';
  const hint = 'Keep connections open, and send nothing that belongs to no answer.';
  for (const [heard, count] of [
    [first, 'first'],
    [second, 'second'],
  ] as const) {
    if (heard.answer.kind !== 'answered')
      return joined(id, '', [{ message: `the ${count} request of a connection: ${whyNot(heard.answer)}` }], hint);
  }
  const [one, two] = [first.answer as Answered, second.answer as Answered];
  if (!isSameStatus('live', one, two)) {
    const message = `the second request of a connection is answered with ${String(two.status)}, the first with ${String(one.status)}`;
    return joined(id, '', [{ message }], hint);
  }
  if (two.isReused) return pass(id, 'two requests are answered over one connection');
  if (/\bclose\b/i.test(header(one, 'connection'))) return pass(id, 'it says that it closes each connection, and does');
  return warn(id, 'it closes a connection after one answer without saying so', hint);
}
