import { type Answer, ms, spread, statuses } from '../client.js';
import { healthOf, shown } from '../health.js';
import type { Scene } from '../stage.js';

const FLOOD = 150;
const THRESHOLD = 100;
const LONGEST_BLOCK_S = 900;

/** One address asks far too often; everybody else must not notice. */
export const oneClientFloods: Scene = {
  title: 'One client floods',
  main: true,
  async play(stage) {
    const flooder = stage.visitor();
    const neighbour = stage.visitor();
    stage.say(`${flooder.address} sends ${String(FLOOD)} requests in a row; ${neighbour.address} asks now and then.`);
    const flood: Answer[] = [];
    const calm: Answer[] = [];
    for (let n = 0; n < FLOOD; n++) {
      flood.push(await flooder.get('/api/health'));
      if (n % 5 === 0) calm.push(await neighbour.get('/api/health'));
    }
    const served = flood.slice(0, THRESHOLD);
    const refused = flood.slice(THRESHOLD);
    const [first] = refused;
    const { median } = spread(refused.map((answer) => answer.ms));
    stage.say(`Refusing costs little: median ${ms(median)} for the round trip.`);

    stage.promise(
      `its first ${String(THRESHOLD)} requests are served`,
      served.every(({ status }) => status === 200),
      statuses(served),
    );
    stage.promise(
      `request ${String(THRESHOLD + 1)} and all later ones are refused`,
      refused.every(({ status }) => status === 429),
      statuses(refused),
    );
    const waits = refused.map(({ headers }) => String(headers['retry-after']));
    const correct = waits.every((text) => /^[1-9]\d*$/.test(text) && Number(text) <= LONGEST_BLOCK_S);
    const falling = waits.every((text, n) => n === 0 || Number(text) <= Number(waits[n - 1]));
    stage.promise(
      'each refusal says correctly when the block ends: whole seconds, 15 minutes at first, then never more',
      correct && falling && waits[0] === String(LONGEST_BLOCK_S),
      `Retry-After ${[...new Set(waits)].join(', ')}`,
    );
    stage.promise(
      'a refusal is a problem document with the security headers',
      String(first?.headers['content-type']).startsWith('application/problem+json') &&
        first?.headers['x-frame-options'] === 'DENY',
      `${String(first?.headers['content-type'])}, X-Frame-Options ${String(first?.headers['x-frame-options'])}`,
    );
    stage.promise(
      'the other client is served all along',
      calm.every(({ status }) => status === 200),
      statuses(calm),
    );
    const elsewhere = await flooder.get('/api/users');
    stage.promise('the block holds on every route', elsewhere.status === 429, `/api/users ${String(elsewhere.status)}`);
    const live = await healthOf(flooder, '/health/live');
    stage.promise(
      'probes from the blocked address are still answered',
      live.status === 200,
      `/health/live ${shown(live)}`,
    );
  },
};
