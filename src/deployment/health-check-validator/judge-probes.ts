import type { DeploymentFinding } from '../finding.js';
import { type Answer, type Answered, header, shownMs, whyNot } from './answer.js';
import type { Settings } from './options.js';
import { fail, FAILS, joined, pass, unknown, warn } from './report.js';
import { fieldWord, sayingOfBody } from './status-words.js';
import type { FirstLook, Heard, SecondLook } from './survey.js';

/** Codes that tell of the way to a service, or of this machine, and not of the service. */
const NOT_ITS_FAULT =
  /^(?:ENOTFOUND|EAI_\w+|ENETUNREACH|EHOSTUNREACH|EHOSTDOWN|EADDRNOTAVAIL|EACCES|EPERM|EMFILE|ABORTED)$/;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECODE|DECRYPT)|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)/;

/** A page for people in the place of an answer for machines. @internal */
export function isPage(answer: Answered): boolean {
  const { body } = answer;
  // Some frameworks call every text HTML, also the word `OK`.
  const isMarkup = /^\s*text\/html\b/i.test(header(answer, 'content-type')) && /<[a-z!]/i.test(body);
  return isMarkup || /^\s*<(?:!doctype|html)\b/i.test(body);
}

/** Findings of a service that answers nothing. @internal */
export function judgeSilence({ live, ready }: FirstLook, settings: Settings): DeploymentFinding[] {
  const { target } = settings;
  const { answer } = live;
  if (answer.kind === 'answered') return [];
  const told = { id: 'health.unreachable', message: `${target.origin} gives no answer: ${whyNot(answer)}` };
  const code = answer.kind === 'failed' ? answer.code : '';
  const missing = [live, ready].map((heard) => judgeProbe(heard, settings));
  if (target.isSecure && CERTIFICATE.test(code)) {
    const hint =
      'Give it a certificate for this host from an authority that is trusted, or name its own with `ca` (doctor: NODE_EXTRA_CA_CERTS).';
    return [
      fail('health.certificate', `the certificate of ${target.origin} is not trusted (${code})`, hint),
      ...missing,
    ];
  }
  if (NOT_ITS_FAULT.test(code)) {
    return [
      unknown(told.id, told.message, 'Look at the name, the network and this machine: nothing was asked.'),
      ...missing,
    ];
  }
  return [fail(told.id, told.message, hintFor(code, target.isSecure)), ...missing];
}

function hintFor(code: string, isSecure: boolean): string {
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return 'It seems to speak no TLS there: try http://.';
  if (code.startsWith('HPE_') && !isSecure) return 'It speaks no HTTP there: check the port, or try https://.';
  return 'Start the service, and check the port and the address that it listens on.';
}

/** Findings of the routes that probes ask. @internal */
export function judgeProbes(first: FirstLook, settings: Settings): DeploymentFinding[] {
  const { target } = settings;
  const certificate = target.isSecure
    ? [pass('health.certificate', `the certificate of ${target.origin} is trusted`)]
    : [];
  return [
    pass('health.unreachable', `${target.origin} answers`),
    ...certificate,
    judgeProbe(first.live, settings),
    judgeProbe(first.ready, settings),
    judgeStray(first.stray),
  ];
}

function judgeProbe({ what, name, answer }: Heard, settings: Settings): DeploymentFinding {
  const id = `health.${name}`;
  if (answer.kind !== 'answered') {
    const isUnknown = answer.kind === 'failed' && NOT_ITS_FAULT.test(answer.code);
    return (isUnknown ? unknown : fail)(
      id,
      `${what}: ${whyNot(answer)}`,
      'A probe that gets no answer restarts the process.',
    );
  }
  const { status, body } = answer;
  const said = `${what} answers ${String(status)}`;
  const problem = wrongAnswer(answer, settings);
  if (problem !== undefined) return fail(id, `${said}${problem.message}`, problem.hint);
  // A process that is not ready is alive.
  const saying = sayingOfBody(body, name === 'live' ? 'ready' : '');
  const words = [saying?.word, fieldWord(body, 'phase')];
  const shown = words.flatMap((one) => one?.toUpperCase().replaceAll('_', ' ') ?? []).join(', ');
  if (status === 503) {
    const state = shown === '' ? '' : `: ${shown}`;
    if (name === 'ready')
      return fail(id, `${said}, it is not ready${state}`, 'Ask its route `check` with a token for what is missing.');
    return fail(id, `${said}${state}`, 'Liveness must depend on nothing but the process, or a dependency restarts it.');
  }
  if (status < 200 || status > 299) return fail(id, said, 'It must answer 200 while it works.');
  if (saying?.verdict === 'BAD')
    return fail(id, `${said} and says ${shown}`, 'Probes look at the status code alone: answer 503.');
  if (status !== 200) return warn(id, said, 'Answer 200: not everything that probes takes another for well.');
  if (saying?.verdict === 'LESS')
    return warn(
      id,
      `${said}, ${shown}`,
      'It serves, with less: ask its route `check` with a token for what is missing.',
    );
  if (saying === undefined && body.trim() !== '')
    return warn(
      id,
      `${said} with a body that says in no known way how it is`,
      'Say `{"status":"ok"}`, or nothing at all.',
    );
  return pass(id, shown === '' ? `${said}, without a body` : `${said}, ${shown}`);
}

/** Answers that are none of a health route. */
function wrongAnswer(
  answer: Answered,
  { target, prefix }: Settings,
): { readonly message: string; readonly hint: string } | undefined {
  const { status } = answer;
  if (status >= 300 && status <= 399)
    return { message: ', a redirect', hint: 'Answer in place: a probe takes whatever it is led to for the service.' };
  if (status === 404)
    return {
      message: '',
      hint: target.path.replace(/\/+$/, '').endsWith(prefix)
        ? `The address ends in ${prefix} already: leave that out, the routes are looked for below it.`
        : 'Mount the health routes, or say where they are: `baseUrl` and `prefix` (doctor: the address and --prefix).',
    };
  if (status === 401 || status === 403)
    return {
      message: '',
      hint: 'Let it through without authorisation: probes have none, and a refusal restarts the process.',
    };
  if (status === 429)
    return { message: '', hint: 'Exempt the health routes from limits: a refused probe restarts the process.' };
  if (status >= 500 && status !== 503)
    return {
      message: isPage(answer) ? ' with an HTML page' : '',
      hint: status === 500 ? FAILS : 'See whether it runs: what stands before it answers so when it gets no answer.',
    };
  if (isPage(answer) && status === 503)
    return { message: ' with an HTML page', hint: 'See whether it runs: what stands before it seems to answer.' };
  if (isPage(answer))
    return { message: ' with an HTML page', hint: 'Mount the health routes before the route that answers everything.' };
  if (answer.isCut) return { message: ' with a body of more than 64 KiB', hint: 'Answer with the status alone.' };
  return undefined;
}

/** A service that answers everything proves nothing by its answers. */
function judgeStray({ what, answer }: Heard): DeploymentFinding {
  const id = 'health.catch-all';
  if (answer.kind !== 'answered') return unknown(id, `${what}: ${whyNot(answer)}`, 'An unknown route must be a 404.');
  const { status } = answer;
  const said = `${what} is answered with ${String(status)}`;
  if (status >= 200 && status <= 299)
    return fail(
      id,
      `${said}: so may be the probes`,
      'Let the route that answers everything leave out what is below the prefix.',
    );
  if (status >= 400 && status <= 499 && status !== 429) return pass(id, said);
  return warn(id, said, 'An unknown route must be a 404.');
}

/** Whether the probes answer soon, and everything else in time. @internal */
export function judgeLatency(
  first: FirstLook,
  second: SecondLook | undefined,
  { slowMs }: Settings,
): DeploymentFinding {
  const probes = [first.live, first.ready];
  const slow = probes.filter(({ answer }) => answer.kind === 'answered' && answer.tookMs >= slowMs);
  const rest = second === undefined ? [] : everything(second);
  const late = [...probes, first.stray, ...rest].filter(({ answer }) => answer.kind === 'timed out');
  const problems = [
    ...late.map(({ what, answer }) => ({ message: `${what}: ${why(answer)}` })),
    ...slow.map(({ what, answer }) => ({
      status: 'WARN' as const,
      message: `${what} took ${shownMs(answer.tookMs)}, slow is from ${shownMs(slowMs)} on`,
    })),
  ];
  const slowest = shownMs(Math.max(...probes.map(({ answer }) => answer.tookMs)));
  return joined(
    'health.latency',
    `the probes answer within ${slowest}`,
    problems,
    'Keep what is asked out of the answer: a probe of Kubernetes waits 1 s unless told otherwise.',
  );
}

function why(answer: Answer): string {
  return answer.kind === 'answered' ? '' : whyNot(answer);
}

/** All that was asked second. @internal */
export function everything({
  heads,
  queries,
  methods,
  details,
  wrongToken,
  rightToken,
  kept,
}: SecondLook): readonly Heard[] {
  const right = rightToken === undefined ? [] : [rightToken];
  return [...heads, ...queries, ...methods, ...details, ...wrongToken, ...right, ...kept];
}
