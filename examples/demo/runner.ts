import { HEALTH_TOKEN } from './backend.js';
import { Database } from './database.js';
import { LogBook } from './log-book.js';
import type { Narrator, SceneOutcome } from './narrator.js';
import type { DemoOptions } from './options.js';
import { SCENES } from './scenes/index.js';
import { type DemoService, type ServiceOptions, startService } from './service.js';
import { type Scene, Stage } from './stage.js';

/** What the demo leaves to the outside world. */
export interface Surroundings {
  readonly narrator: Narrator;
  /** Resolves when somebody wants the demo to end early. */
  readonly interrupted: Promise<'interrupted'>;
  /** Calls `listener` with each line that somebody types at a terminal; `false` when there is none. */
  readonly onTyped: (listener: (line: string) => void) => boolean;
}

/** Plays the scenes; resolves with whether every promise was kept. */
export async function play(options: DemoOptions, { narrator, interrupted }: Surroundings): Promise<boolean> {
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  const book = new LogBook();
  const outcomes = await withService({ ...options, log: book }, async (database, service) => {
    narrator.line(`Breakwater: ${service.frameworkName} service on PostgreSQL, up after ${seconds().toFixed(1)} s.`);
    const stage = new Stage(database, service, book, narrator, options.redis);
    try {
      const wanted = SCENES.filter((scene) => isWanted(scene, options));
      const result = await Promise.race([playAll(wanted, stage, narrator), interrupted]);
      return result === 'interrupted' ? undefined : result;
    } finally {
      stage.close();
    }
  });
  if (outcomes === undefined) {
    narrator.line('Ended before the last scene.');
    return false;
  }
  narrator.summary(outcomes, seconds());
  return outcomes.every(({ promises }) => promises.every(({ kept }) => kept));
}

const STANDARD_ERROR = 2;

/** Keeps the service up until somebody ends it. */
export async function serve(options: DemoOptions, { narrator, interrupted, onTyped }: Surroundings): Promise<void> {
  const log = options.log ?? STANDARD_ERROR;
  await withService({ ...options, log }, async (database, service) => {
    for (const line of invitation(service)) narrator.line(line);
    const typing = onTyped((line) => void obey(line, database, narrator));
    if (typing) {
      narrator.line('');
      narrator.line('Type here, with Enter, and look at the users again: freeze, thaw, stop, start (the database).');
    }
    await interrupted;
    narrator.line('Ending.');
  });
}

async function obey(line: string, database: Database, narrator: Narrator): Promise<void> {
  try {
    if (line === 'freeze') await database.freeze();
    else if (line === 'thaw') database.thaw();
    else if (line === 'stop') await database.crash();
    else if (line === 'start') await database.start();
    else if (line === '') return;
    else {
      narrator.line('The words are: freeze, thaw, stop, start.');
      return;
    }
    narrator.line(`The database ${database.condition}.`);
  } catch (error) {
    narrator.line(error instanceof Error ? error.message : String(error));
  }
}

function isWanted({ main, word }: Scene, { scenes, redis }: DemoOptions): boolean {
  if (word === 'processes') return redis !== undefined;
  if (scenes === 'all' || scenes === 'main') return scenes === 'all' || main;
  return word !== undefined && scenes.includes(word);
}

type Scenes = typeof SCENES;

async function playAll(scenes: Scenes, stage: Stage, narrator: Narrator): Promise<readonly SceneOutcome[]> {
  const outcomes: SceneOutcome[] = [];
  for (const [index, scene] of scenes.entries()) {
    if (stage.closed) break;
    narrator.heading(`${String(index + 1)}. ${scene.title}`);
    const startedMs = performance.now();
    try {
      await scene.play(stage);
    } catch (error) {
      stage.promise('the scene plays to its end', false, error instanceof Error ? error.message : String(error));
    }
    outcomes.push({
      title: scene.title,
      promises: stage.takePromises(),
      seconds: (performance.now() - startedMs) / 1_000,
    });
  }
  return outcomes;
}

/** Starts database and service for `use`, and ends both whatever comes of it. */
async function withService<T>(
  options: ServiceOptions,
  use: (database: Database, service: DemoService) => Promise<T>,
): Promise<T> {
  const database = await Database.create();
  try {
    const service = await startService(database.address, options);
    try {
      return await use(database, service);
    } finally {
      // A frozen server would keep the service's connections from closing.
      database.thaw();
      await service.close();
    }
  } finally {
    await database.remove();
  }
}

function invitation({ url, frameworkName }: DemoService): readonly string[] {
  const base = url.replace('127.0.0.1', 'localhost');
  const quiet = "curl -s -o /dev/null -w '%{http_code}\\n'";
  return [
    `${frameworkName} service on PostgreSQL at ${base}. Ctrl-C ends it.`,
    'Its log is one line of JSON for each event: on standard error, or with --log FILE in a file.',
    '',
    'Look around:',
    `  curl -i ${base}/api/users`,
    `  curl -i ${base}/health/check`,
    `  curl -H "Authorization: Bearer ${HEALTH_TOKEN}" ${base}/health/check`,
    `  curl -s ${base}/metrics | grep breakwater_`,
    '',
    'One user has 100 requests a minute; the last of these are refused, another user is served:',
    `  for i in {1..110}; do ${quiet} -H "X-User-ID: 1" ${base}/api/users; done | sort | uniq -c`,
    `  curl -i -H "X-User-ID: 2" ${base}/api/users`,
    '',
    'One address has 100 requests a minute; request 101 is refused and the address is blocked for 15 minutes:',
    `  for i in {1..101}; do ${quiet} ${base}/api/health; done | sort | uniq -c`,
    `  curl -i ${base}/api/health`,
    'Another address is served:',
    `  curl -i -H "X-Forwarded-For: 198.51.100.7" ${base}/api/health`,
  ];
}
