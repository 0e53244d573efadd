import { type Answer, type Client, databaseMs, ms, spread, statuses } from '../client.js';
import { healthOf, shown } from '../health.js';
import { type Scene, watch } from '../stage.js';

const FAILURES_TO_OPEN = 5;
const WARM_UP = 30;
/** Others meanwhile, each below what an address may ask in a minute. */
const NEIGHBOURS = 8;
const ASKED_BY_EACH = 90;
const MEASURED = 200;
/** A machine that is busy with something else gets another chance to show how fast it is. */
const MOST_ROUNDS = 9;
/** Of half of the answers, as the visitor sees them, who shares the machine with service and database. */
const ROUND_TRIP_MS = 2;

/** The worst way to fail: the database keeps its connections and says nothing, so that every query waits. */
export const databaseStops: Scene = {
  title: 'The database stops',
  main: true,
  async play(stage) {
    const { breaker, admitted } = stage.service.backend;
    let visitor = stage.visitor();
    let round = 0;
    // Users and addresses have a budget a minute, so the load comes from several, and from others in each round.
    const ask = (n: number): Promise<Answer> =>
      visitor.get('/api/users', { 'X-User-ID': `patient-${String(round)}-${String(n % 16)}` });
    await stage.database.freeze();
    stage.say('The server is frozen: its connections stay open, nothing answers.');

    const hanging: Answer[] = [];
    const states: string[] = [];
    const hang = async (): Promise<void> => {
      for (let n = 0; n < FAILURES_TO_OPEN; n++) {
        hanging.push(await ask(n));
        states.push(breaker.state);
      }
    };
    const neighbours = Array.from({ length: NEIGHBOURS }, () => stage.visitor());
    const [, ...others] = await Promise.all([hang(), ...neighbours.map(askForHealth)]);
    const waits = spread(hanging.map((answer) => answer.ms));
    stage.say(
      `The first ${String(FAILURES_TO_OPEN)} requests hang until the query gives up: median ${ms(waits.median)}.`,
    );
    stage.promise(
      'each of them is answered 503 after its timeout',
      hanging.every(({ status }) => status === 503),
      statuses(hanging),
    );
    stage.promise(
      'the circuit opens with the fifth failure, not before',
      states.join() === 'CLOSED,CLOSED,CLOSED,CLOSED,OPEN',
      states.join(' '),
    );

    const queriesBefore = admitted.get('OPEN') ?? 0;
    let refused: Answer[] = [];
    let fast = false;
    for (; round < MOST_ROUNDS && !fast; round++) {
      visitor = stage.visitor();
      for (let n = 0; n < WARM_UP; n++) await ask(n);
      stage.say(
        `${round === 0 ? 'Then' : 'The machine was busy; again'} ${String(MEASURED)} requests, one after the other.`,
      );
      refused = [];
      for (let n = 0; n < MEASURED; n++) refused.push(await ask(n));
      fast =
        spread(refused.map(databaseMs)).p95 < 1 && spread(refused.map((answer) => answer.ms)).median < ROUND_TRIP_MS;
    }
    const guarded = spread(refused.map(databaseMs));
    const trip = spread(refused.map((answer) => answer.ms));
    stage.say(`The guarded query answers in: median ${ms(guarded.median)}, 95 of 100 within ${ms(guarded.p95)}.`);
    stage.say(
      `Whole HTTP round trip: median ${ms(trip.median)}, 95 of 100 within ${ms(trip.p95)}, longest ${ms(trip.max)}.`,
    );
    stage.promise(
      'answers come in under a millisecond instead of hanging',
      fast,
      `query 95 of 100 within ${ms(guarded.p95)}, round trip median ${ms(trip.median)}, before ${ms(waits.median)}`,
    );
    const told = refused.map(({ headers }) => String(headers['retry-after']));
    stage.promise(
      'every answer is 503 and says when to come back',
      refused.every(({ status }) => status === 503) && told.every((text) => /^[1-3]$/.test(text)),
      `${statuses(refused)}, Retry-After ${[...new Set(told)].join(' and ')} s`,
    );
    const reached = (admitted.get('OPEN') ?? 0) - queriesBefore;
    stage.promise('no query is sent while the circuit is open', reached === 0, `${String(reached)} sent`);
    const plain = [...others.flat(), await visitor.get('/api/health')];
    stage.promise(
      'what needs no database has worked all along',
      plain.every(({ status }) => status === 200),
      `/api/health ${statuses(plain)}`,
    );

    const { seen, afterMs } = await watch(
      () => healthOf(visitor),
      ({ word }) => word === 'UNHEALTHY',
      5_000,
    );
    stage.promise(
      '/health/check turns UNHEALTHY, because the database is critical',
      seen.status === 503 && seen.word === 'UNHEALTHY',
      `${shown(seen)}, seen after ${ms(afterMs)}`,
    );
    const live = await healthOf(visitor, '/health/live');
    stage.promise('/health/live stays 200: nobody restarts a sound process', live.status === 200, shown(live));
  },
};

async function askForHealth(visitor: Client): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < ASKED_BY_EACH) answers.push(await visitor.get('/api/health'));
  return answers;
}
