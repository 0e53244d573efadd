import type { DeploymentFinding } from '../finding.js';
import { type Answered, header, isOfHealth } from './answer.js';
import { headerLeaksOf } from './leak.js';
import { joined } from './report.js';
import type { FirstLook } from './survey.js';

interface Probe {
  readonly what: string;
  readonly answer: Answered;
}

/** Headers that name what answers; with a version they say what to try against it. */
const BANNERS = ['server', 'x-powered-by', 'x-aspnet-version', 'x-generator'];

/** Findings of what the probes' answers say of themselves; a route that is not there has none. @internal */
export function judgeHeaders({ live, ready }: FirstLook, own: readonly string[]): DeploymentFinding[] {
  const probes = [live, ready].flatMap(({ what, answer }): Probe[] =>
    answer.kind === 'answered' && isOfHealth(answer) ? [{ what, answer }] : [],
  );
  if (probes.length === 0) return [];
  return [
    judge(probes, 'cache-control', 'answers may not be stored', cacheable, 'Send `Cache-Control: no-store`.'),
    judge(probes, 'content-type', 'answers say what they are', untyped, 'Send `Content-Type: application/json`.'),
    judge(probes, 'nosniff', 'answers are not to be guessed at', guessable, 'Send `X-Content-Type-Options: nosniff`.'),
    judge(
      probes,
      'retry-after',
      'a 503 says when to come back',
      restless,
      'Send `Retry-After` with a 503, in seconds.',
    ),
    judge(
      probes,
      'banner',
      'no header tells a version',
      boastful,
      'Leave the version out of the header, or the header.',
    ),
    judge(
      probes,
      'leak',
      'no header tells of the inside',
      (answer) => telling(answer, own),
      'Leave it out of the header, or the header.',
    ),
    judge(
      probes,
      'set-cookie',
      'no probe is given a cookie',
      baking,
      'Mount the health routes before sessions: each probe may begin one.',
    ),
  ];
}

function judge(
  probes: readonly Probe[],
  name: string,
  inOrder: string,
  problemOf: (answer: Answered) => { readonly message: string; readonly status: 'WARN' | 'FAIL' } | undefined,
  hint: string,
): DeploymentFinding {
  const problems = probes.flatMap(({ what, answer }) => {
    const problem = problemOf(answer);
    return problem === undefined ? [] : [{ ...problem, message: `${what} ${problem.message}` }];
  });
  return joined(`health.headers.${name}`, inOrder, problems, hint);
}

const slight = (message: string) => ({ message, status: 'WARN' as const });

function cacheable(answer: Answered) {
  const field = header(answer, 'cache-control');
  if (/\bno-store\b/i.test(field)) return undefined;
  // Whoever keeps such an answer tells yesterday's health.
  if (/\b(?:public|immutable|s-?max-?age|max-age=[1-9])/i.test(field))
    return { message: 'may be kept by caches', status: 'FAIL' as const };
  return slight('lacks Cache-Control: no-store');
}

function untyped(answer: Answered) {
  if (answer.body === '' || header(answer, 'content-type') !== '') return undefined;
  return slight('has a body without Content-Type');
}

function guessable(answer: Answered) {
  return header(answer, 'x-content-type-options').toLowerCase() === 'nosniff'
    ? undefined
    : slight('lacks X-Content-Type-Options: nosniff');
}

function restless(answer: Answered) {
  if (answer.status !== 503 || /^(?:\d{1,6}|[A-Z][a-z]{2}, .*GMT)$/.test(header(answer, 'retry-after')))
    return undefined;
  return slight('is 503 without a Retry-After that can be read');
}

function boastful(answer: Answered) {
  const names = BANNERS.filter((name) => /\d/.test(header(answer, name)));
  return names.length === 0 ? undefined : slight(`tells a version in ${names.join(' and ')}`);
}

function telling({ headers }: Answered, own: readonly string[]) {
  const leaks = headerLeaksOf(headers, own);
  return leaks.length === 0 ? undefined : { message: `tells ${leaks.join(', ')} in a header`, status: 'FAIL' as const };
}

function baking(answer: Answered) {
  return header(answer, 'set-cookie') === '' ? undefined : slight('sets a cookie');
}
