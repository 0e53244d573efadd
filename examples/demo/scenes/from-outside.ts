import { randomBytes } from 'node:crypto';
import { type Answer, statuses } from '../client.js';
import { FLOODER, floodDuringScrape, promiseScrapes } from '../flood.js';
import {
  type Happened,
  promiseCounts,
  promiseFewLines,
  promiseLines,
  promiseNoSecrets,
  showExcerpts,
} from '../outside.js';
import { Scraped } from '../scraped.js';
import { type Scene, sleep, type Stage, watch } from '../stage.js';

const FAILURES_TO_OPEN = 5;

/** A small outage and a flood, by what is written about them: the log and the metrics. */
export const fromOutside: Scene = {
  title: 'What it looks like from outside',
  main: true,
  async play(stage) {
    const { backend, hardening } = stage.service;
    const moves: string[] = [];
    let requests = 0;
    const stops = [
      backend.breaker.on('stateChange', ({ from, to }) => moves.push(`${from} > ${to}`)),
      hardening.on('request', () => requests++),
    ];
    const written = stage.book.written;
    try {
      const before = await Scraped.by(stage.inside);
      const outage = await suffer(stage);
      const confided = await confide(stage);
      const startedMs = performance.now();
      const flood = await floodDuringScrape(stage);
      const recovery = await recover(stage);
      const late = await askUntilRefused(stage);
      const users = [...outage.answers, ...flood.users, ...recovery, ...late];
      const seconds = (performance.now() - startedMs) / 1_000;
      // A request is over when its answer has left, which may be a moment after it came in.
      const all = users.length + flood.neighbour.length + confided.answers.length;
      await watch(
        () => Promise.resolve(requests),
        (count) => count >= all,
        2_000,
      );
      await stage.service.observability.logger.flush();
      const happened: Happened = {
        lines: stage.book.since(written),
        before,
        after: await Scraped.by(stage.inside),
        moves,
        outage: outage.answers,
        trace: outage.trace,
        users,
        all,
        seconds,
      };
      promiseLines(stage, happened);
      promiseCounts(stage, happened);
      await promiseNoSecrets(stage, { ...confided, scrapes: [before, flood.scrape, happened.after] });
      promiseFewLines(stage, happened);
      await promiseScrapes(stage, flood);
      showExcerpts(stage, happened);
    } finally {
      for (const stop of stops) stop();
    }
  },
};

/** The database is gone for half a second: so many queries fail that the circuit opens. */
async function suffer(stage: Stage): Promise<{ readonly answers: readonly Answer[]; readonly trace: string }> {
  const visitor = stage.visitor();
  const trace = randomBytes(16).toString('hex');
  await stage.database.freeze();
  try {
    stage.say(`The database hangs for a moment, and ${String(FAILURES_TO_OPEN)} queries with it.`);
    const answers = Array.from({ length: FAILURES_TO_OPEN }, (_, n) =>
      visitor.get('/api/users', {
        'X-User-ID': `unlucky-${String(n)}`,
        traceparent: `00-${trace}-${randomBytes(8).toString('hex')}-01`,
      }),
    );
    return { answers: await Promise.all(answers), trace };
  } finally {
    stage.database.thaw();
  }
}

/** Somebody sends secrets where they do not belong, to a route that logs all that it gets. */
async function confide(stage: Stage) {
  const visitor = stage.visitor();
  const { password } = stage.database.address;
  const token = randomBytes(20).toString('hex');
  const note = `note-${randomBytes(4).toString('hex')}`;
  stage.say("A visitor sends a bearer token and the database's password in headers, query, path and body.");
  const body = { note, token, login: { password }, text: `I sent Authorization: Bearer ${token} and "${password}"` };
  const headers = {
    Authorization: `Bearer ${token}`,
    Cookie: `session=${token}`,
    'X-User-ID': password,
    'X-Note': note,
    'Content-Type': 'application/json',
  };
  const query = `note=${note}&access_token=${token}&q=${password}`;
  const answers = [
    await visitor.post(`/api/feedback?${query}`, headers, JSON.stringify(body)),
    await visitor.get(`/api/users/${password}?${query}`, headers),
  ];
  return { answers, note, secrets: [password, token] };
}

/** The circuit's break ends, one query tries the database, and all is well again. */
async function recover(stage: Stage): Promise<readonly Answer[]> {
  const visitor = stage.visitor();
  await sleep((stage.service.backend.breaker.snapshot().remainingMs ?? 0) + 20);
  const answers: Answer[] = [];
  for (let n = 0; n < 10; n++) answers.push(await visitor.get('/api/users', { 'X-User-ID': 'patient' }));
  stage.say(`The circuit's break is over, and the database answers: ${statuses(answers)}.`);
  return answers;
}

/** The flooding user once more, so that the line of the refusal says how many had none. */
async function askUntilRefused(stage: Stage): Promise<readonly Answer[]> {
  const visitor = stage.visitor();
  const answers: Answer[] = [];
  do answers.push(await visitor.get('/api/users', { 'X-User-ID': FLOODER }));
  while (answers.at(-1)?.status !== 429 && answers.length < 100);
  return answers;
}
