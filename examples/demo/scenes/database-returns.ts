import { type Answer, ms, spread, statuses } from '../client.js';
import { healthOf, shown } from '../health.js';
import { type Scene, sleep, watch } from '../stage.js';

const BURST = 20;
const AFTERWARDS = 50;

/** The server comes back on the same port with the same data; one query finds out, the others wait for its verdict. */
export const databaseReturns: Scene = {
  title: 'The database returns',
  main: true,
  async play(stage) {
    const { breaker, admitted } = stage.service.backend;
    const visitor = stage.visitor();
    const ask = (n: number): Promise<Answer> =>
      visitor.get('/api/users', { 'X-User-ID': `returning-${String(n % 4)}` });
    const moves: string[] = [];
    const unsubscribe = breaker.on('stateChange', ({ from, to }) => moves.push(`${from} > ${to}`));

    const startedMs = performance.now();
    await stage.database.crash();
    await stage.database.start();
    stage.say(`The frozen server is killed and started again: ready after ${ms(performance.now() - startedMs)}.`);
    const waitMs = breaker.snapshot().remainingMs ?? 0;
    stage.say(`The circuit has ${ms(waitMs)} of its break left; then ${String(BURST)} requests arrive at once.`);
    await sleep(waitMs + 20);

    const probesBefore = admitted.get('HALF_OPEN') ?? 0;
    const burst = await Promise.all(Array.from({ length: BURST }, (_, n) => ask(n)));
    unsubscribe();
    const probes = (admitted.get('HALF_OPEN') ?? 0) - probesBefore;
    const { max } = spread(burst.map((answer) => answer.ms));
    stage.say(`They are answered ${statuses(burst)}, the last one after ${ms(max)}.`);
    stage.promise('exactly one probe reaches the database', probes === 1, `${String(probes)} of ${String(BURST)}`);
    stage.promise(
      'that probe closes the circuit',
      breaker.state === 'CLOSED' &&
        moves.at(-1) === 'HALF_OPEN > CLOSED' &&
        moves.filter((move) => move.endsWith('CLOSED')).length === 1,
      moves.join(', '),
    );

    const after: Answer[] = [];
    for (let n = 0; n < AFTERWARDS; n++) after.push(await ask(n));
    const { median } = spread(after.map((answer) => answer.ms));
    stage.promise(
      'traffic is 200 again',
      after.every(({ status }) => status === 200),
      `${statuses(after)}, median ${ms(median)}`,
    );
    const complete = after.filter(({ body }) => body.includes('"total":"1000"')).length;
    stage.promise(
      'with all the data from before the crash',
      complete === after.length,
      `1000 users in ${String(complete)} answers`,
    );
    const { seen, afterMs } = await watch(
      () => healthOf(visitor),
      ({ word }) => word === 'HEALTHY',
      5_000,
    );
    stage.promise(
      '/health/check is HEALTHY again',
      seen.status === 200 && seen.word === 'HEALTHY',
      `${shown(seen)}, seen after ${ms(afterMs)}`,
    );
  },
};
