import type { Answer, Client } from '../client.js';
import type { Stage } from '../stage.js';
import type { Pair } from './pair.js';
import type { Side } from './side.js';

/** What the preset sends. */
const SECURITY = [
  'x-content-type-options',
  'x-frame-options',
  'x-xss-protection',
  'strict-transport-security',
  'content-security-policy',
];
/** These tell of the moment and the connection, not of the service. */
const OF_THE_MOMENT = ['date', 'connection', 'keep-alive'];

const ADDRESS = '198.51.100.1';
const ASKED = ['/stock', '/nothing', '/pay'];

/** Answers 200, 404 and 500 of one side. */
export async function ask(side: Side): Promise<readonly Answer[]> {
  const client = side.client(ADDRESS);
  const answers: Answer[] = [];
  for (const path of ASKED) answers.push(await client.get(path));
  return answers;
}

/** The headers that the call adds, and that it leaves alone what the service says itself. */
export function promiseHeaders(stage: Stage, bare: readonly Answer[], hardened: readonly Answer[]): void {
  const before = bare.map(secured);
  const after = hardened.map(secured);
  stage.promise(
    'all five security headers are on every answer, 200, 404 and 500; on no bare one',
    after.every((count) => count === SECURITY.length) &&
      before.every((count) => count < SECURITY.length) &&
      before[0] === 0,
    `${told(bare, before)}; after the call ${told(hardened, after)}`,
  );
  const powered = bare.map(({ headers }) => headers['x-powered-by']).filter((value) => value !== undefined);
  const changed = bare.flatMap((answer, n) => changes(answer, hardened[n]));
  stage.promise(
    'what the service says itself is the same: status, body, and every header of its own',
    changed.length === 0 && bare.map(({ status }) => status).join() === '200,404,500',
    changed.length > 0
      ? `changed: ${changed.join('; ')}`
      : powered.length > 0
        ? `also X-Powered-By: ${String(powered[0])}, on all ${String(powered.length)}: app.disable('x-powered-by') takes it away`
        : 'no X-Powered-By on either',
  );
}

/** Without the call everything is as it was, for those who were refused as well. */
export async function promiseDisposed(
  stage: Stage,
  pair: Pair,
  bare: readonly Answer[],
  blocked: Client,
): Promise<void> {
  const lines = accessLines(pair.hardened);
  pair.dispose();
  const again = await ask(pair.hardened);
  const live = await pair.hardened.client(ADDRESS).get('/health/live');
  const freed = await blocked.post('/orders', {}, 'x');
  const differences = bare.flatMap((answer, n) => [
    ...changes(answer, again[n]),
    ...names(again[n]).filter((name) => !names(answer).includes(name)),
  ]);
  const more = accessLines(pair.hardened) - lines;
  stage.promise(
    'dispose() takes all of it away: the bare answers are back, to the last header',
    differences.length === 0 && live.status === 404 && freed.status === 200 && more === 0,
    [
      differences.length === 0 ? 'no difference' : differences.join('; '),
      `/health/live ${String(live.status)}`,
      `the client that flooded ${String(freed.status)}`,
      `${String(more)} access lines`,
    ].join(', '),
  );
}

function accessLines(side: Side): number {
  return side.lines(({ msg }) => msg === 'request').length;
}

function secured({ headers }: Answer): number {
  return SECURITY.filter((name) => headers[name] !== undefined).length;
}

function told(answers: readonly Answer[], counts: readonly number[]): string {
  return answers
    .map(({ status }, n) => `${String(status)} with ${String(counts[n])} of ${String(SECURITY.length)}`)
    .join(', ');
}

function names(answer: Answer | undefined): readonly string[] {
  return Object.keys(answer?.headers ?? {}).filter((name) => !OF_THE_MOMENT.includes(name));
}

/** What of the one answer is not in the other. */
function changes(answer: Answer, other: Answer | undefined): readonly string[] {
  const changed = names(answer).filter((name) => other?.headers[name] !== answer.headers[name]);
  if (other?.status !== answer.status) changed.push(`status ${String(other?.status)}`);
  if (other?.body !== answer.body) changed.push('body');
  return changed;
}
