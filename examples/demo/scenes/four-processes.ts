import { randomBytes } from 'node:crypto';
import { type Answer, Client, ms, spread, statuses } from '../client.js';
import { Replicas } from '../replicas.js';
import { type Scene, type Stage, watch } from '../stage.js';
import { Wire } from '../wire.js';

const PROCESSES = 4;
const CAPACITY = 100;
/** What is decided without the store is decided within its time limit of 500 ms; the rest is for a busy machine. */
const SOON_MS = 1_000;
const A_SECOND_MS = 1_000;
const TWO_SECONDS_MS = 2_000;

/** Four processes limit and block as one, also while what they share is away. */
export const fourProcesses: Scene = {
  title: 'Four processes, one limit',
  main: false,
  word: 'processes',
  async play(stage) {
    const url = new URL(stage.redis?.href ?? '');
    const wire = new Wire({ host: url.hostname, port: Number(url.port === '' ? 6379 : url.port) });
    const replicas = new Replicas(new URL('../sharing-replica.ts', import.meta.url));
    try {
      await wire.mend();
      [url.hostname, url.port] = ['127.0.0.1', String(wire.port)];
      const variables = {
        REDIS_URL: url.href,
        PREFIX: `breakwater-demo-${randomBytes(4).toString('hex')}`,
        INSTANCES: String(PROCESSES),
        CAPACITY: String(CAPACITY),
      };
      const started = await Promise.all(Array.from({ length: PROCESSES }, () => replicas.start(variables)));
      const clients = started.map((replica) => new Client(replica.url, '198.51.100.77'));
      try {
        await limit(stage, clients);
        await block(stage, clients);
        await away(stage, clients, wire);
      } finally {
        for (const client of clients) client.close();
      }
    } finally {
      await replicas.end();
      await wire.cut();
    }
  },
};

/** One user's requests, as many to each process, all at once. */
async function ordersOf(user: string, clients: readonly Client[], each: number): Promise<Answer[]> {
  const asked = clients.flatMap((client) =>
    Array.from({ length: each }, () => client.get('/orders', { 'X-User-Id': user })),
  );
  return Promise.all(asked);
}

const admitted = (answers: readonly Answer[]): number => answers.filter(({ status }) => status === 200).length;
const isDegraded = ({ body }: Answer): boolean => (JSON.parse(body) as { degraded: boolean }).degraded;

async function limit(stage: Stage, clients: readonly Client[]): Promise<void> {
  const each = 60;
  stage.say(
    `A user may send ${String(CAPACITY)} requests, and sends ${String(each)} to each of four processes at once.`,
  );
  const answers = await ordersOf('anna', clients, each);
  stage.promise(
    `exactly ${String(CAPACITY)} are admitted, by all of them together`,
    admitted(answers) === CAPACITY && !answers.some(isDegraded),
    statuses(answers),
  );
}

async function block(stage: Stage, clients: readonly Client[]): Promise<void> {
  const [first, , third] = clients as readonly [Client, Client, Client, Client];
  const everywhere = (status: number) =>
    watch(
      () => Promise.all(clients.map((client) => client.get('/'))),
      (answers) => answers.every((answer) => answer.status === status),
      10 * A_SECOND_MS,
    );
  await first.get('/block');
  const refused = await everywhere(429);
  stage.promise(
    'an address that one process blocks is refused by all of them within a second',
    refused.seen.every(({ status }) => status === 429) && refused.afterMs < A_SECOND_MS,
    `${statuses(refused.seen)} after ${ms(refused.afterMs)}`,
  );
  await third.get('/unblock');
  const served = await everywhere(200);
  stage.promise(
    'another process lifts the block, and all serve it within a second',
    served.seen.every(({ status }) => status === 200) && served.afterMs < A_SECOND_MS,
    `${statuses(served.seen)} after ${ms(served.afterMs)}`,
  );
}

async function away(stage: Stage, clients: readonly Client[], wire: Wire): Promise<void> {
  const each = 40;
  await wire.cut();
  stage.say(`The wire to Redis is cut. Another user sends ${String(each)} to each process.`);
  const answers = await ordersOf('berta', clients, each);
  const { max } = spread(answers.map((answer) => answer.ms));
  stage.promise(
    'each process goes on with its share of the limit: all are answered, and no more are admitted than the limit',
    admitted(answers) > 0 && admitted(answers) <= CAPACITY && answers.every(isDegraded) && max < SOON_MS,
    `${statuses(answers)}, the slowest after ${ms(max)}, all marked as decided without the store`,
  );
  await wire.mend();
  const back = await watch(
    () => Promise.all(clients.map((client) => client.get('/orders', { 'X-User-Id': 'carla' }))),
    (seen) => !seen.some(isDegraded),
    10 * A_SECOND_MS,
  );
  stage.promise(
    'when the wire is mended, all are back within two seconds, by themselves',
    !back.seen.some(isDegraded) && back.afterMs < TWO_SECONDS_MS,
    `after ${ms(back.afterMs)}`,
  );
}
