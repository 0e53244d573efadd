import type { LifecycleStep, StopReport } from 'breakwater/lifecycle';
import { Client, ms, statuses } from '../client.js';
import { Crowd } from '../crowd.js';
import { replace, type Replacement, REMOVAL_MS } from '../replacement.js';
import { type Replica, Replicas } from '../replicas.js';
import { KEY_LENGTH, newSecret, showsAny } from '../secrets.js';
import type { Scene, Stage } from '../stage.js';

const VISITORS = { keptAlive: 20, fresh: 8 };
/** Far more than a busy machine needs to take a replica out of the rotation in time. */
const PATIENT = { drainMs: 2_000, budgetMs: 20_000 };
const STRICT = { drainMs: 100, budgetMs: 1_500 };

const STEPS = ['drain while accepting', 'requests in flight', 'tracked work', 'stop database'];
const TOLD = [
  'stopping',
  'stop: drain while accepting',
  'order taken',
  'stop: requests in flight',
  'receipt sent',
  'stop: tracked work',
  'database closed',
  'stop: stop database',
  'stopped',
];

/** New processes take over from old ones, and nobody notices. */
export const rollingRestart: Scene = {
  title: 'A rolling restart under load',
  main: false,
  word: 'restart',
  async play(stage) {
    const replicas = new Replicas(new URL('../replica.ts', import.meta.url));
    try {
      const last = await restart(stage, replicas);
      await hang(stage, last);
    } finally {
      await replicas.end();
    }
  },
};

/** How a replica leaves: how long it goes on accepting, and the longest that all of it may take. */
function leaving({ drainMs, budgetMs }: typeof PATIENT): Readonly<Record<string, string>> {
  return { DRAIN_MS: String(drainMs), BUDGET_MS: String(budgetMs) };
}

/** Replaces both of two replicas, and gives the last one that started. */
async function restart(stage: Stage, replicas: Replicas): Promise<Replica> {
  const { keptAlive, fresh } = VISITORS;
  const [first, second] = await Promise.all([replicas.start(leaving(PATIENT)), replicas.start(leaving(PATIENT))]);
  stage.say(
    `Two processes serve ${String(keptAlive)} visitors on kept-alive connections and ${String(fresh)} on new ones; both are replaced,`,
  );
  stage.say(
    `one after the other. Each gets SIGTERM; visitors are sent elsewhere ${ms(REMOVAL_MS)} later, its listener closes after ${ms(PATIENT.drainMs)}.`,
  );
  const rotation = new Set([first.url, second.url]);
  const crowd = new Crowd(rotation, keptAlive, fresh);
  try {
    const [third, fourth] = await Promise.all([replicas.start(leaving(PATIENT)), replicas.start(leaving(STRICT))]);
    const left = [await replace(first, third, rotation), await replace(second, fourth, rotation)];
    await crowd.leave();
    promiseVisitors(stage, crowd);
    promiseDrain(stage, left);
    promiseOrder(stage, left);
    return fourth;
  } finally {
    await crowd.leave();
  }
}

function promiseVisitors(stage: Stage, { answers, failures }: Crowd): void {
  const reused = answers.filter((answer) => answer.reused).length;
  const told = answers.filter(({ headers }) => headers['connection'] === 'close').length;
  stage.promise(
    'every request of every visitor is answered 200: none is refused, none is reset',
    failures.length === 0 && answers.every(({ status }) => status === 200) && reused > 0 && reused < answers.length,
    [
      statuses(answers),
      `${String(reused)} of them on a connection that had been used before`,
      `${String(told)} told to close it`,
      `${String(failures.length)} failed${failures.length === 0 ? '' : `: ${[...new Set(failures)].join()}`}`,
    ].join(', '),
  );
}

function promiseDrain(stage: Stage, left: readonly Replacement[]): void {
  stage.promise(
    'at SIGTERM readiness says that it leaves, at once; liveness stays 200',
    left.every(({ ready, live }) => ready.status === 503 && ready.body.includes('draining') && live.status === 200),
    left
      .map(({ ready, readyAfterMs, live }) => {
        const is = `${String(ready.status)} ${ready.body} after ${ms(readyAfterMs)}`;
        return `${is}, live ${String(live.status)}`;
      })
      .join('; '),
  );
  stage.promise(
    'who comes then is still served, and told to go elsewhere next time',
    left.every(({ accepted }) => accepted.status === 200 && accepted.headers['connection'] === 'close'),
    left
      .map(({ accepted }) => `${String(accepted.status)}, Connection: ${String(accepted.headers['connection'])}`)
      .join('; '),
  );
}

function promiseOrder(stage: Stage, left: readonly Replacement[]): void {
  stage.promise(
    'an order that was half sent at SIGTERM, and complete only after the listener had closed, is answered',
    left.every(({ order }) => order.status === 200),
    left.map(({ order }) => `${String(order.status)} ${order.body}`).join('; '),
  );
  const steps = left.map(({ lines }) => stepsOf(lines));
  const told = left.map(({ lines }) => lines.map(({ msg }) => String(msg)).filter((msg) => TOLD.includes(msg)));
  const wrong = told.find((messages) => messages.join() !== TOLD.join());
  stage.promise(
    'its receipt, tracked work, is waited for; the database is closed after both; the log tells so in this order',
    wrong === undefined && steps.every((each) => each.map(({ name }) => name).join() === STEPS.join()),
    (wrong ?? TOLD).join(', '),
  );
  stage.promise(
    'both exit with 0',
    left.every(({ exitCode }) => exitCode === 0),
    left.map(({ exitCode }) => String(exitCode)).join(' and '),
  );
  stage.say('The steps of the first one, as its log tells them: when, for how long, and what came of it.');
  for (const { name, status, atMs, durationMs } of steps[0] ?? [])
    stage.quote(`${ms(atMs).padStart(9)}  ${ms(durationMs).padStart(9)}  ${status}  ${name}`);
}

function stepsOf(lines: Replacement['lines']): readonly LifecycleStep[] {
  const stopped = lines.find(({ msg }) => msg === 'stopped') as Partial<StopReport> | undefined;
  return stopped?.steps ?? [];
}

/** A request that never ends must not keep the process for ever. */
async function hang(stage: Stage, replica: Replica): Promise<void> {
  stage.say(
    `The last one has a budget of ${ms(STRICT.budgetMs)}. It gets SIGTERM while a request hangs that nobody answers.`,
  );
  const token = newSecret(KEY_LENGTH);
  const client = new Client(replica.url, undefined);
  try {
    const asked = client.get(`/stuck?token=${token}`).then(
      ({ status }) => status,
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    await replica.says('stuck');
    replica.terminate();
    const exitCode = await replica.ended;
    const stopping = replica.lines().find(({ unfinished }) => unfinished !== undefined) as unknown as
      (StopReport & { readonly msg: string }) | undefined;
    const unfinished = (stopping?.unfinished ?? []).map(({ what }) => what);
    stage.promise(
      'it ends within its budget, with exit code 1',
      exitCode === 1 && stopping?.exitCode === 1,
      `exit code ${String(exitCode)} after ${ms(stopping?.durationMs ?? NaN)}; the client saw ${String(await asked)}`,
    );
    if (stopping !== undefined) stage.quote(stopping.msg);
    stage.promise(
      'it names what was cut off by method and path, without the token of its query',
      unfinished.join() === 'GET /stuck' && !showsAny(replica.text(), [token]),
      `unfinished: ${unfinished.join()}`,
    );
  } finally {
    client.close();
  }
}
