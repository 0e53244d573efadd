import { type Answer, type Client, ms, statuses } from '../client.js';
import { type Scene, sleep, type Stage } from '../stage.js';

const BURST = 100;
const PER_SECOND = 100 / 60;
/** So many refusals within five minutes flag. */
const FLAGGED_AT = 50;
const AT_ONCE = 10;
/** Below the address's own limit on this route. */
const MOST_ASKED = 700;

/** What a user was told, and between which moments it was decided. */
interface Asked {
  readonly answer: Answer;
  readonly sentMs: number;
  readonly cameMs: number;
  /** The wait that the limiter promised; none when it admitted. */
  readonly waitMs: number | undefined;
}

type Ask = (user: string) => Promise<Asked>;

/** A limit for each user is nothing to the others, tells the truth about its waits, and shows who runs into it. */
export const besideAnAbuser: Scene = {
  title: 'Two users beside one abuser',
  main: true,
  async play(stage) {
    const { hardening } = stage.service;
    const waits = new Map<string, number>();
    const stop = hardening.on('refused', ({ id = '', decision }) => waits.set(id, decision.retryAfterMs));
    // One office, one address: only their names tell them apart.
    const office = stage.visitor();
    try {
      const ask: Ask = (user) => asked(office, user, waits);
      await flood(stage, ask);
      await comeBack(stage, ask);
      await explain(stage, ask);
    } finally {
      stop();
    }
  },
};

async function asked(office: Client, user: string, waits: ReadonlyMap<string, number>): Promise<Asked> {
  const sentMs = performance.now();
  const answer = await office.get('/api/users', { 'X-User-ID': user });
  return { answer, sentMs, cameMs: performance.now(), waitMs: waits.get(String(answer.headers['x-request-id'])) };
}

async function flood(stage: Stage, ask: Ask): Promise<void> {
  stage.say('ann, bob and mallory share an address; mallory asks as fast as it goes, the others now and then.');
  const startedMs = performance.now();
  const calm: Answer[] = [];
  const served: Answer[] = [];
  const refused: Asked[] = [];
  while (refused.length < FLAGGED_AT && served.length + refused.length < MOST_ASKED) {
    const [ann, bob, ...mallory] = await Promise.all(
      ['ann', 'bob', ...Array.from({ length: AT_ONCE }, () => 'mallory')].map(ask),
    );
    for (const each of [ann, bob]) if (each !== undefined) calm.push(each.answer);
    for (const each of mallory) {
      if (each.waitMs === undefined) served.push(each.answer);
      else refused.push(each);
    }
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const most = Math.floor(BURST + PER_SECOND * seconds);
  stage.promise(
    'mallory is served the burst that everybody has, and what comes back meanwhile',
    served.length >= BURST && served.length <= most && served.every(({ status }) => status === 200),
    `${statuses(served)} in ${seconds.toFixed(1)} s, at most ${String(most)}`,
  );
  const tokenMs = 1_000 / PER_SECOND;
  const exact = refused.filter(
    ({ answer, waitMs = NaN }) =>
      answer.status === 429 &&
      waitMs > 0 &&
      waitMs <= tokenMs + 1e-3 &&
      answer.headers['retry-after'] === String(Math.ceil(waitMs / 1_000)),
  );
  stage.promise(
    'the rest is refused with the time to the next request, on the wire in whole seconds',
    exact.length === refused.length && refused.length >= FLAGGED_AT,
    `${String(exact.length)} of ${String(refused.length)} x 429 within ${ms(tokenMs)}, Retry-After 1`,
  );
  stage.promise(
    'ann and bob are served all along, at the same address',
    calm.every(({ status }) => status === 200),
    statuses(calm),
  );
}

/**
 * Each answer was decided between its request and its coming, so each refusal bounds the moment that it promised from
 * both sides. However slow the machine is, these bounds must have a moment in common, and nobody passes before it.
 */
async function comeBack(stage: Stage, ask: Ask): Promise<void> {
  const refusals: Asked[] = [];
  let admitted: Asked | undefined;
  let [notBeforeMs, notAfterMs] = [-Infinity, Infinity];
  while (admitted === undefined && refusals.length < 100) {
    const next = await ask('mallory');
    if (next.waitMs === undefined) {
      admitted = next;
      break;
    }
    refusals.push(next);
    notBeforeMs = Math.max(notBeforeMs, next.sentMs + next.waitMs);
    notAfterMs = Math.min(notAfterMs, next.cameMs + next.waitMs);
    // Once in the middle, so that two promises can be compared, then when it is time.
    await sleep(refusals.length === 1 ? next.waitMs / 2 : notAfterMs - performance.now() + 2);
  }
  const first = refusals[0]?.waitMs;
  if (admitted === undefined || first === undefined) {
    // The token had come before anybody could ask for it: the machine was that slow.
    stage.promise('mallory is admitted again when promised', admitted !== undefined, 'no wait was left to compare');
    return;
  }
  stage.promise(
    'every refusal promises mallory the same moment',
    notBeforeMs <= notAfterMs + 1e-3,
    `${String(refusals.length)} refusals, the first with ${ms(first)} to go`,
  );
  stage.promise(
    'nobody passes before it, and who comes then is admitted',
    admitted.cameMs >= notBeforeMs - 1e-3 && admitted.answer.status === 200 && refusals.length <= 2,
    `${String(admitted.answer.status)} when ${ms(admitted.cameMs - (refusals[0]?.sentMs ?? NaN))} were over`,
  );
}

async function explain(stage: Stage, ask: Ask): Promise<void> {
  const { abuse } = stage.service.guards;
  const flagged = ['ann', 'bob', 'mallory'].filter((user) => abuse.isFlagged(`id:${user}`));
  const why = abuse.explain('id:mallory');
  stage.promise(
    'the detector flags mallory, and nobody else, and says why',
    flagged.join() === 'mallory' && why?.countByType['RATE_LIMITED'] === FLAGGED_AT && why.evidence.length > 0,
    `${flagged.join(', ')}: ${why?.reasons.map(({ text }) => text).join(', ') ?? ''}, last seen: ${why?.evidence.at(-1)?.evidence ?? ''}`,
  );
  const told: string[] = [];
  const stop = abuse.on('unflagged', ({ subject, by, note }) => told.push(`${subject} by ${by ?? ''}: ${note ?? ''}`));
  abuse.unflag('id:mallory', { by: 'eve', note: 'a script of ours that ran wild', graceMs: 3_600_000 });
  stop();
  const again = await Promise.all(Array.from({ length: FLAGGED_AT + AT_ONCE }, () => ask('mallory')));
  const refusedAgain = again.filter(({ waitMs }) => waitMs !== undefined).length;
  stage.promise(
    'an operator lifts the flag with a note, and within the grace nothing flags again',
    told.length === 1 && !abuse.isFlagged('id:mallory') && abuse.explain('id:mallory')?.lifted?.by === 'eve',
    `${told.join()}; ${String(refusedAgain)} more refusals since`,
  );
}
