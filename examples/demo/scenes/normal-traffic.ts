import { type Answer, databaseMs, ms, spread, statuses } from '../client.js';
import { healthOf, shown } from '../health.js';
import { type Scene, watch } from '../stage.js';

const VISITORS = 4;
const REQUESTS_EACH = 50;

/** Nothing is wrong: the guards must not be noticed. */
export const normalTraffic: Scene = {
  title: 'Normal traffic',
  main: true,
  async play(stage) {
    const { breaker, admitted } = stage.service.backend;
    stage.say(
      `${String(VISITORS)} visitors ask for the users, ${String(REQUESTS_EACH)} times each, all at the same time.`,
    );
    const queriesBefore = admitted.get('CLOSED') ?? 0;
    const each = Array.from({ length: VISITORS }, async (_, index) => {
      const visitor = stage.visitor();
      const answers: Answer[] = [];
      for (let n = 0; n < REQUESTS_EACH; n++) {
        answers.push(await visitor.get('/api/users', { 'X-User-ID': `regular-${String(index)}` }));
      }
      return answers;
    });
    const answers = (await Promise.all(each)).flat();
    const { median, p95, max } = spread(answers.map((answer) => answer.ms));
    const inDatabase = spread(answers.map(databaseMs));
    stage.say(`Round trip: median ${ms(median)}, 95 of 100 within ${ms(p95)}, longest ${ms(max)}.`);
    stage.say(`Of that in the guarded query: median ${ms(inDatabase.median)}.`);

    stage.promise(
      'every request is answered 200',
      answers.every(({ status }) => status === 200),
      statuses(answers),
    );
    const rows = answers.filter(({ body }) => body.includes('"name":"user 20"')).length;
    stage.promise(
      'the answers carry rows of the database',
      rows === answers.length,
      `${String(rows)} of ${String(answers.length)} do`,
    );
    const named = answers.filter(({ headers }) => headers['x-content-type-options'] === 'nosniff').length;
    stage.promise(
      'every answer carries the security headers',
      named === answers.length,
      `${String(named)} of ${String(answers.length)} do`,
    );
    const queries = (admitted.get('CLOSED') ?? 0) - queriesBefore;
    stage.promise(
      'the circuit stays closed and lets every query through',
      breaker.state === 'CLOSED' && queries === answers.length,
      `${breaker.state}, ${String(queries)} queries`,
    );
    const probe = stage.visitor();
    const { seen } = await watch(
      () => healthOf(probe),
      ({ word }) => word === 'HEALTHY',
      5_000,
    );
    stage.promise('/health/check says HEALTHY', seen.status === 200 && seen.word === 'HEALTHY', shown(seen));
  },
};
